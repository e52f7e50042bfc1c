"""Days kept to month after month, and where they move when nobody works."""

from datetime import date

import pytest

from meetings.fixed_days import CODES, FixedDay, fixed_day
from meetings.workdays import WorkCalendar

PLAIN = WorkCalendar()
# National Day of 2026: 1 to 7 October off, Saturday 10 October worked.
AUTUMN = WorkCalendar({date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True})


@pytest.mark.parametrize(
    ("code", "month", "calendar", "day"),
    [
        ("d10", date(2026, 11, 1), PLAIN, date(2026, 11, 10)),
        ("d10", date(2026, 10, 1), PLAIN, date(2026, 10, 12)),  # a Saturday
        ("d10", date(2026, 10, 1), AUTUMN, date(2026, 10, 10)),  # a Saturday on which people work
        ("d1", date(2026, 10, 1), AUTUMN, date(2026, 10, 8)),
        (
            "d31",
            date(2026, 2, 1),
            PLAIN,
            date(2026, 2, 27),
        ),  # the 28th is a Saturday, and nothing comes after it
        ("d28", date(2027, 2, 1), PLAIN, date(2027, 2, 26)),
        ("w2-4", date(2026, 12, 1), PLAIN, date(2026, 12, 11)),
        ("w5-0", date(2026, 11, 1), PLAIN, date(2026, 11, 30)),
        ("w5-0", date(2027, 2, 1), PLAIN, date(2027, 2, 22)),
        ("w1-3", date(2026, 10, 1), AUTUMN, date(2026, 10, 8)),
    ],
)
def test_the_day_of_a_month(code: str, month: date, calendar: WorkCalendar, day: date) -> None:
    habit = fixed_day(code)
    assert habit is not None
    assert habit.in_month(month, calendar) == day


@pytest.mark.parametrize("code", CODES)
def test_every_code_comes_back_and_stays_in_its_month(code: str) -> None:
    habit = fixed_day(code)
    assert habit is not None
    assert habit.code == code
    for month in range(1, 13):
        day = habit.in_month(date(2027, month, 1), PLAIN)
        assert day.month == month
        assert PLAIN.is_working(day)


def test_labels() -> None:
    assert FixedDay(day=10).label == "每月10日"
    assert FixedDay(day=31).label == "每月最后一天"
    assert FixedDay(week=2, weekday=4).label == "每月第二个周五"


def test_what_is_no_code() -> None:
    assert fixed_day("") is None
    for code in ("d0", "d30", "w6-1", "w1-5", "x"):
        with pytest.raises(ValueError, match="not a fixed day"):
            fixed_day(code)
