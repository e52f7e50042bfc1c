"""Dates in the forms met in rosters and ledgers."""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from meetings.workbooks.numerals import UP_TO_99, chinese_number, chinese_year
from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import Cell, compact, plain

DAY, MONTH, YEAR = "day", "month", "year"

SEPARATOR = r"\s*[-/.年月、,。_—–~ ]\s*"
FULL = re.compile(
    rf"(\d{{4}}){SEPARATOR}(\d{{1,2}}){SEPARATOR}(\d{{1,2}})(?!\d)\s*[日号]?[.。]?(?P<rest>.*)\Z"
)
EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)(?P<rest>.*)\Z")
YEAR_MONTH = re.compile(rf"(\d{{4}}){SEPARATOR}(\d{{1,2}})\s*(?:月份?)?[.。]?\Z")
SIX = re.compile(r"(\d{4})(\d{2})\Z")
JUST_YEAR = re.compile(r"(\d{4})\s*年?\Z")
WEEKDAY = re.compile(r"[([]?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*[)\]]?")
MIDNIGHT = re.compile(r"t?0?0:00(?::00(?:\.0+)?)?(?:z|\+00:00)?\Z")
CHINESE_DATE = re.compile(
    rf"([零〇○一二三四五六七八九]{{4}})年(?:({UP_TO_99})月)?(?:({UP_TO_99})[日号])?(?P<rest>.*)\Z"
)

FIRST_YEAR, LAST_YEAR = 1900, 2100
SERIAL_ZERO = date(1899, 12, 30)
# 1927 to 2100; smaller numbers are something else, larger ones are years and months run together.
SERIALS = range(10_000, 73_415)


@dataclass(frozen=True)
class Day:
    """A date and how exactly it was given; for a month it is the first day of it."""

    date: date
    precision: str = DAY
    rest: str = ""  # what stood behind the date, such as a time of day


def parse_day(value: Cell) -> Day:
    """Read a date in any of the known forms. Raises BadValue with the reason.

    Year and month without a day mean the first of the month, and the precision says so. A time of
    day behind the date is kept in ``rest``.
    """
    if isinstance(value, datetime):
        return _checked(Day(value.date(), rest=f"{value:%H:%M}" if value.time() != value.min.time() else ""))
    if isinstance(value, date):
        return _checked(Day(value))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _not_a_date(value)
    return _from_number(float(value)) if isinstance(value, int | float) else _from_text(value)


def parse_year(value: Cell) -> int:
    """The year of 2025, "2025年度" or a date. Raises BadValue for anything else."""
    try:
        return parse_day(compact(value).removesuffix("度") if isinstance(value, str) else value).date.year
    except BadValue:
        raise BadValue(_("“%(value)s” is not a year") % {"value": plain(value)[:40]}) from None


def _from_number(number: float) -> Day:
    """A number is a serial day of the spreadsheet, 20230709, 202306, or 2009.06."""
    if not math.isfinite(number):
        raise _not_a_date(number)
    if number.is_integer():
        return _from_digits(str(int(number)), number)
    if int(number) in SERIALS:
        return Day(SERIAL_ZERO + timedelta(days=int(number)), rest=_time_of(number))
    text = f"{number:.10g}"
    if re.fullmatch(r"\d{4}\.1", text):
        why = _("%(value)s may mean January or October; write the month in two digits as text")
        raise BadValue(why % {"value": text})
    if re.fullmatch(r"\d{4}\.\d{1,2}", text):
        return _from_text(text)
    raise _not_a_date(number)


def _time_of(number: float) -> str:
    minutes = round(number % 1 * 24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" if 0 < minutes < 24 * 60 else ""


def _from_digits(digits: str, value: Cell) -> Day:
    if digits.isdecimal() and len(digits) == 5 and int(digits) in SERIALS:
        return Day(SERIAL_ZERO + timedelta(days=int(digits)))
    for pattern in (EIGHT, SIX, JUST_YEAR):
        if match := pattern.match(digits):
            return _made(*match.groups()[:3], shown=plain(value))
    raise _not_a_date(value)


def _from_text(value: str) -> Day:
    text = " ".join(unicodedata.normalize("NFKC", plain(value)).lower().split())
    text = _arabic(WEEKDAY.sub(" ", text).strip())
    if text.isdecimal():
        return _from_digits(text, value)
    for pattern in (FULL, EIGHT):
        if match := pattern.match(text):
            rest = "" if MIDNIGHT.match(match["rest"].strip()) else match["rest"]
            return _made(match[1], match[2], match[3], rest=rest, shown=plain(value))
    for pattern in (YEAR_MONTH, JUST_YEAR):
        if match := pattern.match(text):
            return _made(*match.groups(), shown=plain(value))
    raise _not_a_date(value)


def _arabic(text: str) -> str:
    """二〇二三年七月九日 → 2023年7月9日; other text unchanged."""
    match = CHINESE_DATE.match(text)
    if match is None:
        return text
    parts = (match[2], "月"), (match[3], "日")
    month, day = (f"{chinese_number(part)}{unit}" if part else "" for part, unit in parts)
    return f"{chinese_year(match[1])}年{month}{day}{match['rest']}"


def _made(year: str, month: str = "", day: str = "", *, rest: str = "", shown: str) -> Day:
    precision = DAY if day else MONTH if month else YEAR
    try:
        made = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise BadValue(_("there is no such day as %(value)s") % {"value": shown[:40]}) from None
    return _checked(Day(made, precision, rest.strip(" t,，")))


def _checked(day: Day) -> Day:
    if not FIRST_YEAR <= day.date.year <= LAST_YEAR:
        raise BadValue(_("the year %(year)s cannot be right") % {"year": day.date.year})
    return day


def _not_a_date(value: Cell) -> BadValue:
    return BadValue(_("“%(value)s” is not a date; write it like 2026-07-09") % {"value": plain(value)[:40]})
