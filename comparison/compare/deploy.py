"""A deploy in mid-conversation: the sources are copied, the area gains a field, and a new process goes on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import comparison
import monitor
import screens
import transactions
from comparison.audit import reading
from comparison.bank_store import copied, remove
from comparison.compare.children import ChildFailed, child, reason
from comparison.compare.results import Deploy
from comparison.competitor import Competitor

_PACKAGES = (comparison, monitor, screens, transactions)
RELEASE = "release2"
CHANGED = Path("transactions") / "bank" / "transfer.py"
BEFORE = '    reference: str = ""\n'
AFTER = BEFORE + '    purpose: str = "UNSTATED"\n'
"""The field the area gains."""
DECLARED = '    """The transfer that was checked and may be posted; no source: none."""\n'
VERSIONED = DECLARED + "\n    version: ClassVar[int] = 2\n"
UPGRADED = '''
@upgrade(Transfer, 1)
def with_purpose(fields: dict[str, Any]) -> dict[str, Any]:
    """What version 1 did not ask for."""
    return fields | {"purpose": "UNSTATED"}


class Fault(NamedTuple):'''


_VERSIONS = "SELECT area_version FROM step WHERE outcome = 'converse' AND number > 1 ORDER BY number"


class SourceMoved(Exception):
    """The program does not read as this experiment expects; bring it up to date."""


def next_release(folder: Path) -> Path:
    """The sources with the new field: the area's version raised, and the upgrade registered."""
    release = folder / RELEASE
    for package in _PACKAGES:
        source = Path(package.__path__[0])
        shutil.copytree(source, release / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    file = release / CHANGED
    text = file.read_text("utf-8")
    for old, new in (
        (BEFORE, AFTER),
        (DECLARED, VERSIONED),
        ("class Fault(NamedTuple):", UPGRADED.lstrip()),
        ("from monitor.area import Area\n", "from monitor.area import Area, upgrade\n"),
        ("from typing import Any, NamedTuple\n", "from typing import Any, ClassVar, NamedTuple\n"),
    ):
        if text.count(old) != 1:
            raise SourceMoved(f"{CHANGED} has {old!r} {text.count(old)} times, not once")
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    return release


async def measure(
    competitor: Competitor, template: Path, release: Path, commit_delay_s: float = 0.0
) -> Deploy:
    """Check with the old sources, end the process properly, post with the new ones."""
    store = copied(template, f"deployed {competitor.name}")
    values = {"competitor": competitor.name, "store": str(store), "commit_delay_s": commit_delay_s}
    try:
        async with child("check_once", values) as old:
            await old.heard()
            await old.ended()
        async with child("post_once", values, release) as new:
            before, after, shown = await new.heard(30)
        versions = _versions(store)
    except (ChildFailed, TimeoutError) as error:
        return Deploy(competitor.name, carries_on=False, note=f"failed: {reason(error)}"[:200])
    finally:
        remove(store)
    if (before, after) == ("checked", "posted"):
        return Deploy(competitor.name, carries_on=True, note=how(competitor, versions))
    note = "the conversation is gone with its process" if before == "empty" else f"{before}: {after} {shown}"
    return Deploy(competitor.name, carries_on=False, note=note[:200])


def _versions(store: Path) -> list[int]:
    """The versions of the area that the store has with the check and with the posting; empty: it has none."""
    with reading(store) as database:
        return [version for (version,) in database.execute(_VERSIONS)]


def how(competitor: Competitor, versions: Sequence[int]) -> str:
    """What filled the field in, and of which version the store has the area, before and after."""
    filled = competitor.on_deploy or "the field's default filled it in"
    if not versions:
        return f"{filled}; no version is stored with the area"
    stored = f"the area's version is stored with it: {', then '.join(map(str, versions))}"
    return f"{filled}; {stored}{'' if competitor.on_deploy else ', and nothing reads it'}"
