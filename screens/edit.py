"""Edit masks: how a typed value is written in a field, and read back from what an operator typed.

A number's mask is a COBOL numeric-edited picture: `9` a digit, `Z` a digit or a blank for a leading
zero, `*` the same with an asterisk, `,` a separator where digits stand on both sides, `.` the decimal
point, `+` or `-` at either end the sign (several in front float up to the number), `CR` or `DB` at the
end the sign of a negative number, `B` a blank. A date's mask is written with `YYYY` or `YY`, `MM` and
`DD` around any separators.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

V = TypeVar("V")

_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?", re.ASCII)
_MASK = re.compile(r"(([+-])(?:,?\2)*)?([Z*9B,]*)(?:\.([Z9]+|\*+))?(\+|-|CR|DB)?")


class Edit(Protocol[V]):
    """How values of one type look in a field."""

    width: int
    """Positions an edited value takes; 0: as many as it has."""
    right: bool
    """True: the value stands at the right end of its field."""

    @property
    def wanted(self) -> str:
        """What a field must hold, as the end of a sentence that begins with its label."""
        ...

    def edit(self, value: V) -> str:
        """The text for a value that is not None."""
        ...

    def read(self, text: str) -> V:
        """The value of a text; ValueError with the end of a sentence that begins with the field's label."""
        ...


class TextEdit:
    """Plain text, without the blanks around it."""

    width = 0
    right = False
    wanted = "must be filled in"

    def __init__(self, uppercase: bool = False) -> None:
        self._uppercase = uppercase

    def edit(self, value: str) -> str:
        return value

    def read(self, text: str) -> str:
        text = text.strip(" ")
        return _upper(text) if self._uppercase else text


def _upper(text: str) -> str:
    """The text in capitals, each letter in its own cell: one whose capital takes two (the sharp s) stays."""
    upper = text.upper()
    if len(upper) == len(text):
        return upper
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in text)


class DigitsEdit:
    """A code made of exactly so many digits."""

    right = False

    def __init__(self, digits: int) -> None:
        self.width = digits
        self.wanted = f"must be {digits} digits"

    def edit(self, value: str) -> str:
        return value

    def read(self, text: str) -> str:
        text = text.strip(" ")
        if len(text) != self.width or not (text.isascii() and text.isdigit()):
            raise ValueError(self.wanted)
        return text


class NumberEdit:
    """A Decimal under a mask, rounded to its decimals. What does not fit, or is no number, is asterisks."""

    right = True

    def __init__(self, mask: str) -> None:
        match = _MASK.fullmatch(mask.upper())
        if match is None or not re.search("[Z*9]|[+-].*[+-]", mask.upper()):
            raise ValueError(f"{mask} is not an edit mask: write one such as ZZ,ZZ9.99, -ZZZ9 or ZZ9.99CR")
        leading, _, whole, fraction, self._trailing = (part or "" for part in match.groups())
        if leading and self._trailing:
            raise ValueError(f"{mask} has two signs: keep one")
        self.mask = mask
        self.width = len(mask)
        self.decimals = len(fraction)
        self._leading = leading[:1]
        self._floating = len(leading) > 1
        self._whole = re.sub("[+-]", "Z", leading[1:]) + whole
        self._digits = sum(map(self._whole.count, "Z*9"))
        self._limit = Decimal(10) ** self._digits
        self._signed = bool(self._leading or self._trailing)
        self._blank_when_zero = "9" not in self._whole + fraction
        self._filled = "*" in self._whole or "B" in self._whole
        self._format = f",.{self.decimals}f" if self._is_plain() else ""

    def _is_plain(self) -> bool:
        """True for masks that Python's own format with grouping writes the same."""
        grouped = re.sub("[0-9]", "Z", f"{int(self._limit) - 1:,}")[:-1] + "9"
        return grouped == self._whole and not self._signed

    def edit(self, value: Decimal | int) -> str:
        number = value if isinstance(value, Decimal) else Decimal.from_float(value)  # or from an int
        if self._format:
            text = format(number, self._format)
            if len(text) <= self.width and text[0].isdigit():
                return text.rjust(self.width)
        return self._edit_by_mask(number)

    def _edit_by_mask(self, value: Decimal) -> str:
        if not value.is_finite():
            return "*" * self.width
        rounded = format(value.copy_abs(), f".{self.decimals}f")
        whole, _, fraction = rounded.partition(".")
        zero = not rounded.strip("0.")
        negative = value < 0 and not zero
        if len(whole.lstrip("0")) > self._digits or (negative and not self._signed):
            return "*" * self.width
        if zero and self._blank_when_zero:
            return " " * self.width
        text = self._suppress(whole.zfill(self._digits)[-self._digits :] if self._digits else "")
        return self._sign(text + "." + fraction if fraction else text, negative)

    def _suppress(self, digits: str) -> str:
        """The whole part: leading zeros under Z or * become blanks or asterisks, and their commas too."""
        out: list[str] = []
        rest = iter(digits)
        begun = False
        for symbol in self._whole:
            fill = "*" if "*" in self._whole else " "
            if symbol == ",":
                out.append("," if begun else fill)
            elif symbol == "B":
                out.append(" ")
            else:
                digit = next(rest)
                begun = begun or symbol == "9" or digit != "0"
                out.append(digit if begun else fill)
        return "".join(out)

    def _sign(self, text: str, negative: bool) -> str:
        blank = "  " if len(self._trailing) == 2 else " "
        if self._leading:
            sign = "-" if negative else "+" if self._leading == "+" else " "
            return (sign + text.lstrip(" ")).rjust(self.width) if self._floating else sign + text
        if not self._trailing:
            return text
        if negative:
            return text + ("-" if self._trailing == "+" else self._trailing)
        return text + ("+" if self._trailing == "+" else blank)

    @property
    def example(self) -> str:
        """A number that fits, as an operator may type it."""
        number = Decimal("1204.33") % self._limit
        return self.edit(round(number, self.decimals)).strip(" *+") or "0"

    @property
    def wanted(self) -> str:
        return f"must be a number such as {self.example}"

    def read(self, text: str) -> Decimal:
        whole, _, fraction = text.partition(".")
        if text.isascii() and whole.isdigit() and len(fraction) == self.decimals and f"0{fraction}".isdigit():
            number = Decimal(text)  # the common case, four times as fast
            if number < self._limit:
                return number
        return self._read_any(text)

    def _read_any(self, text: str) -> Decimal:
        body, negative = _unsign(text.strip(" ").upper())
        if self._filled:
            body = body.lstrip("*").replace(" ", "")
        match = _NUMBER.fullmatch(body)
        whole, fraction = (part or "" for part in match.groups()) if match else ("", "")
        if not whole and not fraction:
            raise ValueError(self.wanted)
        if len(fraction.rstrip("0")) > self.decimals:
            what = f"at most {self.decimals} decimals" if self.decimals else "no decimals"
            raise ValueError(f"must have {what}, such as {self.example}")
        number = Decimal(f"{whole.replace(',', '') or '0'}.{fraction[: self.decimals]:0<{self.decimals}}")
        if number >= self._limit:
            raise ValueError(f"must be less than {self._limit:,}")
        if negative and number and not self._signed:
            raise ValueError("must not be negative")
        return number.copy_negate() if negative and number else number


