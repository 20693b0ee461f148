"""What the scripted terminal reads of its input, and when."""

from __future__ import annotations

import io

from screens.script.lines import LINE_BYTES_MAX, lines_of


class Counted(io.BytesIO):
    """An input that says how many lines were read of it."""

    count = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        """As `io` has it."""
        self.count += 1
        return super().readline(size)


async def lengths(text: bytes) -> list[int]:
    """How long the lines are that come of an input."""
    return [len(line) async for line in lines_of(lambda: io.BytesIO(text))]


async def test_no_more_than_one_line_is_read_ahead() -> None:
    """What a script writes while an action waits stays in its pipe."""
    file, taken = Counted(b"Tab\n" * 2000), 0
    async for _ in lines_of(lambda: file):
        taken += 1
        assert file.count <= taken + 1
    assert taken == 2000


async def test_a_line_that_is_too_long_comes_one_byte_too_long() -> None:
    """Whatever its length; the next one is whole, and so is one of just the length allowed."""
    long, longest = b"x" * (5 * LINE_BYTES_MAX), b"x" * LINE_BYTES_MAX
    text = b"\n".join([b"Tab", long, longest, b"Up", long])
    assert [4, LINE_BYTES_MAX + 1, LINE_BYTES_MAX + 1, 3, LINE_BYTES_MAX + 1] == await lengths(text)


async def test_an_input_that_cannot_be_opened_has_no_lines() -> None:
    """As one that is at its end."""

    def gone() -> io.BytesIO:
        raise OSError

    assert [] == [line async for line in lines_of(gone)]
