"""What should have been announced by now, to whom: sources × ladders × seats. Reads only."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from meetings.enums import ReminderStage
from meetings.ladder import Step
from meetings.reminding import Horizon, Matter, Source
from meetings.services.reminders.ladders import Ladders, Steps
from meetings.services.reminders.seats import Seats
from meetings.services.workdays import read_calendar

Key = tuple[int, date, int]  # subject, due date, user


class Found(NamedTuple):
    """This deadline has reached this stage for this person."""

    recipient: int
    matter: Matter
    stage: ReminderStage
    falls_on: date

    @property
    def key(self) -> Key:
        return self.matter.subject, self.matter.due_on, self.recipient


@dataclass(frozen=True)
class Outlook:
    """What one round looks at things with: a day, its ladders and its seats. Read once."""

    ladders: Ladders
    seats: Seats

    def horizon(self, source: Source) -> Horizon:
        day, calendar = self.ladders.day, self.ladders.calendar
        return Horizon(day, self.ladders.last_due_date(source), calendar)


def look(now: datetime, paths: Iterable[str] | None = None) -> Outlook:
    """``paths``: only the seats at these organizations and above them."""
    day = timezone.localdate(now)
    return Outlook(Ladders(day, read_calendar([day.year])), Seats(day, paths))


def find_due(source: Source, outlook: Outlook, only: Collection[int] | None = None) -> dict[Key, Found]:
    """Per deadline and person the latest stage reached by the end of the day."""
    due: dict[Key, Found] = {}
    for matter in source.due(outlook.horizon(source), only):
        steps = outlook.ladders.reached(source, matter.path, matter.due_on)
        if any(steps):
            for user, step in _told(source, matter, steps, outlook.seats):
                key = matter.subject, matter.due_on, user
                if key not in due or due[key].falls_on < step.falls_on:
                    due[key] = Found(user, matter, step.stage, step.falls_on)
    return due


def _told(source: Source, matter: Matter, steps: Steps, seats: Seats) -> Iterator[tuple[int, Step]]:
    """Those responsible by rung 0, then the organizations above; nobody is told above what is theirs to do."""
    responsible = set(source.responsible(seats, matter))
    if first := steps[0]:
        yield from ((user, first) for user in responsible)
    above = (rung for found in seats.above(matter) if (rung := found - responsible))
    for step, rung in zip(steps[1:], above, strict=False):
        if step:
            yield from ((user, step) for user in rung)
