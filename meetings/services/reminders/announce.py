"""Writing announcements: the ledger row, the notice and the letter, in one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from itertools import groupby
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from branchlife.models import User
from meetings.enums import Channel, DeliveryState
from meetings.models import Letter, Notice, Reminder
from meetings.reminding import Facts, Horizon, Matter, Source, reminder_code
from meetings.services.reminders.find import Found, Key

BATCH = 1000  # announcements in one transaction: bounds memory, locks and the parameters of a query
STANDS = Q(channel=Channel.IN_APP, state=DeliveryState.SENT)
WAITS = Q(state=DeliveryState.PENDING)


def announce(source: Source, found: Collection[Found], horizon: Horizon, *, now: datetime) -> int:
    """Write those that nobody else wrote and that are still owed; returns how many.

    The notice is written with the ledger row, so it exists exactly once; a letter is planned for
    everyone who has an address: one letter for all that is announced to a person at this time.
    """
    # In one order for everybody, so that two planners never wait for each other crosswise.
    ordered = sorted(found, key=lambda each: (each.recipient, each.matter.key, each.falls_on))
    batches = (ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH))
    return sum(_announce(source, batch, horizon, now) for batch in batches)


@transaction.atomic
def _announce(source: Source, batch: Sequence[Found], horizon: Horizon, now: datetime) -> int:
    matters = _still_owed(source, [each.matter for each in batch], horizon)
    facts = source.facts(matters)
    by_key = {matter.key: matter for matter in facts}
    wanted = [each for each in batch if each.matter in facts]
    Reminder.objects.bulk_create((_row(source, each, now) for each in wanted), ignore_conflicts=True)
    fresh = _fresh(source, by_key, now)
    Notice.objects.bulk_create(_notice(row, facts[by_key[row.subject, row.due_on]], now) for row in fresh)
    _write_letters(fresh, now)
    _supersede(source, fresh, now)
    return len(fresh)


def _still_owed(source: Source, matters: Sequence[Matter], horizon: Horizon) -> list[Matter]:
    subjects = sorted({matter.subject for matter in matters})
    if source.hold:
        held = set(source.hold(subjects))
        return sorted({matter for matter in matters if matter.subject in held})
    owed = {matter.key for matter in source.due(horizon, subjects)}
    return sorted({matter for matter in matters if matter.key in owed})


def _fresh(source: Source, matters: Mapping[tuple, Matter], now: datetime) -> list[Reminder]:
    """The rows that are ours: a row another planner wrote has its notice already."""
    rows = Reminder.objects.about(source.code, [subject for subject, _due_on in matters]).current()
    rows = rows.filter(planned_at=now, notice__isnull=True).select_related("recipient")
    return [
        row for row in rows.order_by("recipient_id", "falls_on", "pk") if (row.subject, row.due_on) in matters
    ]


def _row(source: Source, found: Found, now: datetime) -> Reminder:
    return Reminder(
        source=source.code,
        subject=found.matter.subject,
        due_on=found.matter.due_on,
        organization_id=found.matter.organization,
        recipient_id=found.recipient,
        stage=found.stage,
        falls_on=found.falls_on,
        channel=Channel.IN_APP,
        state=DeliveryState.SENT,
        planned_at=now,
        sent_at=now,
    )


def _notice(row: Reminder, facts: Facts, now: datetime) -> Notice:
    return Notice(
        recipient_id=row.recipient_id,
        reminder=row,
        code=reminder_code(row.source, row.stage),
        values=dict(facts.values),
        url=facts.url,
        created_at=now,
    )


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
            source=row.source,
            subject=row.subject,
            due_on=row.due_on,
            organization_id=row.organization_id,
            recipient_id=row.recipient_id,
            stage=row.stage,
            falls_on=row.falls_on,
            channel=Channel.EMAIL,
            letter=letter,
            planned_at=letter.planned_at,
        )


def _supersede(source: Source, fresh: Sequence[Reminder], now: datetime) -> None:
    """Older words about the same deadline to the same person: their notice leaves the bell, their copy
    that was not sent yet stays unsent."""
    newest = {key_of(row): row.falls_on for row in fresh}
    rows = Reminder.objects.about(source.code, {row.subject for row in fresh}).filter(STANDS | WAITS)
    columns = ("pk", "subject", "due_on", "recipient_id", "falls_on")
    older = [
        pk
        for pk, *key, falls_on in rows.values_list(*columns)
        if (last := newest.get(tuple(key))) and falls_on < last
    ]
    Reminder.objects.filter(pk__in=older).update(state=DeliveryState.SUPERSEDED)
    Notice.objects.current().filter(reminder__in=older).update(settled_at=now)


def key_of(row: Reminder) -> Key:
    return row.subject, row.due_on, row.recipient_id
