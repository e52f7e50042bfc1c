"""Writing announcements: the ledger row, the notice and the letter, in one transaction and a few statements."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import partial
from threading import Event
from typing import NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from branchlife.failpoints import reach
from branchlife.new_rows import insert_new
from meetings.models import Notice, Reminder
from meetings.models.reminder import CURRENT
from meetings.reminder_enums import Channel, DeliveryState, ReminderStage
from meetings.reminding import Facts, Horizon, Matter, Source, reminder_code
from meetings.services.reminders.copies import write_copies
from meetings.services.reminders.find import Found, Key
from meetings.services.reminders.shares import Batches, in_batches, two_heaps

logger = logging.getLogger(__name__)
# Announcements in one transaction: bounds memory, and how long rows are locked (a tenth of a second).
BATCH = 2000
WAITS = Q(state=DeliveryState.PENDING)


class Written(NamedTuple):
    """A row of the ledger that is ours."""

    reminder: int
    found: Found


class Told(NamedTuple):
    """How many were written, and how many left: no longer owed, or in the hands of somebody else."""

    written: int
    left: int


Announcing = Callable[[Sequence[Found]], Told]


def announce(source: Source, found: Collection[Found], horizon: Horizon, *, now: datetime) -> Told:
    """Write those that nobody else wrote and that are still owed.

    The notice is written with the ledger row, so it exists exactly once; a letter is planned for
    everyone who has an address and wants mail: one a day, however much there is to say.
    """
    announcing = partial(_announce, source, horizon=horizon, now=now)
    if len(found) > BATCH and connection.vendor != "sqlite" and not connection.in_atomic_block:
        mine, others = two_heaps(list(found))
        if others:
            return _announce_by_two(announcing, in_batches(mine, BATCH), in_batches(others, BATCH))
    return _in_turn(announcing, in_batches(found, BATCH), Event())


def _announce_by_two(announcing: Announcing, mine: Batches, others: Batches) -> Told:
    """While the server writes for the one, the other prepares what is next: a month's end is told in two thirds
    of the time."""
    stop = Event()
    with ThreadPoolExecutor(max_workers=1) as beside:
        working = beside.submit(_on_a_connection_of_its_own, announcing, others, stop)
        try:
            done = _in_turn(announcing, mine, stop)
            theirs = working.result()
        except BaseException:  # somebody presses Ctrl-C, too
            stop.set()
            raise
    if theirs is None:
        theirs = _in_turn(announcing, others, stop)
    return _together((done, theirs))


def _on_a_connection_of_its_own(announcing: Announcing, batches: Batches, stop: Event) -> Told | None:
    """In a thread, which has one. None: the server gives no second one."""
    try:
        connection.ensure_connection()
    except OperationalError:
        return None
    try:
        return _in_turn(announcing, batches, stop)
    except Exception:
        logger.warning("The second writer of reminders failed.", exc_info=True)  # perhaps the first did, too
        raise
    finally:
        connection.close()


def _in_turn(announcing: Announcing, batches: Batches, stop: Event) -> Told:
    """Until all is done or the other writer failed: what fails here stops the other, too."""
    done = []
    try:
        for batch in batches:
            if stop.is_set():
                break
            done.append(announcing(batch))
    except BaseException:
        stop.set()
        raise
    return _together(done)


def _together(outcomes: Sequence[Told]) -> Told:
    return Told(sum(each.written for each in outcomes), sum(each.left for each in outcomes))


@transaction.atomic
def _announce(source: Source, batch: Sequence[Found], horizon: Horizon, now: datetime) -> Told:
    facts = _facts_of_owed(source, [each.matter for each in batch], horizon)
    owed = [each for each in batch if each.matter in facts]
    fresh = _write_rows(source, owed, now)
    reach("announce.rows_written")
    _write_notices(source, fresh, facts, now)
    told = [found for _reminder, found in fresh]
    write_copies(source, told, now=now)
    _supersede(source, told, now)
    reach("announce.before_commit")
    return Told(len(fresh), len(batch) - len(owed))


def _facts_of_owed(source: Source, matters: Collection[Matter], horizon: Horizon) -> Mapping[Matter, Facts]:
    if source.hold:
        return source.hold(sorted(set(matters)))
    subjects = sorted({matter.subject for matter in matters})
    owed = {matter.key for matter in source.due(horizon, subjects)}
    return source.facts(sorted({matter for matter in matters if matter.key in owed}))


def _write_rows(source: Source, wanted: Sequence[Found], now: datetime) -> list[Written]:
    """Those that are ours: a row another planner wrote has its notice already."""
    columns = ("subject", "due_on", "organization", "recipient", "stage", "falls_on")
    rows = [
        (matter.subject, matter.due_on, matter.organization, recipient, stage, falls_on)
        for recipient, matter, stage, falls_on, _place in wanted
    ]
    same = {"channel": Channel.IN_APP, "state": DeliveryState.SENT, "planned_at": now, "sent_at": now}
    told = ("id", "subject", "due_on", "recipient")
    written = insert_new(Reminder, columns, rows, same={"source": source.code, **same}, returning=told)
    ours = {(subject, due_on, recipient): pk for pk, subject, due_on, recipient in written}
    return [Written(ours[found.key], found) for found in wanted if found.key in ours]


def _write_notices(
    source: Source, fresh: Sequence[Written], facts: Mapping[Matter, Facts], now: datetime
) -> None:
    codes = {stage: reminder_code(source.code, stage) for stage in ReminderStage}
    rows = [
        (found.recipient, reminder, codes[found.stage], dict(said.values), said.url)
        for reminder, found in fresh
        if (said := facts[found.matter])
    ]
    insert_new(Notice, ("recipient", "reminder", "code", "values", "url"), rows, same={"created_at": now})


def _supersede(source: Source, fresh: Sequence[Found], now: datetime) -> None:
    """Older words about the same deadline to the same person: their notice leaves the bell, their copy
    that was not sent yet stays unsent. A group is told the newest only, too."""
    newest = {found.key: found.falls_on for found in fresh}
    by_matter = {found.matter.key: found.falls_on for found in fresh}
    latest = max(newest.values(), default=date.min)
    rows = Reminder.objects.about(source.code, {found.matter.subject for found in fresh})
    rows = rows.filter(CURRENT | WAITS, falls_on__lt=latest)
    older = []
    columns = ("pk", "subject", "due_on", "recipient", "falls_on")
    for pk, subject, due_on, recipient, falls_on in rows.values_list(*columns):
        to_group = recipient is None
        last = by_matter.get((subject, due_on)) if to_group else newest.get((subject, due_on, recipient))
        if last and falls_on < last:
            older.append(pk)
    if older:
        Reminder.objects.filter(pk__among=older).update(state=DeliveryState.SUPERSEDED)
        Notice.objects.current().filter(reminder__among=older).update(settled_at=now)


def key_of(row: Reminder) -> Key:
    return row.subject, row.due_on, row.recipient_id or 0
