"""A host and a presenter small enough to read: one form, and answers the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from monitor.exchange import Aid, Attachment, Inbound, Outbound, Refused
from screens.attributes import Attribute, Color, Highlight, Intensity
from screens.layout import LaidField, Layout, Panel, Screen

SKIP = Attribute(protected=True, numeric=True)
TITLE = Attribute(protected=True, numeric=True, intensity=Intensity.BRIGHT, color=Color.NEUTRAL)
KEYS = Attribute(protected=True, numeric=True, color=Color.TURQUOISE)


def form(rows: int = 24, columns: int = 80) -> Layout:
    """A title, three entry fields (one numeric, one dark), a message, and the keys in the last row."""
    entry = Attribute(color=Color.GREEN, highlight=Highlight.UNDERSCORE)
    last = (rows - 1) * columns
    return Layout(
        map="FORM",
        rows=rows,
        columns=columns,
        cursor=3 * columns + 20,
        fields=(
            LaidField(0, columns - 1, TITLE, text="FORM01".ljust(30) + "A  F O R M"),
            LaidField(3 * columns, 18, SKIP, text=" Name . . . . . ."),
            LaidField(3 * columns + 19, 10, entry, name="name"),
            LaidField(3 * columns + 30, 0, SKIP),
            LaidField(4 * columns, 18, SKIP, text=" Amount . . . . ."),
            LaidField(4 * columns + 19, 8, Attribute(numeric=True), name="amount"),
            LaidField(4 * columns + 28, 0, SKIP),
            LaidField(5 * columns, 18, SKIP, text=" Password . . . ."),
            LaidField(5 * columns + 19, 8, Attribute(intensity=Intensity.DARK), name="password"),
            LaidField(5 * columns + 28, 0, SKIP),
            LaidField(
                7 * columns, columns - 1, Attribute(protected=True, color=Color.YELLOW), name="message"
            ),
            LaidField(last, columns - 1, KEYS, text=" Enter=Check  F3=Exit  F5=Post  F12=Cancel"),
        ),
    )


class FakePresenter:
    """Decodes screens kept as plain JSON."""

    def __init__(self, *layouts: Layout) -> None:
        self.layouts = {layout.id: layout for layout in layouts or (form(),)}

    def decode(self, screen: str) -> Screen:
        """A stored screen."""
        return msgspec.json.decode(screen, type=Screen)

    def layout(self, layout: int) -> Layout:
        """A layout by id."""
        return self.layouts[layout]

    def encode(self, message: str = "", **values: str) -> str:
        """The first layout with some values, as a host would store it."""
        layout = next(iter(self.layouts.values()))
        panel = Panel(layout.id, values={"message": message, **values})
        screen = Screen(panels=[panel], cursor=layout.cursor, rows=layout.rows, columns=layout.columns)
        return msgspec.json.encode(screen).decode()


class FakeHost:
    """Answers with a screen that names the key; holds answers back while `gate` is closed."""

    def __init__(self, presenter: FakePresenter) -> None:
        self.presenter = presenter
        self.inputs: list[Inbound] = []
        self.attached = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.answers: list[Refused | Exception | str] = []
        """Taken in order before the usual answer: a refusal, an exception to raise, a screen."""
        self.screen = presenter.encode()
        self.on_step: Callable[[Inbound], str] = self._echo

    async def attach(self, terminal: str) -> Attachment | Refused:
        """Where the terminal stands."""
        self.attached += 1
        if self.answers and isinstance(self.answers[0], Refused | Exception):
            answer = self.answers.pop(0)
            if isinstance(answer, Refused):
                return answer
            if isinstance(answer, Exception):
                raise answer
        sequence = self.inputs[-1].sequence if self.inputs else 0
        return Attachment(terminal, self.attached, sequence, self.screen)

    async def step(self, inbound: Inbound) -> Outbound | Refused:
        """One input."""
        self.inputs.append(inbound)
        await self.gate.wait()
        answer = self.answers.pop(0) if self.answers else self.on_step(inbound)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Refused):
            return answer
        self.screen = answer
        return Outbound(inbound.terminal, inbound.sequence, answer)

    def _echo(self, inbound: Inbound) -> str:
        if inbound.aid is Aid.CLEAR:
            return msgspec.json.encode(Screen()).decode()
        typed = ", ".join(text for _, text in inbound.fields)
        return self.presenter.encode(f"{inbound.aid} {typed}{inbound.text}".strip())
