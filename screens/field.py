"""Fields of a map as declared under its picture: what they hold, how they look, what is a mistake."""

from __future__ import annotations

import copy
import enum
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Generic, Literal, Protocol, Self, TypedDict, TypeVar, Unpack, cast, overload

import msgspec

from screens.attributes import Attribute, Color, Highlight, Intensity, Outline, Validation
from screens.edit import DateEdit, DigitsEdit, Edit, IntegerEdit, LeftEdit, NumberEdit, TextEdit
from screens.errors import UnfitValue, nearest

V = TypeVar("V")
N = TypeVar("N", Decimal, int, date)

_ENDS = ("left", "right")
ColorName = Literal["", "blue", "red", "pink", "green", "turquoise", "yellow", "neutral"]


class Look(TypedDict, total=False):
    """Attributes as a program writes them, by name; the strings are the values of the enumerations."""

    color: Color | ColorName
    background: Color | ColorName
    intensity: Intensity | Literal["normal", "bright", "dark"]
    highlight: Highlight | Literal["", "blink", "reverse", "underscore"]
    protected: bool
    numeric: bool
    modified: bool
    outline: Outline
    validation: Validation


class Options(Look, total=False):
    """What any declaration may say besides the type of its values."""

    label: str
    """How messages call the field; otherwise its name with blanks for underscores."""
    initial: str
    """Text shown until a program sends a value."""
    drawn_as: str
    """The name in the picture, where the field's own does not fit between the brackets."""
    carried: bool
    """False: not taken over when a received screen is shown again; a message line is such a field."""
    justify: Literal["left", "right"]
    """At which end of its field a number stands; otherwise at the right."""


class EntryOptions(Options, total=False):
    """What an entry field may say besides."""

    cursor: bool
    """The cursor is put here when the program does not say."""
    required: bool
    """Blank is a mistake."""


def with_look(attribute: Attribute, look: Look, options: Iterable[str] = ()) -> Attribute:
    """`attribute` with the named parts changed; ValueError or TypeError when one is not an attribute.

    `options` are what else may be said there.
    """
    if unknown := look.keys() - set(Attribute.__struct_fields__):
        known = nearest(min(unknown), [*Attribute.__struct_fields__, *options])
        raise TypeError(f"{min(unknown)} is not an attribute: {known}")
    try:
        return msgspec.convert({**msgspec.to_builtins(attribute), **msgspec.to_builtins(look)}, Attribute)
    except (TypeError, ValueError) as error:
        raise ValueError(_unfit(look) or str(error)) from error


def _unfit(look: Look) -> str:
    """The first attribute that is said by a word there is not, and the words there are."""
    for part in msgspec.structs.fields(Attribute):
        words = [str(word) for word in part.type] if issubclass(part.type, enum.StrEnum) else []
        value = look.get(part.name)
        if words and part.name in look and value not in words:
            return f"{part.name} cannot be {value!r}: {nearest(str(value), filter(None, words))}"
    return ""


class Form(Protocol):
    """A received map, as its fields see it."""

    def value_of(self, field: Field[Any]) -> object:
        """The value of one field."""
        ...

    def list_of(self, group: Rows[Any]) -> list[Any]:
        """The values of a repeated field."""
        ...


