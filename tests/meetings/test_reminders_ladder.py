"""The table of stages against the calendar: what is announced last by a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.ladder import Ladder
from meetings.reminder_enums import LeadUnit
from meetings.workdays import WorkCalendar

DUE = date(2026, 11, 30)  # a Monday
PLAIN = WorkCalendar()
USUAL = Ladder()
# National Day 2026 as it might be: off from Thursday to Wednesday, worked for on a Saturday.
GOLDEN = WorkCalendar(
    {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}, frozenset({2026})
)


def reached(days: int, rung: int = 0, ladder: Ladder = USUAL) -> tuple[str, int] | None:
    """The stage and how many days after the due date it fell."""
    step = ladder.reached(DUE, DUE + timedelta(days=days), PLAIN)[rung]
    return step and (step.stage.value, (step.falls_on - DUE).days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-15, None),
        (-14, ("due_soon", -14)),  # ten working days
        (-6, ("due_soon", -14)),
        (-5, ("due_soon", -5)),  # three working days, a weekend between
        (0, ("due_soon", -5)),
        (1, ("overdue", 1)),
        (7, ("overdue", 1)),
        (8, ("overdue", 8)),
        (15, ("overdue", 15)),
        (85, ("overdue", 85)),
        (400, ("overdue", 85)),
    ],
)
def test_those_responsible_hear_twice_before_and_weekly_after(
    days: int, expected: tuple[str, int] | None
) -> None:
    assert reached(days) == expected


@pytest.mark.parametrize(
    ("rung", "days", "expected"),
    [
        (1, 0, None),
        (1, 6, None),
        (1, 7, ("escalated", 7)),  # five working days
        (1, 400, ("escalated", 7)),
        (2, 13, None),
        (2, 14, ("escalated", 14)),  # ten working days
    ],
)
def test_above_it_is_heard_once_a_rung(rung: int, days: int, expected: tuple[str, int] | None) -> None:
    assert reached(days, rung) == expected


def test_days_off_are_not_counted() -> None:
    """Due on 8 October, the day after the holidays: three working days before lie in September."""
    ladder = Ladder(before=(3,))
    due = date(2026, 10, 8)
    step = ladder.reached(due, due, GOLDEN)[0]
    assert step is not None
    assert step.falls_on == date(2026, 9, 28)
    late = ladder.reached(due, date(2026, 10, 20), GOLDEN)
    # 9, 10 (worked for), 12, 13, 14 October.
    assert late[1] is not None
    assert late[1].falls_on == date(2026, 10, 14)


def test_months_before_the_end_of_a_term() -> None:
    ladder = Ladder(before=(6, 3, 1), unit=LeadUnit.MONTHS, every=None)
    end = date(2027, 5, 31)
    days = [ladder.reached(end, day, PLAIN)[0] for day in (date(2026, 11, 29), date(2026, 11, 30))]
    assert days[0] is None
    assert days[1] is not None
    assert days[1].falls_on == date(2026, 11, 30)  # the last day of a shorter month
    assert ladder.reached(end, date(2027, 3, 1), PLAIN)[0].falls_on == date(2027, 2, 28)
    assert ladder.reached(end, date(2027, 6, 7), PLAIN)[0].falls_on == date(2027, 6, 1)


def test_told_before_only_ends_with_the_day() -> None:
    ladder = Ladder(before=(3,), unit=LeadUnit.MONTHS, after=None, every=None, above=())
    assert reached(400, ladder=ladder) == reached(-1, ladder=ladder) == ("due_soon", -92)
    assert ladder.reached(DUE, DUE, PLAIN)[1:] == ()


ladders = st.builds(
    Ladder,
    before=st.lists(st.integers(1, 40), max_size=3).map(tuple),
    unit=st.sampled_from([LeadUnit.DAYS, LeadUnit.WORKING_DAYS]),
    after=st.none() | st.integers(1, 10),
    every=st.none() | st.integers(1, 30),
    times=st.integers(1, 20),
    above=st.lists(st.integers(1, 30), max_size=3).map(tuple),
)


@given(ladders, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from([PLAIN, GOLDEN]))
def test_a_day_later_never_announces_an_earlier_day(
    ladder: Ladder, due: date, calendar: WorkCalendar
) -> None:
    days = [due + timedelta(days=number) for number in range(-70, 70)]
    for rung in range(len(ladder.above) + 1):
        fell = [step.falls_on for day in days if (step := ladder.reached(due, day, calendar)[rung])]
        assert fell == sorted(fell)


@given(ladders, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from([PLAIN, GOLDEN]))
def test_nothing_due_after_the_last_due_date_has_been_reached(
    ladder: Ladder, today: date, calendar: WorkCalendar
) -> None:
    """What a source is not asked for would not be announced anyway."""
    last = ladder.last_due_date(today, calendar)
    for number in range(1, 20):
        assert not any(ladder.reached(last + timedelta(days=number), today, calendar))


@given(ladders, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_the_first_day_is_the_first_on_which_anything_is_announced(ladder: Ladder, due: date) -> None:
    if ladder.before:
        first = ladder.first_day(due, PLAIN)
        assert any(ladder.reached(due, first, PLAIN))
        assert not any(ladder.reached(due, first - timedelta(days=1), PLAIN))
