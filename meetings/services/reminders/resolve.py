"""Taking reminders back: what was done, was waived or concerns somebody else leaves the bell at once."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import reduce
from itertools import starmap
from operator import or_

from django.db import transaction
from django.utils import timezone

from meetings.models import Notice, Obligation, Reminder
from meetings.reminder_enums import DeliveryState

OBLIGATION = "obligation"  # the source's code; here, because the ledger settles its own reminders
PART = 5000  # rows changed in one transaction of the planner's: others wait for the lock so long
in_one_go = transaction.atomic(savepoint=False)


def resolve(*, about: Mapping[str, Collection[int]], now: datetime | None = None) -> int:
    """What is called right where a deadline is met: settle the notices and drop what was not sent yet. The
    planner does the same within a minute for writers that did not call it. Returns how many notices were settled.

    ``about``: by source, its subjects.
    """
    return _resolve(about, now or timezone.now()) if any(about.values()) else 0


def resolve_met(*, obligations: Collection[int], now: datetime | None = None) -> int:
    """``resolve`` for lines (by id) that may have turned met or were waived; what is still owed is left
    alone."""
    owed = Obligation.objects.unmet().filter(pk__among=obligations).values_list("pk", flat=True)
    return resolve(about={OBLIGATION: set(obligations) - set(owed)}, now=now)


def settle(reminders: Collection[int], *, now: datetime) -> int:
    """These rows (by id) no longer stand. Without any, nothing is locked."""
    return sum(_settle(part, now) for part in _parts(reminders))


def reopen(reminders: Collection[int]) -> int:
    """What they speak of is owed after all (the meeting must be held again): unread, as on the first day."""
    return sum(_reopen(part) for part in _parts(reminders))


@in_one_go
def _resolve(about: Mapping[str, Collection[int]], now: datetime) -> int:
    rows = reduce(or_, starmap(Reminder.objects.about, about.items()))
    rows.unsent().update(state=DeliveryState.RESOLVED)
    return settle(list(rows.current().values_list("pk", flat=True)), now=now)


@in_one_go
def _settle(ids: list[int], now: datetime) -> int:
    Reminder.objects.current().filter(pk__among=ids).update(state=DeliveryState.RESOLVED)
    return Notice.objects.current().filter(reminder__among=ids).update(settled_at=now)


@in_one_go
def _reopen(ids: list[int]) -> int:
    Reminder.objects.filter(pk__among=ids, state=DeliveryState.RESOLVED).update(state=DeliveryState.SENT)
    return Notice.objects.filter(reminder__among=ids).update(settled_at=None, read_at=None)


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    """In one order for everybody, so that two never wait for each other crosswise."""
    ordered = sorted(ids)
    return (ordered[at : at + PART] for at in range(0, len(ordered), PART))
