"""How a terminal ends: by its operator, who may be waiting for an answer, or by a fault."""

from __future__ import annotations

import pytest

from monitor.exchange import Aid, Reason, Refused
from screens.console import NOT_ANSWERED, TerminalFault, run
from screens.console.app import Terminal
from tests.screens.console.fakes import FakeHost, FakePresenter
from tests.screens.console.window import row, settled, terminal, window_of


async def test_who_leaves_waits_for_the_answer() -> None:
    """Nothing more is sent meanwhile, and the terminal ends when the screen is there."""
    app, host = terminal()
    async with window_of(app) as pilot:
        host.gate.clear()
        await pilot.press("enter", "f5", "ctrl+q", "f7")
        assert "leaving once this is answered; Ctrl+Q leaves at once" in row(app, 24)
        waits = app.return_code
        host.gate.set()
        await app.session.settle()
        assert ([i.aid for i in host.inputs], waits, app.return_code) == ([Aid.ENTER], None, 0)
        assert not app.session.unanswered


async def test_who_asks_to_leave_again_does_not_wait() -> None:
    """What became of the input is not known then."""
    app, host = terminal()
    async with window_of(app) as pilot:
        host.gate.clear()
        await pilot.press("enter", "ctrl+q")
        waits = app.return_code
        await pilot.press("ctrl+q")
        assert (waits, app.return_code, app.session.unanswered) == (None, 0, True)


async def test_a_refusal_keeps_who_wants_to_leave() -> None:
    """To see that nothing was stored; the next Ctrl+Q leaves."""
    app, host = terminal()
    async with window_of(app) as pilot:
        host.gate.clear()
        host.answers = [Refused(Reason.BUSY, "the region is full; press the key again")]
        await pilot.press("enter", "ctrl+q")
        host.gate.set()
        await settled(pilot)
        assert (app.return_code, "the region is full" in row(app, 24)) == (None, True)
        await pilot.press("ctrl+q")
        assert app.return_code == 0


async def test_a_fault_of_the_terminal_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Never as a traceback, never as a good end; and whose input was not answered is told that as well."""
    presenter = FakePresenter()

    async def fails(app: Terminal) -> None:
        app.session.unanswered = True
        try:
            [][0]
        except IndexError as error:
            app._handle_exception(error)  # as Textual does with what a message raised
        app._print_error_renderables()

    monkeypatch.setattr(Terminal, "run_async", fails)
    with pytest.raises(TerminalFault, match=r"fault of its own \(IndexError, test_ending.py line \d+\)"):
        await run(FakeHost(presenter), presenter, "T001")
    assert capfd.readouterr() == ("", NOT_ANSWERED)
