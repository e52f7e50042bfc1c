"""When something is announced, and to whom: one table of data, and the arithmetic on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from meetings.enums import ReminderStage


class Circle(Enum):
    """Who is told. Who that is for a line of the ledger stands in ``recipients``."""

    RESPONSIBLE = "responsible"  # those who have to hold the meeting
    REVIEWERS = "reviewers"  # those who answer for the branch


@dataclass(frozen=True)
class Stage:
    """Days are counted from the due date; before it they are negative. ``every`` repeats the stage until
    ``last``: what nobody made good in a quarter of a year stays on the dashboard without more mail."""

    code: ReminderStage
    circle: Circle
    first: int
    every: int | None = None
    last: int | None = None

    def falls_on(self, due_on: date, today: date) -> date | None:
        """The latest day up to today on which this stage falls; None when it has not come yet."""
        late = (today - due_on).days
        if late < self.first:
            return None
        if self.every is None:
            return due_on + timedelta(days=self.first)
        reached = min(late, self.last) if self.last is not None else late
        return due_on + timedelta(days=reached - (reached - self.first) % self.every)


STAGES = (
    Stage(ReminderStage.DUE_SOON, Circle.RESPONSIBLE, first=-10),
    Stage(ReminderStage.DUE_SOON, Circle.RESPONSIBLE, first=-3),
    Stage(ReminderStage.OVERDUE, Circle.RESPONSIBLE, first=1, every=7, last=85),
    Stage(ReminderStage.ESCALATED, Circle.REVIEWERS, first=7),
)
CIRCLE_OF: dict[str, Circle] = {stage.code: stage.circle for stage in STAGES}


def stage_reached(circle: Circle, due_on: date, today: date) -> tuple[ReminderStage, date] | None:
    """What should have been announced last by today, and the day it fell on.

    Earlier stages that were missed (the server was off) are not made up for: the latest says it all.
    """
    reached = [(stage.falls_on(due_on, today), stage.code) for stage in _of(circle)]
    days = [(day, code) for day, code in reached if day is not None]
    if not days:
        return None
    day, code = max(days, key=lambda found: found[0])
    return code, day


def last_due_date(circle: Circle, today: date) -> date:
    """A line that is due later than this has not reached the circle's first stage."""
    return today - timedelta(days=min(stage.first for stage in _of(circle)))


def _of(circle: Circle) -> Iterable[Stage]:
    return (stage for stage in STAGES if stage.circle is circle)
