"""What should have been announced by now, compared with what was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from meetings.models import Obligation, Reminder
from meetings.services.reminders.announce import Announcement, announce
from meetings.services.reminders.recipients import Pair, people_in
from meetings.services.reminders.resolve import reopen_notices, resolve_not_owed, settle_notices
from meetings.services.reminders.stages import Circle, last_due_date, stage_reached


@dataclass(frozen=True)
class PlanResult:
    announced: int
    settled: int
    reopened: int


@dataclass(frozen=True)
class LastWord:
    """The newest announcement to a person about a line."""

    falls_on: date
    notice_id: int
    is_settled: bool


def plan_reminders(*, now: datetime | None = None) -> PlanResult:
    """Announce everything that should have been announced by ``now`` and was not; settle what is no
    longer owed or no longer concerns its reader; take up again what is owed after all.

    Reads first and takes the write lock only when there is something to write. May run any number of
    times, also at once: each announcement is written once.
    """
    now = now or timezone.now()
    settled = resolve_not_owed(now=now)
    due = find_due(now=now)
    known = last_words()
    announced = announce(missing(due, known), now=now)
    gone = [word.notice_id for pair, word in known.items() if pair not in due and not word.is_settled]
    back = [
        word.notice_id
        for pair, word in known.items()
        if word.is_settled and pair in due and due[pair].falls_on == word.falls_on
    ]
    settled += settle_notices(gone, now=now)
    return PlanResult(announced, settled, reopen_notices(back))


def find_due(*, now: datetime) -> dict[Pair, Announcement]:
    """Per unmet line and person the latest stage reached by the end of the day in which ``now`` lies."""
    today = timezone.localdate(now)
    due: dict[Pair, Announcement] = {}
    for circle in Circle:
        for found in _due_in(circle, today):
            pair = found.obligation_id, found.recipient_id
            if pair not in due or due[pair].falls_on < found.falls_on:
                due[pair] = found
    return due


def last_words() -> dict[Pair, LastWord]:
    """What was said last about lines that are still unmet."""
    rows = Reminder.objects.current().filter(obligation__in=Obligation.objects.unmet())
    columns = ("obligation", "recipient", "falls_on", "notice", "notice__settled_at")
    return {
        (obligation, recipient): LastWord(falls_on, notice, settled_at is not None)
        for obligation, recipient, falls_on, notice, settled_at in rows.values_list(*columns)
    }


def missing(due: dict[Pair, Announcement], known: dict[Pair, LastWord]) -> list[Announcement]:
    """What is newer than the last word. A stage older than it is never announced: the clock went back."""
    return [
        found for pair, found in due.items() if pair not in known or known[pair].falls_on < found.falls_on
    ]


def _due_in(circle: Circle, today: date) -> Iterator[Announcement]:
    lines = Obligation.objects.unmet().begun(today).filter(due_on__lte=last_due_date(circle, today))
    due_on = dict(lines.values_list("pk", "due_on"))
    for line, user in people_in(circle, lines, today):
        reached = stage_reached(circle, due_on[line], today) if line in due_on else None
        if reached:
            yield Announcement(line, user, *reached)
