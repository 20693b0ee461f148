# Two commands are all a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check format screenshots clean

$(READY): pyproject.toml
	@echo "entracte: installing into $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "entracte needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $(READY)

demo: $(READY)
	@$(BIN)/entracte demo

test: $(READY)
	@$(BIN)/pytest

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
