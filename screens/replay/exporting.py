"""A scenario as an s3270 script: it is played, so that fields are written as the places they are at."""

from __future__ import annotations

from monitor.settings import Settings
from screens.replay.actions import (
    Action,
    Fill,
    Interrupt,
    Interruption,
    MoveTo,
    Press,
    Type,
    Wait,
    format_s,
    write,
)
from screens.replay.faults import ActionError, ScenarioError
from screens.replay.foreign import script_key, script_string
from screens.replay.playing import Player, Way, player_of
from screens.replay.scenario import Scenario
from screens.replay.secrets import is_reference


async def to_s3270(scenario: Scenario, settings: Settings, *, screens: bool = False) -> str:
    """The script; `screens` also prints the screen after each step. A `$NAME` stays one, under a comment."""
    lines = [
        _comment(scenario.title or scenario.file.name),
        _comment(f"terminal {scenario.terminal}, user {scenario.user}"),
    ]
    async with player_of(scenario, Way(settings)) as player:
        for number, step in enumerate(scenario.steps, start=1):
            lines.append(_comment(f"step {number}{f': {step.note}' if step.note else ''}"))
            following = (*step.actions[1:], None)
            for action, line, then in zip(step.actions, step.lines, following, strict=False):
                try:
                    lines += _lines(action, player)
                    await player.perform(action, then)
                except ActionError as error:
                    raise ScenarioError(scenario.file, line, str(error)) from error
            if screens:
                lines.append("Ascii()")
    return "\n".join([*lines, ""])


def _lines(action: Action, player: Player) -> list[str]:
    match action:
        case Press(key):
            return [script_key(key)]
        case Type(text):
            return _typed(text)
        case Fill(field, text):
            moved = _moved(player.place(field).start, player)
            return [moved, "DeleteField()", *(_typed(text) if text else [])]
        case MoveTo(field, row, column):
            if field:
                return [_moved(player.place(field).start, player)]
            return [f"MoveCursor1({row},{column})"]
        case Wait(seconds):
            return [f"Wait({format_s(seconds).removesuffix('s')},seconds)"]
        case Interrupt(Interruption.DISCONNECT):
            return ["Disconnect()", "Connect(entracte)"]
    return [f"# {write(action)}"]


def _comment(text: str) -> str:
    """A comment of one line, whatever the text."""
    return f"# {' '.join(text.split())}"


def _moved(address: int, player: Player) -> str:
    row, column = divmod(address, player.driver.space.columns)
    return f"MoveCursor1({row + 1},{column + 1})"


def _typed(text: str) -> list[str]:
    if is_reference(text):
        return [f"# put the value of {text} here", script_string(text)]
    return [script_string(text[1:] if text.startswith("$$") else text)]
