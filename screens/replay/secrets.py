"""Values that are never written into a scenario: `$NAME`, from the environment or a file of secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from screens.replay.faults import ActionError, ScenarioError
from screens.replay.plain_files import read_bytes, toml_of

_REFERENCE = re.compile(r"\$([A-Za-z_]\w*)")


class Secrets:
    """The values of `$NAME`."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    @classmethod
    def of(cls, file: Path | None, environment: Mapping[str, str] | None = None) -> Secrets:
        """Those of a file (NAME = "value", in TOML) and of the environment, which comes first."""
        variables = os.environ if environment is None else environment
        return cls({**(_read(file) if file else {}), **variables})

    def preferring(self, values: Mapping[str, str]) -> Secrets:
        """These, but for names that `values` has."""
        return Secrets({**self._values, **values}) if values else self

    def reveal(self, text: str) -> str:
        """The value of a text `$NAME`; `$$` begins a text with a dollar; other texts are as they are."""
        if text.startswith("$$"):
            return text[1:]
        found = _REFERENCE.fullmatch(text)
        if found is None:
            return text
        if found[1] not in self._values:
            raise ActionError(
                f"{text} has no value: set it in the environment, or in a file that `secrets` names"
            )
        return self._values[found[1]]


def is_reference(text: str) -> bool:
    """True for `$NAME`."""
    return _REFERENCE.fullmatch(text) is not None


def escaped(text: str) -> str:
    """`text` so that `reveal` gives it back."""
    return f"${text}" if text.startswith("$") else text


def _read(file: Path) -> dict[str, str]:
    try:
        values = toml_of(read_bytes(file).decode())
    except OSError as error:
        raise ScenarioError(file, 0, f"the secrets cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ScenarioError(file, 0, f"the secrets are not TOML: {type(error).__name__}") from error
    return {name: str(value) for name, value in values.items() if not isinstance(value, dict | list)}
