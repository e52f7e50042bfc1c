"""Times of day: "15:00", "下午3点半", "15:00-16:30"."""

import re
from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import Cell, compact, plain

PART_OF_DAY = r"(?P<part>上午|早上|早晨|清晨|凌晨|中午|下午|傍晚|晚上|晚|am|pm)?"
CLOCK = re.compile(
    rf"{PART_OF_DAY}(?P<hour>\d{{1,2}})(?:[:.：时点](?P<minute>\d{{1,2}}|半|一刻|三刻|整)?分?)(?::\d{{2}})?(?P<after>am|pm)?"
)
FOUR_DIGITS = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})\Z")
BETWEEN = re.compile(r"\s*(?:-|—+|–|~|至|到|－)\s*")
WORDS = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}
AFTERNOON = {"下午", "傍晚", "晚上", "晚", "pm"}


def parse_times(value: Cell) -> tuple[time, time | None]:
    """Begin and, where given, end of a meeting. Raises BadValue if there is no time of day in it."""
    if isinstance(value, datetime):
        return value.time().replace(second=0, microsecond=0), None
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0), None
    if isinstance(value, timedelta | bool):
        raise _not_a_time(value)
    if isinstance(value, int | float) and 0 < value < 1:
        return _of_minutes(round(value * 24 * 60), value), None
    return _from_text(value)


def _from_text(value: Cell) -> tuple[time, time | None]:
    pieces = BETWEEN.split(compact(value))
    if len(pieces) > 2:
        raise _not_a_time(value)
    start, part = _clock(pieces[0], "", value)
    if len(pieces) == 1 or not pieces[1]:
        return start, None
    # "下午3:00-5:00": the second time belongs to the same half of the day unless it says otherwise.
    return start, _clock(pieces[1], part, value)[0]


def _clock(text: str, inherited: str, value: Cell) -> tuple[time, str]:
    match = CLOCK.fullmatch(text) or FOUR_DIGITS.match(text)
    if match is None:
        raise _not_a_time(value)
    found = match.groupdict()
    part = found.get("part") or found.get("after") or inherited
    hour, minute = int(found["hour"]), _minutes(found["minute"])
    if part in AFTERNOON and hour < 12:
        hour += 12
    return _of_minutes(hour * 60 + minute if minute < 60 else -1, value), part


def _minutes(text: str | None) -> int:
    return WORDS[text] if text in WORDS else int(text or 0)


def _of_minutes(minutes: int, value: Cell) -> time:
    if not 0 <= minutes < 24 * 60:
        raise _not_a_time(value)
    return time(minutes // 60, minutes % 60)


def _not_a_time(value: Cell) -> BadValue:
    return BadValue(_("“%(value)s” is not a time of day; write it like 15:00") % {"value": plain(value)[:40]})
