"""From the picture and the declarations of a map to its layout, with every mistake found on the way."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from screens.attributes import Attribute
from screens.errors import MapError, nearest
from screens.field import Entry, Field, Look, Output, Rows, with_look
from screens.layout import LaidField, Layout
from screens.picture import Drawn, Kind, parse
from screens.space.buffer import POSITIONS_MAX

_SKIPPED = Attribute(protected=True, numeric=True)
_KINDS = {Kind.ENTRY: "an entry field, [...]", Kind.OUTPUT: "an output field, {...}"}
_FOLLOWED = "the same name on several rows is a repeated field"

Member = Field[Any] | Rows[Any]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a map knows of its fields, worked out once."""

    layout: Layout
    members: Mapping[str, Member]
    """By the name a program uses; a repeated field is one member."""
    items: Mapping[str, Field[Any]]
    """By the name in the layout: `name`, or `name.1`, `name.2` and so on."""
    shown: Mapping[str, Field[Any]]
    """Those of them that are displayed."""
    entries: tuple[tuple[str, Field[Any]], ...]
    """The entry fields in tab order."""
    carried: tuple[str, ...]
    """The fields that a received screen fills when it is shown again."""


def declare(cls: type, reserved: frozenset[str]) -> Declared:
    """The fields of a map class; `reserved` are the words a field cannot be called."""
    declaration = _Declaration(cls, reserved)
    members = declaration.members()
    items = {field.name: field for member in members.values() for field in _fields_of(member)}
    layout = declaration.layout(items)
    ordered = sorted(
        layout.named, key=lambda name: (layout.named[name].address + 1) % (layout.rows * layout.columns)
    )
    return Declared(
        layout=layout,
        members=members,
        items={name: items[name] for name in ordered},
        shown={name: items[name] for name in ordered if not items[name].hidden},
        entries=tuple((name, items[name]) for name in ordered if items[name].entry),
        carried=tuple(name for name in ordered if items[name].carried and not items[name].hidden),
    )


def check_words(cls: type) -> None:
    """Refuse a picture or constants under a misspelt name: the class would be a base of maps by mistake."""
    for name, value in cls.__dict__.items():
        for word, kind in (("picture", str), ("constants", Mapping)):
            if isinstance(value, kind) and name != word and difflib.get_close_matches(name, [word], 1, 0.8):
                raise MapError(cls.__name__, f"{name} is not a word of maps: the nearest is {word}")


def _fields_of(member: Member) -> tuple[Field[Any], ...]:
    return member.fields if isinstance(member, Rows) else (member,)


