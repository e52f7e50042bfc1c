"""ID numbers and telephone numbers."""

import re
from datetime import date

from django.utils.translation import gettext as _

from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import Cell, compact, plain

# GB 11643-1999: weights of the first 17 digits and the check character for each remainder mod 11.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]\Z")
FIFTEEN = re.compile(r"[0-9]{15}\Z")
PHONE = re.compile(r"[+(]?[0-9][0-9()+/-]{3,27}[0-9]\Z")


def parse_id_number(value: Cell) -> str:
    """An 18-digit number with a right check digit, or an old one of 15 digits. Raises BadValue."""
    if isinstance(value, float) and abs(value) >= 1e15:
        raise BadValue(_("stored as a number, which loses its last digits; format the column as text"))
    number = compact(value).upper().strip("'’`")
    if FIFTEEN.match(number):
        birth_date(number)
        return number
    if not EIGHTEEN.match(number):
        raise BadValue(_("an ID number has 18 characters, this one has %(count)s") % {"count": len(number)})
    birth_date(number)
    if number[17] != check_character(number):
        raise BadValue(_("the check digit is wrong; one of the digits must be mistyped"))
    return number


def check_character(number: str) -> str:
    return CHECK_CHARACTERS[
        sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False)) % 11
    ]


def birth_date(number: str) -> date:
    """The day of birth inside an ID number; old numbers leave out the century. Raises BadValue."""
    digits = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadValue(
            _("the date of birth in it (%(digits)s) does not exist") % {"digits": digits}
        ) from None


def is_male(number: str) -> bool:
    return int(number[16] if len(number) == 18 else number[14]) % 2 == 1


def parse_phone(value: Cell) -> str:
    """A telephone number in ASCII digits. Raises BadValue if it does not look like one."""
    number = compact(value).replace("—", "-")
    if not PHONE.match(number):
        raise BadValue(_("“%(value)s” is not a telephone number") % {"value": plain(value)[:40]})
    return number