class IntegerEdit:
    """A whole number under a mask."""

    right = True

    def __init__(self, mask: str) -> None:
        self._number = NumberEdit(mask)
        self.width = self._number.width
        self.wanted = self._number.wanted
        if self._number.decimals:
            raise ValueError(f"{mask} has decimals, and the field is a whole number: declare it Decimal")

    def edit(self, value: int) -> str:
        return self._number.edit(value)

    def read(self, text: str) -> int:
        return int(self._number.read(text))


class LeftEdit(Generic[V]):
    """A number under another edit, at the left end of its field: what is typed over it begins where it does."""

    right = False

    def __init__(self, edit: Edit[V]) -> None:
        self._edit = edit
        self.width = edit.width
        self.wanted = edit.wanted
        self.read = edit.read

    def edit(self, value: V) -> str:
        return self._edit.edit(value).strip(" ")


def _unsign(text: str) -> tuple[str, bool]:
    """The number without its sign, and whether that was a minus."""
    for sign in ("CR", "DB", "-", "+"):
        if text.endswith(sign) and len(text) > len(sign):
            return text[: -len(sign)].rstrip(" "), sign != "+"
    if text[:1] in ("-", "+"):
        return text[1:].lstrip(" "), text[0] == "-"
    return text, False


YEARS_OF_TWO_DIGITS = range(1969, 2069)
"""What a year of two digits can mean, as POSIX has it."""


class DateEdit:
    """A date under a mask such as YYYY-MM-DD or DD.MM.YY. One that does not fit is shown as asterisks."""

    right = False

    def __init__(self, mask: str) -> None:
        parts = re.findall("YYYY|YY|MM|DD", mask)
        if sorted(part[0] for part in parts) != ["D", "M", "Y"]:
            raise ValueError(f"{mask} is not a date mask: write one such as YYYY-MM-DD or DD.MM.YY")
        self.mask = mask
        self.width = len(mask)
        self._parts = [part[0] for part in parts]
        self._years = range(1, 10_000) if "YYYY" in mask else YEARS_OF_TWO_DIGITS
        self._format = mask.replace("YYYY", "{0.year:04}").replace("YY", "{1:02}")
        self._format = self._format.replace("MM", "{0.month:02}").replace("DD", "{0.day:02}")

    def edit(self, value: date) -> str:
        if value.year not in self._years:
            return "*" * self.width
        return self._format.format(value, value.year % 100)

    def read(self, text: str) -> date:
        """Any separators do, or none when every part has all its digits. A year may have two digits."""
        numbers = re.findall(r"\d+", text, re.ASCII)
        if len(numbers) == 1:
            numbers = self._cut(numbers[0])
        if len(numbers) != len(self._parts) or re.search("[A-Za-z\x1c\x1e]", text):
            raise ValueError(self.wanted)
        by_part = dict(zip(self._parts, numbers, strict=True))
        try:
            value = date(_year(by_part["Y"]), int(by_part["M"]), int(by_part["D"]))
        except (ValueError, OverflowError) as error:
            raise ValueError(self.wanted) from error
        if value.year not in self._years:
            raise ValueError(f"must be in a year from {self._years[0]} to {self._years[-1]}")
        return value

    def _cut(self, digits: str) -> list[str]:
        sizes = [len(part) for part in re.findall("Y+|M+|D+", self.mask)]
        if len(digits) != sum(sizes):
            return [digits]
        ends = [sum(sizes[: at + 1]) for at in range(len(sizes))]
        return [digits[end - size : end] for end, size in zip(ends, sizes, strict=True)]

    @property
    def wanted(self) -> str:
        return f"must be a date such as {self.example}"

    @property
    def example(self) -> str:
        """A date, as an operator may type it."""
        return self.edit(date(2031, 12, 24))


def _year(digits: str) -> int:
    """The year of so many digits: of one or two, that of `YEARS_OF_TWO_DIGITS` which ends so."""
    if len(digits) > 2:
        return int(digits)
    first = YEARS_OF_TWO_DIGITS[0]
    return first + (int(digits) - first) % 100