class Field(Generic[V]):
    """A declared field; read from a form it is the value, of the declared type, that the operator sees.

    A value that was read or given is an attribute of the form, which Python finds without asking the field again.
    """

    entry = False
    _protection: ClassVar[Look] = {}
    _options: ClassVar[tuple[str, ...]] = ("edit", *Options.__annotations__)

    def __init__(self, edit: Callable[[int], Edit[Any]], blank: object, options: EntryOptions) -> None:
        words = cast("dict[str, Any]", dict(options))
        self.name = ""
        self.length = 0
        self.label: str = words.pop("label", "")
        self.initial: str = unicodedata.normalize("NFC", words.pop("initial", ""))
        self.drawn_as: str = words.pop("drawn_as", "")
        self.carried: bool = words.pop("carried", True)
        self.justify: str = words.pop("justify", "")
        self.cursor: bool = words.pop("cursor", False)
        self.required: bool = words.pop("required", False)
        self.attribute = Attribute()
        self.hidden = False
        """An entry field that is not displayed: its content is never stored, shown or logged."""
        self.typed = blank is None
        """True unless the value is text."""
        self._place(TextEdit())
        self._look = cast("Look", {**self._protection, **words})
        self._edit_for = edit
        self._blank = blank
        self._minimum: Any = None
        self._maximum: Any = None

    @overload
    def __get__(self, form: None, owner: type) -> Self: ...
    @overload
    def __get__(self, form: Form, owner: type) -> V: ...
    def __get__(self, form: Form | None, owner: type) -> Any:
        return self if form is None else form.value_of(self)

    def placed(self, name: str, length: int, label: str = "") -> Self:
        """The field as one map has it, so many positions long; ValueError when its declaration is a mistake."""
        field = copy.copy(self)
        field.name, field.length = name, length
        field.label = self.label or (label or name).replace("_", " ").capitalize()
        try:
            field.attribute = with_look(field.attribute, self._look, self._options)
            field._place(self._justified(self._edit_for(length)))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name}: {error}") from error
        field.hidden = field.entry and field.attribute.intensity is Intensity.DARK
        if field.edit.width > length:
            raise ValueError(
                f"{name} takes {field.edit.width} positions and is drawn {length} wide: widen it"
            )
        if len(self.initial) > length:
            raise ValueError(f"the initial text of {name} is longer than its {length} positions: shorten it")
        return field

    def _justified(self, edit: Edit[Any]) -> Edit[Any]:
        """The edit of the field at the end that is said; ValueError or TypeError when none can be."""
        if not self.justify:
            return edit
        if self.justify not in _ENDS:
            raise ValueError(f"justify cannot be {self.justify!r}: {nearest(self.justify, _ENDS)}")
        _refuse("numbers", justify=not edit.right)
        return LeftEdit(edit) if self.justify == "left" else edit

    def _place(self, edit: Edit[Any]) -> None:
        """What `edit` says of the values is kept here, where it is found sooner than in many kinds of edits."""
        self.edit = edit
        self._read, self._right = edit.read, edit.right

    def value(self, text: str) -> Any:
        """The value of a text; of one with a mistake: the text itself, or None for a typed field."""
        return self.examined(text)[0]

    def fault(self, text: str) -> str:
        """What is wrong with a text that was typed, as a sentence for the operator; empty if nothing is."""
        return self.examined(text)[1]

    def examined(self, text: str) -> tuple[Any, str]:
        """The value of a text, as `value` has it, and what is wrong with it, as `fault` has it."""
        text = text.strip(" ")
        if not text:
            return self._blank, f"{self.label} {self.edit.wanted}" if self.required else ""
        try:
            value = self._read(text)
        except ValueError as error:
            return self._blank if self.typed else text, f"{self.label} {error}"
        if self._minimum is not None and value < self._minimum:
            return None, f"{self.label} must be at least {self.edit.edit(self._minimum).strip()}"
        if self._maximum is not None and value > self._maximum:
            return None, f"{self.label} must be at most {self.edit.edit(self._maximum).strip()}"
        return value, ""

    def unseen(self) -> str:
        """What to tell the operator of an entry field that was not on the screen that was answered."""
        return self.fault("") or f"{self.label} was not on the screen before: check it"

    def written(self, value: object) -> str:
        """The text for a value: edited if it has the field's type, as it is if it is a text already.

        `UnfitValue` if it is neither.
        """
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if not self.typed:
            return str(value)
        try:
            text = self.edit.edit(value)
        except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
            given = f"not {value!r:.60}: give a value of its type, text or None"
            raise UnfitValue(f"{self.name} {self.edit.wanted}, {given}") from error
        return text.rjust(self.length) if self._right and len(text) < self.length else text

    def rewritten(self, text: str) -> str:
        """A text that was typed as the map would write its value; one with a mistake stays as it is."""
        text = text.strip(" ")
        try:
            return self.written(self._read(text)) if text else ""
        except ValueError:
            return text


Kind = type[str] | type[int] | type[Decimal] | type[date]


def _edit_of(
    kind: Kind,
    mask: str,
    *,
    minimum: Any = None,
    maximum: Any = None,
    digits: int = 0,
    uppercase: bool = False,
) -> Callable[[int], Edit[Any]]:
    """Makes the edit of a field, once its length is known; ValueError when what was said of it cannot be."""

    def edit(length: int) -> Edit[Any]:
        if kind is str:
            _refuse(
                "numbers and dates", edit=bool(mask), minimum=minimum is not None, maximum=maximum is not None
            )
            return DigitsEdit(digits) if digits else TextEdit(uppercase)
        _check_bounds(kind, minimum, maximum)
        _refuse("text", digits=bool(digits), uppercase=uppercase)
        if kind is Decimal and not mask:
            raise TypeError("a Decimal field needs an edit mask: write one such as ZZ,ZZ9.99")
        if kind is date:
            return DateEdit(mask or "YYYY-MM-DD")
        return NumberEdit(mask) if kind is Decimal else IntegerEdit(mask or "Z" * (length - 1) + "9")

    return edit


