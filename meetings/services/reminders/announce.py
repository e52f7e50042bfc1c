"""Writing announcements: the ledger row, the notice and the letter, in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from branchlife.failpoints import reach
from branchlife.models import User
from meetings.models import Letter, Notice, Reminder, Robot
from meetings.reminder_enums import Channel, DeliveryState
from meetings.reminding import Facts, Horizon, Matter, Source, reminder_code
from meetings.services.reminders.find import Found, Key
from meetings.services.reminders.letters import letters_for

BATCH = 1000  # announcements in one transaction: bounds memory, locks and the parameters of a query
STANDS = Q(channel=Channel.IN_APP, state=DeliveryState.SENT)
WAITS = Q(state=DeliveryState.PENDING)


def announce(source: Source, found: Collection[Found], horizon: Horizon, *, now: datetime) -> int:
    """Write those that nobody else wrote and that are still owed; returns how many.

    The notice is written with the ledger row, so it exists exactly once; a letter is planned for
    everyone who has an address and wants mail: one a day, however much there is to say.
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
    reach("announce.rows_written")
    fresh = _fresh(source, by_key, now)
    Notice.objects.bulk_create(_notice(row, facts[by_key[row.subject, row.due_on]], now) for row in fresh)
    _write_copies(fresh, _robots_told(wanted, fresh), now)
    _supersede(source, fresh, now)
    reach("announce.before_commit")
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
        recipient=row.recipient,
        reminder=row,
        code=reminder_code(row.source, row.stage),
        values=dict(facts.values),
        url=facts.url,
        created_at=now,
    )


def _robots_told(wanted: Sequence[Found], fresh: Sequence[Reminder]) -> list[tuple[Reminder, Robot]]:
    """The groups of the organizations as whose part somebody was told just now."""
    rows = {key_of(row): row for row in fresh}
    told = [(rows[each.key], each.place) for each in wanted if each.key in rows]
    robots: dict[str, list[Robot]] = defaultdict(list)
    places = {place for _row, place in told}
    for robot in Robot.objects.active().filter(organization__path__in=places).select_related("organization"):
        robots[robot.organization.path].append(robot)
    return [(row, robot) for row, place in told for robot in robots.get(place, ())]


def _write_copies(fresh: Sequence[Reminder], told: Sequence[tuple[Reminder, Robot]], now: datetime) -> None:
    """The same for mail and robots, put into the one letter of the day."""
    people, robots = {row.recipient for row in fresh if row.recipient}, {robot for _row, robot in told}
    letters = letters_for(people, robots, now=now)
    copies = [
        _copy(row, letter, recipient=row.recipient)
        for row in fresh
        if row.recipient and (letter := letters.get(row.recipient))
    ]
    copies += [_copy(row, letters[robot], robot=robot) for row, robot in told if robot in letters]
    Reminder.objects.bulk_create(copies, ignore_conflicts=True)


def _copy(row: Reminder, letter: Letter, **to: User | Robot) -> Reminder:
    return Reminder(
        source=row.source,
        subject=row.subject,
        due_on=row.due_on,
        organization_id=row.organization_id,
        stage=row.stage,
        falls_on=row.falls_on,
        channel=letter.channel,
        letter=letter,
        planned_at=row.planned_at,
        **to,
    )


def _supersede(source: Source, fresh: Sequence[Reminder], now: datetime) -> None:
    """Older words about the same deadline to the same person: their notice leaves the bell, their copy
    that was not sent yet stays unsent. A group is told the newest only, too."""
    newest = {key_of(row): row.falls_on for row in fresh}
    by_matter = {(row.subject, row.due_on): row.falls_on for row in fresh}
    rows = Reminder.objects.about(source.code, {row.subject for row in fresh}).filter(STANDS | WAITS)
    older = []
    for row in rows.only("subject", "due_on", "recipient_id", "robot_id", "falls_on"):
        last = by_matter.get((row.subject, row.due_on)) if row.robot_id else newest.get(key_of(row))
        if last and row.falls_on < last:
            older.append(row.pk)
    Reminder.objects.filter(pk__in=older).update(state=DeliveryState.SUPERSEDED)
    Notice.objects.current().filter(reminder__in=older).update(settled_at=now)


def key_of(row: Reminder) -> Key:
    return row.subject, row.due_on, row.recipient_id or 0
