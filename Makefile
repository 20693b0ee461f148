# Two commands are all a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
READY := $(VENV)/.ready

.PHONY: demo test check format screenshots clean

define install
	@echo "entracte: installing $(1) into $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "entracte needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(2)]'
	@touch $@
endef

$(RUNS): pyproject.toml
	$(call install,what runs,numpy)

$(READY): pyproject.toml
	$(call install,what the tests need as well,test)
	@touch $(RUNS)

demo: $(RUNS)
	@$(BIN)/entracte demo

test: $(READY)
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: $(READY)
	@$(BIN)/python docs/screenshots.py

clean:
	rm -rf $(VENV) build dist