def _refuse(those: str, **said: bool) -> None:
    for name, is_said in said.items():
        if is_said:
            raise TypeError(f"{name} is for {those}: leave it out, or declare the field so")


def _check_bounds(kind: Kind, minimum: Any, maximum: Any) -> None:
    """Refuse a type that fields do not have, and bounds that no value of it can keep."""
    if kind not in (int, Decimal, date):
        said = getattr(kind, "__name__", repr(kind))
        raise TypeError(f"a field holds str, int, Decimal or date, not {said}: declare one of them")
    for name, bound in (("minimum", minimum), ("maximum", maximum)):
        if bound is not None and type(bound) not in ((kind, int) if kind is Decimal else (kind,)):
            raise TypeError(f"{name} is {bound!r}: give it a value of the type {kind.__name__}")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise ValueError(f"minimum {minimum} is more than maximum {maximum}: change one of them")


class Output(Field[V]):
    """A field the program writes and the operator cannot type in: drawn `{name   }`."""

    _protection: ClassVar[Look] = {"protected": True, "numeric": True}

    @overload
    def __init__(self: Output[str], **options: Unpack[Options]) -> None: ...
    @overload
    def __init__(
        self: Output[N | None], kind: type[N], /, edit: str = "", **options: Unpack[Options]
    ) -> None: ...
    def __init__(  # type: ignore[misc]  # mypy takes the options' keywords for `edit`
        self, kind: type = str, /, edit: str = "", **options: Any
    ) -> None:
        blank = "" if kind is str else None
        super().__init__(_edit_of(kind, edit), blank, cast("EntryOptions", options))


class Entry(Field[V]):
    """A field the operator types in: drawn `[name   ]`.

    `digits`: a code of exactly so many digits. `hidden`: not displayed, never stored. A number or a date
    has a mask, and may have a `minimum` and a `maximum`.
    """

    entry = True
    _options = (
        *Field._options,
        *EntryOptions.__annotations__,
        *("digits", "uppercase", "hidden", "minimum", "maximum"),
    )

    @overload
    def __init__(
        self: Entry[str],
        *,
        digits: int = 0,
        uppercase: bool = False,
        hidden: bool = False,
        **options: Unpack[EntryOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: Entry[N | None],
        kind: type[N],
        /,
        edit: str = "",
        *,
        minimum: N | None = None,
        maximum: N | None = None,
        **options: Unpack[EntryOptions],
    ) -> None: ...
    def __init__(  # type: ignore[misc]  # mypy takes the options' keywords for `edit`
        self,
        kind: type = str,
        /,
        edit: str = "",
        *,
        minimum: object = None,
        maximum: object = None,
        digits: int = 0,
        uppercase: bool = False,
        hidden: bool = False,
        **options: Any,
    ) -> None:
        if hidden:
            options["intensity"] = Intensity.DARK
        made = _edit_of(kind, edit, minimum=minimum, maximum=maximum, digits=digits, uppercase=uppercase)
        super().__init__(made, "" if kind is str else None, cast("EntryOptions", options))
        self._minimum, self._maximum = minimum, maximum


class Rows(Generic[V]):
    """A field drawn under one name on several rows: one declaration, and a list with a value for each row.

    The fields are called `name.1`, `name.2`, ... from the top.
    """

    def __init__(self, field: Field[V]) -> None:
        self.field = field
        self.name = ""
        self.fields: tuple[Field[V], ...] = ()

    @overload
    def __get__(self, form: None, owner: type) -> Self: ...
    @overload
    def __get__(self, form: Form, owner: type) -> list[V]: ...
    def __get__(self, form: Form | None, owner: type) -> Self | list[V]:
        return self if form is None else cast("list[V]", form.list_of(self))

    def placed(self, name: str, lengths: list[int]) -> Self:
        """The group as one map has it."""
        group = copy.copy(self)
        group.name = name
        group.fields = tuple(
            self.field.placed(f"{name}.{number}", length, name)
            for number, length in enumerate(lengths, start=1)
        )
        return group
