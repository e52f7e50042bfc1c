"""Working days with the State Council's swaps."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.workdays import WorkCalendar

PRESET = Path(__file__).parents[2] / "meetings" / "presets" / "workdays.json"


def seeded() -> WorkCalendar:
    preset = json.loads(PRESET.read_text(encoding="utf-8"))
    moved = {date.fromisoformat(day): False for day in preset["days_off"]}
    moved |= {date.fromisoformat(day): True for day in preset["working_days"]}
    return WorkCalendar(moved, frozenset(preset["years"]))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # over National Day; Saturday 10 October is worked
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a swapped Saturday before Spring Festival
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_counting_over_holidays(start: date, days: int, end: date) -> None:
    assert seeded().after(start, days) == end


def test_unknown_year_counts_monday_to_friday_and_says_so() -> None:
    calendar = seeded()
    assert calendar.after(date(2027, 10, 1), 1) == date(2027, 10, 4)
    assert not calendar.knows(date(2027, 10, 1))
    assert calendar.knows(date(2026, 1, 1))


def test_every_seeded_day_really_moves_something() -> None:
    calendar = seeded()
    assert all(working != (day.weekday() < 5) for day, working in calendar.moved.items())


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(0, 40))
def test_between_undoes_after(start: date, days: int) -> None:
    calendar = seeded()
    assert calendar.between(start, calendar.after(start, days)) == days


@given(st.dates(date(2025, 3, 1), date(2026, 12, 31)), st.integers(1, 40))
def test_before_is_the_mirror_of_after(day: date, days: int) -> None:
    calendar = seeded()
    earlier = calendar.before(day, days)
    assert calendar.is_working(earlier)
    assert calendar.between(earlier - timedelta(days=1), day - timedelta(days=1)) == days


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError):
        seeded().after(date(2026, 1, 1), -1)
    with pytest.raises(ValueError):
        seeded().before(date(2026, 1, 1), -1)
