"""Taking reminders back: what was held, was waived or concerns somebody else leaves the bell at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from meetings.enums import DeliveryState
from meetings.models import Notice, Reminder
from meetings.models.reminder import ReminderQuerySet

IDS = 5000  # SQLite takes a limited number of parameters


@transaction.atomic
def resolve_met(*, obligations: Collection[int], now: datetime | None = None) -> int:
    """After these lines (by id) turned met or were waived: settle their notices and drop copies not yet
    sent. Lines that are still owed are left alone. Returns how many notices were settled."""
    ids = sorted(obligations)
    parts = (ids[at : at + IDS] for at in range(0, len(ids), IDS))
    return sum(
        _resolve(Reminder.objects.filter(obligation__in=part), now or timezone.now()) for part in parts
    )


@transaction.atomic
def resolve_not_owed(*, now: datetime) -> int:
    """The same over the whole ledger: a net under writers that did not call ``resolve_met``."""
    return _resolve(Reminder.objects.all(), now)


def settle_notices(notices: Collection[int], *, now: datetime) -> int:
    return _update(notices, settled_at=now)


def reopen_notices(notices: Collection[int]) -> int:
    """What they speak of is owed after all (the meeting must be held again): unread, as on the first day."""
    return _update(notices, settled_at=None, read_at=None)


def _resolve(reminders: ReminderQuerySet, now: datetime) -> int:
    gone = reminders.not_owed()
    gone.unsent().update(state=DeliveryState.RESOLVED)
    return Notice.objects.current().filter(reminder__in=gone).update(settled_at=now)


def _update(notices: Collection[int], **columns: datetime | None) -> int:
    ids = sorted(notices)
    return sum(
        Notice.objects.filter(pk__in=ids[at : at + IDS]).update(**columns) for at in range(0, len(ids), IDS)
    )
