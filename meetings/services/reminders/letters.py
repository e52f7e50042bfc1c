"""Which letter something is said in: one to a person, channel and day, however much there is to say."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parseaddr
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from branchlife.models import User
from branchlife.new_rows import insert_new
from meetings.digest import USUAL, Habits
from meetings.models import Letter, Reminder, ReminderPreference
from meetings.reminder_enums import Channel, DeliveryState
from meetings.services.workdays import read_calendar
from meetings.workdays import ONE_DAY, WorkCalendar

Wanted = Mapping[int, tuple[str, Habits]]  # by user or robot the channel and when they may be written to
BATCH = 1000
# A letter in one of these states takes in nothing more.
GONE = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.RESOLVED, DeliveryState.HELD)


class Known(NamedTuple):
    day: date
    state: str


def habits_of(people: Iterable[int]) -> dict[int, Habits]:
    """By user; whoever chose nothing has no entry."""
    rows = ReminderPreference.objects.filter(user__among=set(people))
    return {row.user_id: row.habits for row in rows}


@dataclass(frozen=True)
class Letters:
    """Ids of letters by user and by robot."""

    to_people: Mapping[int, int]
    to_robots: Mapping[int, int]


def letters_for(people: Collection[int], robots: Mapping[int, str], *, now: datetime) -> Letters:
    """The letter that waits for each of them, or a new one; whoever wants no mail or has no address has none.
    ``robots``: their channels.

    Call inside the transaction that writes what they say: a letter that waits is kept from being claimed
    until then where the database can.
    """
    reachable = _reachable(people)
    return Letters(
        _letters("recipient", {user: (Channel.EMAIL, habits) for user, habits in reachable.items()}, now),
        _letters("robot", {robot: (channel, USUAL) for robot, channel in robots.items()}, now),
    )


def rehome(*, now: datetime) -> int:
    """What was put into a letter that had gone already is said in the next one; returns how much."""
    left = Reminder.objects.unsent().filter(letter__state__in=GONE).select_related("robot")
    rows = list(left[:BATCH])
    return _rehome(rows, now) if rows else 0


@transaction.atomic
def _rehome(rows: Sequence[Reminder], now: datetime) -> int:
    people = {row.recipient_id for row in rows if row.recipient_id}
    letters = letters_for(people, {row.robot.pk: row.robot.channel for row in rows if row.robot}, now=now)
    by_letter: dict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        to_group = letters.to_robots.get(row.robot_id or 0)
        by_letter[to_group or letters.to_people.get(row.recipient_id or 0)].append(row.pk)
    nowhere = by_letter.pop(None, [])
    for letter, ids in by_letter.items():
        Reminder.objects.unsent().filter(pk__in=ids, letter__state__in=GONE).update(letter=letter)
    Reminder.objects.unsent().filter(pk__in=nowhere).update(state=DeliveryState.RESOLVED)
    return sum(map(len, by_letter.values()))


def _reachable(people: Collection[int]) -> dict[int, Habits]:
    """Those with an address who want mail, with their habits."""
    with_address = User.objects.filter(pk__among=people).exclude(email="").order_by()
    found = list(with_address.values_list("pk", flat=True)) if people else []
    chosen = habits_of(found)
    return {user: habits for user in found if (habits := chosen.get(user, USUAL)).by_mail}


def _letters(column: str, wanted: Wanted, now: datetime) -> dict[int, int]:
    """By the id of who it is to; ``column`` says whether these are people or robots.

    What is missing is written first and then all are locked, each in one order: two planners who want the same wait
    one for the other and never crosswise. A letter that was claimed in between is looked for once more.
    """
    found: dict[int, int] = {}
    while left := {to: facts for to, facts in wanted.items() if to not in found}:
        known = _known(column, left, now)
        if missing := {to: facts for to, facts in left.items() if not _waits(known.get(to, ()))}:
            _write(column, missing, known, now)
        found |= _locked(column, left, now)
    return found


def _known(column: str, wanted: Collection[int], now: datetime) -> dict[int, list[Known]]:
    """Their letters of today and later."""
    found: dict[int, list[Known]] = defaultdict(list)
    for to, *letter in _from_today(column, wanted, now).order_by().values_list(column, "day", "state"):
        found[to].append(Known(*letter))
    return found


def _waits(letters: Iterable[Known]) -> bool:
    return any(letter.state == DeliveryState.PENDING for letter in letters)


def _locked(column: str, wanted: Collection[int], now: datetime) -> dict[int, int]:
    """Of each the first letter that waits, kept from being claimed."""
    waiting = _from_today(column, wanted, now).filter(state=DeliveryState.PENDING).order_by("pk")
    found: dict[int, int] = {}
    for to, letter in waiting.select_for_update().values_list(column, "pk"):
        found.setdefault(to, letter)
    return found


def _from_today(column: str, wanted: Collection[int], now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(**{f"{column}__among": wanted}, day__gte=timezone.localdate(now))


def _write(column: str, wanted: Wanted, known: Mapping[int, Sequence[Known]], now: datetime) -> None:
    """New letters. The Message-ID is fixed here: however often one is tried, it stays the same message."""
    local, domain = timezone.localtime(now), _domain()
    calendar = read_calendar([local.year])
    usual: dict[Habits, datetime] = {}  # of those who have no letter yet
    rows = []
    for to, (channel, habits) in sorted(wanted.items()):
        if taken := {letter.day for letter in known.get(to, ())}:
            moment = _moment(habits, taken, calendar, local)
        else:
            moment = usual.get(habits) or usual.setdefault(habits, _moment(habits, (), calendar, local))
        message = f"<reminder.{uuid4().hex}@{domain}>"
        rows.append((to, channel, moment.date(), message, moment, moment))
    columns = (column, "channel", "day", "message_id", "due_at", "next_attempt_at")
    insert_new(Letter, columns, rows, same={"planned_at": now})


def _moment(habits: Habits, taken: Collection[date], calendar: WorkCalendar, now: datetime) -> datetime:
    """The first day that has no letter yet, at the chosen time."""
    moment = habits.digest_of(now.date(), now, calendar)
    while moment.date() in taken:
        moment = habits.digest_of(moment.date() + ONE_DAY, moment, calendar)
    return moment


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
