"""The scripted terminal keeps what was typed and not sent, as a 3270 does when the host leaves the screen."""

from __future__ import annotations

from pathlib import Path

from monitor import Abend, Aid, Converse, NoArea, Outcome, Task, transaction
from monitor.settings import Settings
from monitor.startup import open_region
from screens.keys import Key
from screens.presenter import Presenter
from screens.script.terminal import ScriptTerminal
from transactions.bank.maps import ACCT01


@transaction("FAIL")
async def fail(task: Task[NoArea]) -> Outcome:
    """Show a form; abend on PA1."""
    if task.aid is Aid.PA1:
        raise Abend("TEST")
    return Converse(ACCT01.show())


async def test_text_survives_a_short_read_and_a_notice(tmp_path: Path) -> None:
    """An abend after PA1 puts a notice over the last row and leaves the form, and what stands in it, alone."""
    settings = Settings(
        store=str(tmp_path / "s.db"),
        programs=("tests.transactions.test_script_keeps_typing",),
        good_morning_transid="FAIL",
    )
    async with open_region(settings) as region:
        assert isinstance(region.presentation, Presenter)
        terminal = ScriptTerminal(region, region.presentation, "T1")
        await terminal.connect()
        for char in "1002":
            await terminal.type(char)
        await terminal.press(Key.PA1)
        assert "FAIL abend TEST" in terminal.space.row_text(23)
        assert "1002" in terminal.space.row_text(ACCT01.layout.named["number"].address // 80)
