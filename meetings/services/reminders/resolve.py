"""Taking reminders back: what was done, was waived or concerns somebody else leaves the bell at once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from meetings.models import Notice, Obligation, Reminder
from meetings.reminder_enums import DeliveryState

OBLIGATION = "obligation"  # the source's code; here, because the ledger settles its own reminders
in_one_go = transaction.atomic(savepoint=False)


@in_one_go
def resolve(*, about: Mapping[str, Collection[int]], now: datetime | None = None) -> int:
    """What is called right where a deadline is met: settle the notices and drop what was not sent yet. The
    planner does the same within a minute for writers that did not call it. Returns how many notices were settled.

    ``about``: by source, its subjects.
    """
    wanted = [Q(source=source, subject__among=subjects) for source, subjects in about.items() if subjects]
    if not wanted:
        return 0
    rows = Reminder.objects.filter(reduce(or_, wanted))
    rows.unsent().update(state=DeliveryState.RESOLVED)
    return settle(list(rows.current().values_list("pk", flat=True)), now=now or timezone.now())


def resolve_met(*, obligations: Collection[int], now: datetime | None = None) -> int:
    """``resolve`` for lines (by id) that may have turned met or were waived; what is still owed is left
    alone."""
    owed = Obligation.objects.unmet().filter(pk__among=obligations).values_list("pk", flat=True)
    return resolve(about={OBLIGATION: set(obligations) - set(owed)}, now=now)


@in_one_go
def settle(reminders: Collection[int], *, now: datetime) -> int:
    """These rows (by id) no longer stand."""
    Reminder.objects.current().filter(pk__among=reminders).update(state=DeliveryState.RESOLVED)
    return Notice.objects.current().filter(reminder__among=reminders).update(settled_at=now)


@in_one_go
def reopen(reminders: Collection[int]) -> int:
    """What they speak of is owed after all (the meeting must be held again): unread, as on the first day."""
    settled = Reminder.objects.filter(pk__among=reminders, state=DeliveryState.RESOLVED)
    settled.update(state=DeliveryState.SENT)
    return Notice.objects.filter(reminder__among=reminders).update(settled_at=None, read_at=None)
