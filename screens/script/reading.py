"""What is on the display, as the lines `Ascii` and `ReadBuffer` print. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from screens.attributes import Attribute, Color, Highlight, Intensity
from screens.script.code_page import encoded
from screens.script.fault import Fault
from screens.script.numbers import whole
from screens.space.buffer import DUP, FIELD_MARK, NUL, Buffer, Cell

_INTENSITY = {Intensity.NORMAL: 0x00, Intensity.BRIGHT: 0x08, Intensity.DARK: 0x0C}
_COLORS = {
    Color.BLUE: 0xF1,
    Color.RED: 0xF2,
    Color.PINK: 0xF3,
    Color.GREEN: 0xF4,
    Color.TURQUOISE: 0xF5,
    Color.YELLOW: 0xF6,
    Color.NEUTRAL: 0xF7,
}
_HIGHLIGHTS = {Highlight.BLINK: 0xF1, Highlight.REVERSE: 0xF2, Highlight.UNDERSCORE: 0xF4}
_SIGNS = {DUP: "*", FIELD_MARK: ";"}
_ORDERS = {DUP: "1c", FIELD_MARK: "1e"}


def ascii_text(display: Buffer, arguments: Sequence[str], origin: int = 0, name: str = "Ascii") -> list[str]:
    """The text as a person reads it: all of it, or (length), (row,column,length), (row,column,rows,columns).

    `origin` is 0 or 1: what the first row and column are called. A length runs over the end of a row.
    """
    try:
        numbers = [whole(argument) for argument in arguments]
    except ValueError:
        raise Fault(f"{name}: Invalid argument") from None
    match numbers:
        case []:
            return [display.row_text(row) for row in range(display.rows)]
        case [length]:
            return _stretch(display, display.cursor, length, name)
        case [row, column, length]:
            _check(display, row - origin, column - origin, name)
            return _stretch(display, (row - origin) * display.columns + column - origin, length, name)
        case [row, column, rows, columns]:
            return _rectangle(display, (row - origin, column - origin), (rows, columns), name)
    raise Fault(f"{name} requires 0, 1, 3 or 4 arguments")


def _check(display: Buffer, row: int, column: int, name: str) -> None:
    if not (0 <= row <= display.rows and 0 <= column <= display.columns):
        raise Fault(f"{name}: Invalid argument")


def _stretch(display: Buffer, address: int, length: int, name: str) -> list[str]:
    if length < 0 or address + length > display.size:
        raise Fault(f"{name}: Invalid argument")
    lines = []
    while length > 0:
        count = min(length, display.columns - address % display.columns)
        lines.append(display.shown(address, count))
        address, length = address + count, length - count
    return lines or [""]


def _rectangle(display: Buffer, corner: tuple[int, int], size: tuple[int, int], name: str) -> list[str]:
    row, column = corner
    rows, columns = size
    _check(display, row, column, name)
    if rows < 0 or columns < 0 or row + rows > display.rows or column + columns > display.columns:
        raise Fault(f"{name}: Invalid argument")
    if not rows or not columns:
        return [""]
    return [display.text(line, column, columns) for line in range(row, row + rows)]


def field_text(display: Buffer) -> list[str]:
    """The text of the field the cursor is in; the whole display when it has no fields."""
    field = display.field_at(display.cursor)
    return ascii_text(display, ()) if field is None else [display.shown(field.start, field.length)]


def read_buffer(display: Buffer, arguments: Sequence[str]) -> list[str]:
    """Every cell as a token: `SF(...)` for an attribute byte, else the character in hexadecimal."""
    modes = [argument.lower() for argument in arguments]
    if not set(modes) <= {*_CODES, "field"}:
        raise Fault("ReadBuffer(): Parameter must be ascii, ebcdic, unicode or field")
    code = _CODES[next((mode for mode in reversed(modes) if mode != "field"), "ascii")]
    if "field" in modes:
        return _read_field(display, code)
    starts = range(0, display.size, display.columns)
    return [_tokens(display, start, display.columns, code) for start in starts]


def _read_field(display: Buffer, code: Callable[[str], str]) -> list[str]:
    field = display.field_at(display.cursor)
    if field is None:
        raise Fault("ReadBuffer(): no field")
    row, column = divmod(field.address, display.columns)
    cursor_row, cursor_column = divmod(display.cursor, display.columns)
    return [
        f"Start1: {row + 1} {column + 1}",
        f"StartOffset: {field.address}",
        f"Cursor1: {cursor_row + 1} {cursor_column + 1}",
        f"CursorOffset: {display.cursor}",
        f"Contents: {_tokens(display, field.address, field.length + 1, code)}",
    ]


def _tokens(display: Buffer, address: int, length: int, code: Callable[[str], str]) -> str:
    return " ".join(_token(display.cell(address + offset), code) for offset in range(length))


def _token(cell: Cell, code: Callable[[str], str]) -> str:
    return _start_field(cell.attribute) if cell.is_attribute else code(cell.char)


def _start_field(attribute: Attribute) -> str:
    """An attribute byte with its bits as the field has them, and the extended attributes that differ."""
    bits = (
        0xC0
        | attribute.protected << 5
        | attribute.numeric << 4
        | _INTENSITY[attribute.intensity]
        | attribute.modified
    )
    pairs = [
        ("c0", bits),
        ("42", _COLORS.get(attribute.color)),
        ("45", _COLORS.get(attribute.background)),
        ("41", _HIGHLIGHTS.get(attribute.highlight)),
    ]
    return f"SF({','.join(f'{kind}={value:02x}' for kind, value in pairs if value is not None)})"


def _utf8(char: str) -> str:
    return "00" if char == NUL else _SIGNS.get(char, char).encode("utf-8", "replace").hex()


def _unicode(char: str) -> str:
    return f"{0 if char == NUL else ord(_SIGNS.get(char, char)):04x}"


def _ebcdic(char: str) -> str:
    return "00" if char == NUL else _ORDERS.get(char) or f"{encoded(char):02x}"


_CODES = {"ascii": _utf8, "ebcdic": _ebcdic, "unicode": _unicode}
