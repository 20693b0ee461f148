"""Edit masks write values as COBOL pictures do, and read back what operators type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.edit import DateEdit, DigitsEdit, IntegerEdit, NumberEdit, TextEdit


@pytest.mark.parametrize(
    ("mask", "value", "text"),
    [
        ("ZZ,ZZZ,ZZ9.99", "1204.33", "     1,204.33"),
        ("ZZ,ZZZ,ZZ9.99", "0", "         0.00"),
        ("+ZZZ,ZZZ.99", "-12.5", "-     12.50"),
        ("--,--9.99", "-12.5", "   -12.50"),
        ("ZZ9.99CR", "-3", "  3.00CR"),
        ("ZZ9.99CR", "3", "  3.00  "),
        ("ZZ9-", "-5", "  5-"),
        ("***,**9", "42", "*****42"),
        ("9999", "42", "0042"),
        ("ZZZ.ZZ", "0", "      "),
        ("99B99", "1234", "12 34"),
        ("***.**", "0.05", "***.05"),
        ("****", "0", "    "),
        ("ZZ9", "2.5", "  2"),
        ("ZZ9.99-", "-2.135", "  2.14-"),
        ("Z" * 34 + "9-", "-98765432109876543210987654321098765", "98765432109876543210987654321098765-"),
    ],
)
def test_numbers_are_edited_by_their_mask(mask: str, value: str, text: str) -> None:
    """Every symbol does what it does in a COBOL picture."""
    assert text == NumberEdit(mask).edit(Decimal(value))


@pytest.mark.parametrize(
    ("mask", "value"), [("ZZ9.99", "1000"), ("ZZ9.99", "-1"), ("ZZ9", "inf"), ("ZZ9-", "nan")]
)
def test_what_does_not_fit_is_asterisks(mask: str, value: str) -> None:
    """A number is never cut to another number."""
    assert "*" * len(mask) == NumberEdit(mask).edit(Decimal(value))


@pytest.mark.parametrize("typed", ["1204.33", "1,204.33", " 1204.33 ", "01204.330", "+1204.33"])
def test_operators_may_write_a_number_in_several_ways(typed: str) -> None:
    """Separators, leading zeros, trailing zeros, blanks and a plus change nothing."""
    assert Decimal("1204.33") == NumberEdit("ZZ,ZZZ,ZZ9.99").read(typed)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("abc", "must be a number such as 1,204.33"),
        ("1,20", "must be a number such as 1,204.33"),
        (".", "must be a number such as 1,204.33"),
        ("١٢", "must be a number such as 1,204.33"),
        ("1.234", "must have at most 2 decimals, such as 1,204.33"),
        ("123456789", "must be less than 100,000,000"),
        ("-5", "must not be negative"),
    ],
)
def test_what_is_no_number_is_said(typed: str, message: str) -> None:
    """The message is the end of a sentence and shows an example that would do."""
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        NumberEdit("ZZ,ZZZ,ZZ9.99").read(typed)


@pytest.mark.parametrize("mask", ["", "abc", "9.9.9", "-99CR", "ZZ9.99 EUR", "***.*9"])
def test_bad_masks_are_refused(mask: str) -> None:
    """A mask that is not one is an error when it is declared."""
    with pytest.raises(ValueError, match=r"mask|signs"):
        NumberEdit(mask)


@pytest.mark.parametrize(
    "mask",
    [
        "ZZ,ZZZ,ZZ9.99-",
        "+ZZ,ZZZ,ZZ9.99",
        "--,---,--9.99",
        "*,***,**9.99CR",
        "99,999,999.99DB",
    ],
)
@given(cents=st.integers(-99_999_999, 99_999_999))
def test_numbers_read_back(mask: str, cents: int) -> None:
    """What a mask writes, it reads."""
    edit, value = NumberEdit(mask), Decimal(cents).scaleb(-2)
    text = edit.edit(value)
    assert (value, edit.width) == (edit.read(text), len(text))


def test_asterisks_in_front_are_read_over() -> None:
    """They fill a number up, and are no part of it."""
    assert Decimal("-0.05") == NumberEdit("*,***.**CR").read("*****.05CR")


@given(st.integers(0, 999_999))
def test_whole_numbers_read_back(number: int) -> None:
    """An int comes back as an int."""
    edit = IntegerEdit("ZZZ,ZZ9")
    assert number == edit.read(edit.edit(number))


@pytest.mark.parametrize("mask", ["YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY", "YYYYMMDD"])
@given(day=st.dates())
def test_dates_read_back(mask: str, day: date) -> None:
    """What a date mask writes, it reads."""
    edit = DateEdit(mask)
    assert day == edit.read(edit.edit(day))


@given(day=st.dates(date(1969, 1, 1), date(2068, 12, 31)))
def test_dates_of_two_centuries_read_back(day: date) -> None:
    """What a year of two digits can mean comes back as it was."""
    edit = DateEdit("DD.MM.YY")
    assert day == edit.read(edit.edit(day))


@pytest.mark.parametrize("day", [date(1968, 12, 31), date(2069, 1, 1), date(1899, 3, 9)])
def test_a_date_that_two_digits_cannot_tell_is_asterisks(day: date) -> None:
    """It is never shown as the same day of another century, nor read under such a mask."""
    edit = DateEdit("DD.MM.YY")
    assert "********" == edit.edit(day)
    with pytest.raises(ValueError, match="must be in a year from 1969 to 2068"):
        edit.read(day.isoformat()[8:] + day.strftime(".%m.%Y"))


def test_a_year_of_four_digits_is_that_year() -> None:
    """Also one of the first century."""
    edit = DateEdit("YYYY-MM-DD")
    assert (date(24, 2, 9), date(2024, 2, 9)) == (edit.read("0024-02-09"), edit.read("24-02-09"))


@pytest.mark.parametrize("typed", ["9.2.2024", "09/02/24", "09022024", "9-2-24"])
def test_separators_of_a_date_are_free(typed: str) -> None:
    """Only the order of the parts counts."""
    assert date(2024, 2, 9) == DateEdit("DD.MM.YYYY").read(typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("30.2.2024", "must be a date such as"),
        ("soon", "24.12.2031"),
        ("1", "24.12.2031"),
        ("1.1.99999999999999999999", "24.12.2031"),
    ],
)
def test_what_is_no_date_is_said(typed: str, says: str) -> None:
    """The message shows a date that would do."""
    with pytest.raises(ValueError, match=says):
        DateEdit("DD.MM.YYYY").read(typed)


def test_digits_are_exact() -> None:
    """A code of digits has all of them and nothing else."""
    assert DigitsEdit(8).read(" 10020011 ") == "10020011"
    for typed in ("1002001", "100200111", "1002001x", "١٠٠٢٠٠١١"):
        with pytest.raises(ValueError, match="must be 8 digits"):
            DigitsEdit(8).read(typed)


def test_text_is_upper_cased_if_asked() -> None:
    """Blanks around a text are no part of it."""
    assert TextEdit(uppercase=True).read(" abc ") == "ABC"


def test_a_capital_takes_the_cell_of_its_letter() -> None:
    """A text grows no longer than its field: a letter whose capital takes two cells stays."""
    assert TextEdit(uppercase=True).read("straße é ŉ") == "STRAßE É ŉ"


@pytest.mark.parametrize("sign", ["\x1c", "\x1e"])
def test_dup_and_field_mark_are_no_blanks(sign: str) -> None:
    """Of a text they are a part, of a number and of a code a mistake."""
    assert TextEdit().read(f" a{sign} ") == f"a{sign}"
    for edit, typed in ((NumberEdit("ZZ9-"), f"12{sign}"), (NumberEdit("ZZ9-"), f"12{sign}-")):
        with pytest.raises(ValueError, match="must be a number"):
            edit.read(typed)
    with pytest.raises(ValueError, match="must be 2 digits"):
        DigitsEdit(2).read(f"12{sign}")
    with pytest.raises(ValueError, match="must be a date"):
        DateEdit("DD.MM.YYYY").read(f"9.2.2024{sign}")


@pytest.mark.parametrize("typed", ["0-", "-0", "0.00CR"])
def test_a_zero_has_no_sign(typed: str) -> None:
    """Nothing is stored, or printed, as -0."""
    assert str(NumberEdit("ZZ9.99-").read(typed)).startswith("0")
