"""Taking reminders back: what was done, was waived or concerns somebody else leaves the bell at once."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings.models import Notice, Obligation, Reminder
from meetings.reminder_enums import DeliveryState

OBLIGATION = "obligation"  # the source's code; here, because the ledger settles its own reminders
IDS = 5000  # SQLite takes a limited number of parameters


@transaction.atomic
def resolve(*, source: str, subjects: Collection[int], now: datetime | None = None) -> int:
    """What is called right where a deadline is met: settle the notices about these subjects and drop what
    was not sent yet. The planner does the same within a minute for writers that did not call it. Returns
    how many notices were settled."""
    return sum(_resolve(source, part, now or timezone.now()) for part in _parts(subjects))


def resolve_met(*, obligations: Collection[int], now: datetime | None = None) -> int:
    """``resolve`` for lines (by id) that may have turned met or were waived; what is still owed is left
    alone."""
    ids = set(obligations)
    for part in _parts(ids):
        ids -= set(Obligation.objects.unmet().filter(pk__among=part).values_list("pk", flat=True))
    return resolve(source=OBLIGATION, subjects=ids, now=now)


def settle(reminders: Collection[int], *, now: datetime) -> int:
    """These rows (by id) no longer stand."""
    return sum(_settle(part, now) for part in _parts(reminders))


def reopen(reminders: Collection[int]) -> int:
    """What they speak of is owed after all (the meeting must be held again): unread, as on the first day."""
    return sum(_reopen(part) for part in _parts(reminders))


def _resolve(source: str, subjects: list[int], now: datetime) -> int:
    rows = Reminder.objects.about(source, subjects)
    rows.unsent().update(state=DeliveryState.RESOLVED)
    return _settle(list(rows.current().values_list("pk", flat=True)), now)


@transaction.atomic
def _settle(ids: list[int], now: datetime) -> int:
    Reminder.objects.current().filter(pk__among=ids).update(state=DeliveryState.RESOLVED)
    return Notice.objects.current().filter(reminder__among=ids).update(settled_at=now)


@transaction.atomic
def _reopen(ids: list[int]) -> int:
    Reminder.objects.filter(pk__among=ids, state=DeliveryState.RESOLVED).update(state=DeliveryState.SENT)
    return Notice.objects.filter(reminder__among=ids).update(settled_at=None, read_at=None)


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + IDS] for at in range(0, len(ordered), IDS))