class _Declaration:
    """One map class while it is checked."""

    def __init__(self, cls: type, reserved: frozenset[str]) -> None:
        sheet = cast("Any", cls)
        self._name = cls.__name__
        self._rows, self._columns = self._size(sheet.rows, sheet.columns)
        self._constants: Mapping[int | str, Look] = sheet.constants
        self._own_constants = "constants" in cls.__dict__
        self._reserved = reserved
        self._pieces = parse(self._name, sheet.picture, self._rows, self._columns)
        self._own = {name for name, value in cls.__dict__.items() if isinstance(value, Field | Rows)}
        self._declarations: dict[str, Member] = {
            name: value
            for ancestor in reversed(cls.__mro__)
            for name, value in ancestor.__dict__.items()
            if isinstance(value, Field | Rows)
        }
        self._places: dict[str, list[Drawn]] = {}
        for piece in self._pieces:
            if piece.kind in _KINDS:
                self._places.setdefault(piece.text, []).append(piece)

    def _error(self, problem: str, piece: Drawn | None = None) -> MapError:
        row, column = (piece.row, piece.column) if piece else (0, 0)
        return MapError(self._name, problem, row=row, column=column)

    def _size(self, rows: object, columns: object) -> tuple[int, int]:
        """Rows and columns that a terminal can have."""
        if not (isinstance(rows, int) and isinstance(columns, int)):
            raise self._error(f"rows and columns are whole numbers, not {rows!r} and {columns!r}")
        if rows < 1 or columns < 1 or rows * columns > POSITIONS_MAX:
            limit = f"a screen has 1 to {POSITIONS_MAX:,} positions"
            raise self._error(f"{rows} rows of {columns} columns: {limit}")
        return rows, columns

    def members(self) -> dict[str, Member]:
        """Every drawn field under the name a program uses, placed."""
        names = {self._drawn_name(name, member): name for name, member in self._declarations.items()}
        for drawn, name in names.items():
            if drawn not in self._places and name in self._own:
                raise self._error(
                    f"{name} is declared and not in the picture: {nearest(drawn, self._places)}"
                )
        members = {}
        for drawn, pieces in self._places.items():
            name = names.get(drawn, drawn)
            if name in self._reserved:
                raise self._error(
                    f"{name} is a word of every map: declare another, drawn_as={drawn!r}", pieces[0]
                )
            members[name] = self._placed(name, pieces)
        return members

    @staticmethod
    def _drawn_name(name: str, member: Member) -> str:
        field = member.field if isinstance(member, Rows) else member
        return field.drawn_as or name

    def _placed(self, name: str, pieces: list[Drawn]) -> Member:
        """One member at its place or places; not declared, it is plain text."""
        self._check_rows(name, pieces)
        first = pieces[0]
        default: Field[Any] = Entry() if first.kind is Kind.ENTRY else Output()
        repeated: Member = Rows(default) if len(pieces) > 1 else default
        member = self._declarations.get(name, repeated)
        field = member.field if isinstance(member, Rows) else member
        if any(field.entry is not (piece.kind is Kind.ENTRY) for piece in pieces):
            problem = (
                f"{name} is drawn as {_KINDS[first.kind]} and declared {type(field).__name__}: change one"
            )
            raise self._error(problem, first)
        try:
            if isinstance(member, Rows):
                return member.placed(name, [piece.length for piece in pieces])
            return member.placed(name, first.length)
        except (TypeError, ValueError) as error:
            raise self._error(str(error), first) from error

    def _check_rows(self, name: str, pieces: list[Drawn]) -> None:
        for above, below in itertools.pairwise(pieces):
            if above.row == below.row:
                raise self._error(f"{name} is twice on this row ({_FOLLOWED}): rename one", below)
            if above.kind is not below.kind:
                raise self._error(
                    f"{name} is an entry field on one row and an output field on another", below
                )
        if len(pieces) > 1 and isinstance(self._declarations.get(name), Field):
            raise self._error(
                f"{name} is drawn {len(pieces)} times: declare it Rows(...), or rename", pieces[1]
            )

    def layout(self, items: Mapping[str, Field[Any]]) -> Layout:
        """The fields at their addresses, in the order of the picture."""
        by_place = {}
        for name, pieces in self._places.items():
            for number, piece in enumerate(pieces, start=1):
                by_place[piece.address] = (name, number)
        names = {self._drawn_name(name, member): name for name, member in self._declarations.items()}
        laid = []
        for piece in self._pieces:
            if piece.kind not in _KINDS:
                laid.append(self._constant(piece))
                continue
            drawn, number = by_place[piece.address]
            name = names.get(drawn, drawn)
            field = items[name] if name in items else items[f"{name}.{number}"]
            laid.append(
                LaidField(piece.address, field.length, field.attribute, name=field.name, text=field.initial)
            )
        self._check_constants()
        fields = tuple(laid)
        return Layout(self._name, fields, self._rows, self._columns, self._cursor(fields, items))

    def _constant(self, piece: Drawn) -> LaidField:
        attribute = _SKIPPED
        for key in (piece.row, piece.text):
            if piece.kind is Kind.CONSTANT and key in self._constants:
                attribute = self._look(attribute, self._constants[key], piece)
        return LaidField(piece.address, piece.length, attribute, text=piece.text)

    def _look(self, attribute: Attribute, look: Look, piece: Drawn) -> Attribute:
        try:
            return with_look(attribute, look)
        except (TypeError, ValueError) as error:
            raise self._error(str(error), piece) from error

    def _check_constants(self) -> None:
        texts = {piece.text for piece in self._pieces if piece.kind is Kind.CONSTANT}
        for key in self._constants if self._own_constants else ():
            if isinstance(key, str) and key not in texts:
                raise self._error(f"no constant {key!r} in the picture: {nearest(key, texts)}")

    def _cursor(self, laid: tuple[LaidField, ...], items: Mapping[str, Field[Any]]) -> int:
        """The place the map gives the cursor: the field declared so, or else the first entry field."""
        size = self._rows * self._columns
        starts = {field.name: (field.address + 1) % size for field in laid if field.name}
        claims = [name for name, field in items.items() if field.cursor]
        if len({name.partition(".")[0] for name in claims}) > 1:
            raise self._error(f"{claims[0]} and {claims[1]} both claim the cursor: let one have it")
        if claims:
            return starts[claims[0]]
        return min((starts[name] for name, field in items.items() if field.entry), default=0)
