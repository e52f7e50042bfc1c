"""The table of stages against the calendar: what is announced last by a day."""

from datetime import date, timedelta

import pytest

from meetings.services.reminders.stages import STAGES, Circle, last_due_date, stage_reached

DUE = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("days", "stage", "fell"),
    [
        (-11, None, None),
        (-10, "due_soon", -10),
        (-4, "due_soon", -10),
        (-3, "due_soon", -3),
        (0, "due_soon", -3),
        (1, "overdue", 1),
        (7, "overdue", 1),
        (8, "overdue", 8),
        (14, "overdue", 8),
        (15, "overdue", 15),
        (85, "overdue", 85),
        (400, "overdue", 85),
    ],
)
def test_those_responsible_hear_twice_before_and_weekly_after(
    days: int, stage: str | None, fell: int | None
) -> None:
    reached = stage_reached(Circle.RESPONSIBLE, DUE, DUE + timedelta(days=days))
    assert reached == (stage and (stage, DUE + timedelta(days=fell)))


@pytest.mark.parametrize(("days", "fell"), [(-3, None), (1, None), (6, None), (7, 7), (8, 7), (400, 7)])
def test_reviewers_hear_once_after_a_week(days: int, fell: int | None) -> None:
    reached = stage_reached(Circle.REVIEWERS, DUE, DUE + timedelta(days=days))
    assert reached == (fell and ("escalated", DUE + timedelta(days=fell)))


@pytest.mark.parametrize("circle", Circle)
def test_the_last_due_date_is_the_edge_of_the_first_stage(circle: Circle) -> None:
    edge = last_due_date(circle, DUE)
    assert stage_reached(circle, edge, DUE) is not None
    assert stage_reached(circle, edge + timedelta(days=1), DUE) is None


@pytest.mark.parametrize("circle", Circle)
def test_a_day_later_never_announces_an_earlier_day(circle: Circle) -> None:
    fell = [stage_reached(circle, DUE, DUE + timedelta(days=days)) for days in range(-30, 200)]
    days = [found[1] for found in fell if found]
    assert days == sorted(days)
    assert all(day <= DUE + timedelta(days=86) for day in days)


def test_a_repeated_stage_ends_on_one_of_its_days() -> None:
    for stage in STAGES:
        if stage.every:
            assert stage.last is not None
            assert (stage.last - stage.first) % stage.every == 0
