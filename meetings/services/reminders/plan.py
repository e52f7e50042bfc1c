"""What should have been announced by now, compared with what was."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from meetings.models import Reminder
from meetings.models.reminder import ReminderQuerySet
from meetings.reminder_enums import Channel, DeliveryState
from meetings.reminding import Source, sources
from meetings.services.reminders.announce import announce
from meetings.services.reminders.find import Found, Key, Outlook, find_due, look
from meetings.services.reminders.resolve import reopen, settle

logger = logging.getLogger(__name__)
STANDING = (DeliveryState.SENT, DeliveryState.RESOLVED)


@dataclass(frozen=True)
class PlanResult:
    """How much was announced, settled and taken up again; ``failed``: kinds that could not be planned; ``left``:
    kinds of which something was left to another round."""

    announced: int = 0
    settled: int = 0
    reopened: int = 0
    failed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def __add__(self, other: "PlanResult") -> "PlanResult":
        return PlanResult(
            self.announced + other.announced,
            self.settled + other.settled,
            self.reopened + other.reopened,
            self.failed + other.failed,
            self.left + other.left,
        )


class LastWord(NamedTuple):
    """The newest announcement to a person about a deadline."""

    falls_on: date
    reminder: int
    is_settled: bool


def plan_reminders(
    *, now: datetime | None = None, slow: bool = True, kinds: Collection[str] | None = None
) -> PlanResult:
    """Announce everything that should have been announced by ``now`` and was not; settle what is no
    longer owed or no longer concerns its reader; take up again what is owed after all.

    Reads first and takes the write lock only when there is something to write. May run any number of
    times, also at once: each announcement is written once. A kind that fails holds up no other. ``slow``:
    look through the kinds that are not looked through every minute, too; ``kinds``: these only.
    """
    now = now or timezone.now()
    outlook = look(now)
    result = PlanResult()
    for source in sources():
        if (slow or not source.is_slow) and (kinds is None or source.code in kinds):
            result += _plan_guarded(source, outlook, now)
    return result


def _plan_guarded(source: Source, outlook: Outlook, now: datetime) -> PlanResult:
    try:
        return plan_source(source, outlook, now)
    except (OperationalError, InterfaceError):
        raise  # the database itself: no other kind would fare better
    except Exception:
        logger.exception("Deadlines of the kind %s could not be planned.", source.code)
        return PlanResult(failed=(source.code,))


def plan_source(source: Source, outlook: Outlook, now: datetime) -> PlanResult:
    """The same for one kind of deadline."""
    due = find_due(source, outlook)
    known = last_words(source, due)
    told = announce(source, missing(due, known), outlook.horizon(source), now=now)
    gone = [word.reminder for key, word in known.items() if key not in due and not word.is_settled]
    back = [
        word.reminder
        for key, word in known.items()
        if word.is_settled and key in due and due[key].falls_on == word.falls_on
    ]
    left = (source.code,) if told.left else ()
    return PlanResult(told.written, settle(gone, now=now), reopen(back), left=left)


def missing(due: dict[Key, Found], known: dict[Key, LastWord]) -> list[Found]:
    """What is newer than the last word. A stage older than it is never announced: the clock went back."""
    return [found for key, found in due.items() if key not in known or known[key].falls_on < found.falls_on]


def last_words(source: Source, due: Collection[Key]) -> dict[Key, LastWord]:
    """What was said last: everything that stands, and what was settled of the deadlines that are due."""
    known = _words(Reminder.objects.current().filter(source=source.code))
    new = {subject for subject, due_on, user in due if (subject, due_on, user) not in known}
    settled = Reminder.objects.about(source.code, new).filter(channel=Channel.IN_APP, state__in=STANDING)
    return known | {key: word for key, word in _words(settled).items() if key in due}


def _words(rows: ReminderQuerySet) -> dict[Key, LastWord]:
    """The row that falls latest wins."""
    columns = ("subject", "due_on", "recipient_id", "falls_on", "pk", "state")
    ordered = rows.order_by("falls_on").values_list(*columns)
    return {
        (subject, due_on, user): LastWord(falls_on, pk, state == DeliveryState.RESOLVED)
        for subject, due_on, user, falls_on, pk, state in ordered
    }
