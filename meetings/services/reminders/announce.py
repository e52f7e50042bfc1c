"""Writing announcements: the ledger row, the notice and the letter, in one transaction."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr
from itertools import groupby
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from branchlife.models import User
from meetings.enums import Channel, DeliveryState
from meetings.models import Letter, Notice, Obligation, Reminder
from meetings.notices import reminder_code

BATCH = 1000
IDS = 5000  # SQLite takes a limited number of parameters


@dataclass(frozen=True, order=True)
class Announcement:
    """This line has reached this stage for this person."""

    obligation_id: int
    recipient_id: int
    stage: str
    falls_on: date


def announce(announcements: Collection[Announcement], *, now: datetime) -> int:
    """Write those that nobody else wrote and that are still owed; returns how many.

    The notice is written with the ledger row, so it exists exactly once; a letter is planned for
    everyone who has an address: one letter for all that is announced to a person at this time.
    """
    if not announcements:
        return 0
    with transaction.atomic():
        fresh = _write_rows(announcements, now)
        Notice.objects.bulk_create((_notice(row, now) for row in fresh), batch_size=BATCH)
        _write_letters(fresh, now)
        _supersede(now)
    return len(fresh)


def _write_rows(announcements: Collection[Announcement], now: datetime) -> list[Reminder]:
    """The rows that are ours: a row another planner wrote has its notice already."""
    owed = _still_owed({found.obligation_id for found in announcements})
    # In one order for everybody, so that two planners never wait for each other crosswise.
    rows = (_row(found, now) for found in sorted(announcements) if found.obligation_id in owed)
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    fresh = Reminder.objects.current().filter(planned_at=now, notice__isnull=True)
    related = ("obligation__organization", "obligation__group", "recipient")
    return list(fresh.select_related(*related).order_by("recipient_id", "falls_on", "pk"))


def _still_owed(obligations: Collection[int]) -> set[int]:
    """Held until the end of the transaction where the database can: a meeting recorded meanwhile waits,
    and then settles our notices too. Lines somebody is working on are left to the next minute."""
    ids = sorted(obligations)
    found: set[int] = set()
    for at in range(0, len(ids), IDS):
        unmet = Obligation.objects.unmet().filter(pk__in=ids[at : at + IDS]).order_by("pk")
        found.update(
            unmet.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True)
        )
    return found


def _row(found: Announcement, now: datetime) -> Reminder:
    return Reminder(
        obligation_id=found.obligation_id,
        recipient_id=found.recipient_id,
        stage=found.stage,
        falls_on=found.falls_on,
        channel=Channel.IN_APP,
        state=DeliveryState.SENT,
        planned_at=now,
        sent_at=now,
    )


def _notice(row: Reminder, now: datetime) -> Notice:
    return Notice(
        recipient_id=row.recipient_id,
        reminder=row,
        code=reminder_code(row.stage),
        values=values_of(row),
        url=_page_of(row.obligation),
        created_at=now,
    )


def _page_of(line: Obligation) -> str:
    """The list of the ledger narrowed to this line: its status, its basis, and the next step."""
    narrowed = {
        "year": line.period_start.year,
        "month": line.period_end.month,
        "organization": line.organization_id,
        "kind": line.kind,
    }
    group = {"group": line.group_id} if line.group_id else {}
    return f"{reverse('obligation_list')}?{urlencode(narrowed | group)}"


def values_of(row: Reminder) -> dict[str, str]:
    """What the sentence needs. No names of members: a reminder tells what is due, not who was absent."""
    line = row.obligation
    group = f" {line.group.name}" if line.group else ""
    return {
        "bearer": f"{line.organization.name}{group}",
        "kind": line.kind,
        "period": line.span.code,
        "due_on": line.due_on.isoformat(),
    }


def _write_letters(fresh: list[Reminder], now: datetime) -> None:
    """One letter a person; ``fresh`` is sorted by person."""
    by_person = {user: list(rows) for user, rows in groupby(fresh, key=lambda row: row.recipient)}
    reachable = {user: rows for user, rows in by_person.items() if user.email}
    letters = Letter.objects.bulk_create((_letter(user, now) for user in reachable), batch_size=BATCH)
    copies = (
        copy
        for letter, rows in zip(letters, reachable.values(), strict=True)
        for copy in _copies(letter, rows)
    )
    Reminder.objects.bulk_create(copies, ignore_conflicts=True, batch_size=BATCH)


def _letter(user: User, now: datetime) -> Letter:
    """The Message-ID is fixed here: however often the letter is tried, it stays the same message."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message_id = f"<reminder.{uuid4().hex}@{domain}>"
    return Letter(recipient=user, message_id=message_id, planned_at=now, next_attempt_at=now)


def _copies(letter: Letter, rows: list[Reminder]) -> Iterator[Reminder]:
    for row in rows:
        yield Reminder(
            obligation_id=row.obligation_id,
            recipient_id=row.recipient_id,
            stage=row.stage,
            falls_on=row.falls_on,
            channel=Channel.EMAIL,
            letter=letter,
            planned_at=letter.planned_at,
        )


def _supersede(now: datetime) -> None:
    """Older words about the same line to the same person: their notice leaves the bell, their copy
    that was not sent yet stays unsent."""
    newer = Reminder.objects.current().filter(
        obligation=OuterRef("obligation"), recipient=OuterRef("recipient"), falls_on__gt=OuterRef("falls_on")
    )
    in_app = Q(channel=Channel.IN_APP, state=DeliveryState.SENT)
    unsent_copy = Q(channel=Channel.EMAIL, state=DeliveryState.PENDING)
    outdated = Reminder.objects.filter(in_app | unsent_copy).filter(Exists(newer))
    Notice.objects.current().filter(reminder__in=outdated).update(settled_at=now)
    outdated.update(state=DeliveryState.SUPERSEDED)
