"""A scenario of what is stored: the keys are read off the inputs, the expectations off the screens."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from monitor.exchange import Aid
from monitor.recall import StoredStep
from screens.attributes import Intensity, Validation
from screens.drawing import Decoder, draw
from screens.keys import Key, press, type_text
from screens.layout import BLANK
from screens.presentation_space import NUL, Lock, PresentationSpace
from screens.replay.actions import Action, Fill, MoveTo, Press, Type
from screens.replay.rendering import Place, attributes_of, block, cursor_of, digest, places_of, rows_of
from screens.replay.scenario import Expected, Scenario, Step
from screens.replay.secrets import escaped, is_reference

_KEYS = {key.aid: key for key in Key if key.aid is not Aid.NONE}


def scenario_of(
    steps: Sequence[StoredStep], decoder: Decoder, file: Path, *, seed: int, full_attributes: bool = False
) -> Scenario:
    """The scenario of a terminal's stored steps, which begin on a blank screen or with no key at all."""
    first = steps[0]
    started = datetime.fromisoformat(first.started)
    shown = [decoder.decode(stored.screen) for stored in steps]
    display = Replica(decoder)
    made, now = [], started
    for stored in steps:
        actions = display.actions(stored)
        display.show(stored.screen, aid_of(stored))
        moment = datetime.fromisoformat(stored.started)
        made.append(
            Step(
                actions=actions,
                lines=(0,) * len(actions),
                expected=display.expected(stored, full_attributes=full_attributes),
                note=note_of(stored),
                time=moment if moment > now else None,
            )
        )
        now = max(now, moment)
    return Scenario(
        file=file,
        steps=tuple(made),
        title=f"Recorded from terminal {first.terminal}",
        transaction=first.transid if attaches(first) else "",
        rows=max(BLANK.rows, *(screen.rows for screen in shown)),
        columns=max(BLANK.columns, *(screen.columns for screen in shown)),
        starts=started,
        seed=seed,
        user=first.user,
        terminal=first.terminal,
    )


def aid_of(stored: StoredStep) -> Aid:
    """The key of a stored input."""
    return Aid(input_of(stored)["aid"])


def attaches(stored: StoredStep) -> bool:
    """True for the step that a new terminal begins with, before any key."""
    return aid_of(stored) is Aid.NONE


def input_of(stored: StoredStep) -> dict[str, Any]:
    """A stored input: aid, cursor, fields by name, text."""
    taken: dict[str, Any] = msgspec.json.decode(stored.input)
    return taken


def note_of(stored: StoredStep) -> str:
    """What a stored step did, in a few words."""
    what = stored.transid or "no transaction"
    return f"{what}: {stored.outcome}{f' {stored.code}' if stored.code else ''}"


class Replica:
    """A display that is shown what a terminal was shown."""

    def __init__(self, decoder: Decoder) -> None:
        self.space = PresentationSpace()
        self.screen = BLANK
        self._decoder = decoder

    @property
    def places(self) -> dict[str, Place]:
        """Where the fields are."""
        return places_of(self.screen, self._decoder.layout)

    @property
    def rows(self) -> tuple[str, ...]:
        """What is on it, as a scenario writes it."""
        return rows_of(self.space, bare=not self.screen.panels)

    def show(self, encoded: str, aid: Aid = Aid.NONE) -> None:
        """Draw the answer to a key."""
        before = None if aid is Aid.CLEAR else self.screen
        self.screen = self._decoder.decode(encoded)
        draw(self.space, self.screen, self._decoder.layout, before, unsent=aid.short)
        self.space.lock = Lock.NONE

    def expected(self, stored: StoredStep, *, full_attributes: bool) -> Expected:
        """All of what is on the display."""
        places = self.places
        attributes = attributes_of(self.space, places)
        return Expected(
            screen=block(self.rows),
            cursor=cursor_of(self.space, places),
            attributes=attributes if full_attributes else digest(attributes),
            abend=stored.code or None,
        )

    def actions(self, stored: StoredStep) -> tuple[Action, ...]:
        """What an operator does on this display to send a stored input; done here too."""
        aid = aid_of(stored)
        if aid is Aid.NONE:
            return ()
        taken = input_of(stored)
        fields: Mapping[str, str] = taken.get("fields") or {}
        actions: list[Action] = []
        if not aid.short and self._erased(fields):
            press(self.space, Key.ERASE_INPUT)
            actions.append(Press(Key.ERASE_INPUT))
        sent, guessed = Aid.NONE, False
        for action, text in self._filled(fields):
            sent, guessed = self._fill(action.field, text), is_reference(action.text)
            actions.append(action)
        elsewhere = bool(fields) and not self.screen.panels
        code = _code_typed(stored.transid, fields.values()) if elsewhere else ""
        if typed := taken.get("text") or code:
            type_text(self.space, typed)
            actions.append(Type(escaped(typed)))
        self.space.lock = Lock.NONE
        if sent is aid:
            return tuple(actions)
        cursor = None if elsewhere else taken.get("cursor")
        if cursor is not None and (guessed or cursor != self.space.cursor) and cursor < self.space.size:
            actions.append(self._moved(cursor))
        return (*actions, Press(_KEYS[aid]))

    def _erased(self, sent: Container[str]) -> bool:
        """True if a field an operator can type in was modified and did not come: only EraseInput does that."""
        unsent = {place.start for name, place in self.places.items() if name not in sent}
        modified = (field for field in self.space.fields() if field.attribute.modified)
        return any(field.start in unsent and not field.attribute.protected for field in modified)

    def _filled(self, fields: Mapping[str, str]) -> list[tuple[Fill, str]]:
        """What to fill, each with the text that came, or zeros for one that is not stored; what sends comes last."""
        places = self.places
        known = sorted((places[name].start, name) for name in fields if name in places)
        made: list[tuple[Fill, str]] = []
        last: list[tuple[Fill, str]] = []
        for start, name in known:
            look, text = self.space.attribute_at(start), fields[name]
            if look.protected:
                continue
            dark = look.intensity is Intensity.DARK
            field = self.space.field_at(start)
            now = self.space.content(field).replace(NUL, "") if field else ""
            if dark or now != text or not look.modified:
                written = f"${secret_name(name)}" if dark and text else escaped(text)
                typed = "0" * min(len(text), places[name].length) if dark else text
                (last if Validation.TRIGGER in look.validation else made).append((Fill(name, written), typed))
        return [*made, *last]

    def _moved(self, address: int) -> MoveTo:
        for name, place in self.places.items():
            if place.start == address and place.length:
                return MoveTo(field=name)
        row, column = divmod(address, self.space.columns)
        return MoveTo(row=row + 1, column=column + 1)

    def _fill(self, field: str, text: str) -> Aid:
        """Put a text into a field; returns what this alone sends."""
        self.space.set_cursor(self.places[field].start)
        press(self.space, Key.DELETE_FIELD)
        sent = type_text(self.space, text)
        self.space.lock = Lock.NONE
        return sent


def _code_typed(transid: str, texts: Iterable[str]) -> str:
    """Of what was typed on an earlier screen with fields, the text with the code of the transaction."""
    return next((text for text in texts if transid and "".join(text.split()[:1])[:4].upper() == transid), "")


def secret_name(field: str) -> str:
    """The name under which the value of a field that is not displayed is looked for."""
    return field.upper().replace(".", "_")
