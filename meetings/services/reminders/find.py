"""What should have been announced by now, to whom: sources × ladders × seats. Reads only."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from meetings.ladder import Step
from meetings.models import Snooze
from meetings.reminder_enums import ReminderStage
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
    place: str  # path of the organization as whose part somebody is told

    @property
    def key(self) -> Key:
        return self.matter.subject, self.matter.due_on, self.recipient


@dataclass(frozen=True)
class Outlook:
    """What one round looks at things with: a day, its ladders, its seats, what was put off. Read once."""

    ladders: Ladders
    seats: Seats
    snoozed: frozenset[tuple[str, Key]]

    def horizon(self, source: Source) -> Horizon:
        day, calendar = self.ladders.day, self.ladders.calendar
        return Horizon(day, self.ladders.last_due_date(source), calendar)


def look(now: datetime, paths: Iterable[str] | None = None) -> Outlook:
    """``paths``: only the seats at these organizations and above them."""
    day = timezone.localdate(now)
    snoozes = Snooze.objects.active(day).values_list("source", "subject", "due_on", "user_id")
    snoozed = frozenset((source, (subject, due_on, user)) for source, subject, due_on, user in snoozes)
    return Outlook(Ladders(day, read_calendar([day.year])), Seats(day, paths), snoozed)


def find_due(source: Source, outlook: Outlook, only: Collection[int] | None = None) -> dict[Key, Found]:
    """Per deadline and person the latest stage reached by the end of the day, unless the person put it off."""
    due: dict[Key, Found] = {}
    for matter in source.due(outlook.horizon(source), only):
        steps = outlook.ladders.reached(source, matter.path, matter.due_on)
        if any(steps):
            for user, step, place in _told(source, matter, steps, outlook.seats):
                key = matter.subject, matter.due_on, user
                if key not in due or due[key].falls_on < step.falls_on:
                    due[key] = Found(user, matter, step.stage, step.falls_on, place)
    if outlook.snoozed:
        return {key: found for key, found in due.items() if (source.code, key) not in outlook.snoozed}
    return due


def _told(source: Source, matter: Matter, steps: Steps, seats: Seats) -> Iterator[tuple[int, Step, str]]:
    """Those responsible by rung 0, then the organizations above; nobody is told above what is theirs to do."""
    responsible = set(source.responsible(seats, matter))
    if first := steps[0]:
        for user in responsible:
            yield user, first, matter.path
    if not any(steps[1:]):
        return
    rungs = ((path, rest) for path, users in seats.rungs(matter) if (rest := users - responsible))
    for step, (path, users) in zip(steps[1:], rungs, strict=False):
        if step:
            yield from ((user, step, path) for user in users)
