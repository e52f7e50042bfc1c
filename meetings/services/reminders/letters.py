"""Which letter something is said in: one to a person, channel and day, however much there is to say."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from email.utils import parseaddr
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from branchlife.models import User
from meetings.digest import USUAL, Habits
from meetings.models import Letter, Reminder, ReminderPreference, Robot
from meetings.reminder_enums import Channel, DeliveryState
from meetings.services.workdays import read_calendar
from meetings.workdays import ONE_DAY, WorkCalendar

Addressee = User | Robot
BATCH = 1000
# A letter in one of these states takes in nothing more.
GONE = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.RESOLVED, DeliveryState.HELD)


def habits_of(people: Iterable[int]) -> dict[int, Habits]:
    """By user; whoever chose nothing has no entry."""
    rows = ReminderPreference.objects.filter(user__in=set(people))
    return {row.user_id: row.habits for row in rows}


def letters_for(
    people: Collection[User], robots: Collection[Robot], *, now: datetime
) -> dict[Addressee, Letter]:
    """The letter that waits for each of them, or a new one; whoever wants no mail has none.

    Call inside the transaction that writes what they say: a letter that waits is kept from being claimed
    until then where the database can.
    """
    chosen = habits_of(user.pk for user in people)
    reachable: dict[Addressee, Habits] = {
        user: habits for user in people if user.email and (habits := chosen.get(user.pk, USUAL)).by_mail
    }
    reachable |= dict.fromkeys(robots, USUAL)
    known = _known(reachable, now)
    calendar = read_calendar([timezone.localdate(now).year])
    new = [
        _letter(to, habits, known[to], calendar, now)
        for to, habits in reachable.items()
        if _waiting(known[to]) is None
    ]
    Letter.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    found = _known([letter.to for letter in new], now) if new else {}
    return {to: letter for to in reachable if (letter := _waiting(found.get(to, known[to])))}


def rehome(*, now: datetime) -> int:
    """What was put into a letter that had gone already is said in the next one; returns how much."""
    left = Reminder.objects.unsent().filter(letter__state__in=GONE).select_related("recipient", "robot")
    rows = list(left[:BATCH])
    return _rehome(rows, now) if rows else 0


@transaction.atomic
def _rehome(rows: Sequence[Reminder], now: datetime) -> int:
    people = {row.recipient for row in rows if row.recipient}
    robots = {row.robot for row in rows if row.robot}
    letters = letters_for(people, robots, now=now)
    by_letter: dict[Letter, list[int]] = defaultdict(list)
    for row in rows:
        to = row.recipient or row.robot
        if to in letters:
            by_letter[letters[to]].append(row.pk)
    for letter, ids in by_letter.items():
        Reminder.objects.unsent().filter(pk__in=ids, letter__state__in=GONE).update(letter=letter)
    nowhere = [row.pk for row in rows if (row.recipient or row.robot) not in letters]
    Reminder.objects.unsent().filter(pk__in=nowhere).update(state=DeliveryState.RESOLVED)
    return sum(map(len, by_letter.values()))


def _known(to: Iterable[Addressee], now: datetime) -> Mapping[Addressee, list[Letter]]:
    """Their letters of today and later, the nearest first; those that wait are locked."""
    people = {each.pk: each for each in to if isinstance(each, User)}
    robots = {each.pk: each for each in to if isinstance(each, Robot)}
    mine = Q(recipient__in=people, channel=Channel.EMAIL) | Q(robot__in=robots)
    later = Letter.objects.filter(mine).exclude(day__lt=timezone.localdate(now)).order_by("pk")
    list(later.filter(state=DeliveryState.PENDING).select_for_update().values_list("pk"))
    found: dict[Addressee, list[Letter]] = defaultdict(list)
    for letter in later:
        place = robots.get(letter.robot_id or 0) or people[letter.recipient_id or 0]
        found[place].append(letter)
    return found


def _waiting(letters: Sequence[Letter]) -> Letter | None:
    return next((letter for letter in letters if letter.state == DeliveryState.PENDING), None)


def _letter(
    to: Addressee, habits: Habits, known: Sequence[Letter], calendar: WorkCalendar, now: datetime
) -> Letter:
    """The Message-ID is fixed here: however often the letter is tried, it stays the same message."""
    moment = _moment(habits, {letter.day for letter in known}, calendar, timezone.localtime(now))
    person = to if isinstance(to, User) else None
    robot = to if isinstance(to, Robot) else None
    return Letter(
        channel=robot.channel if robot else Channel.EMAIL,
        recipient=person,
        robot=robot,
        day=moment.date(),
        message_id=f"<reminder.{uuid4().hex}@{_domain()}>",
        planned_at=now,
        due_at=moment,
        next_attempt_at=moment,
    )


def _moment(habits: Habits, taken: Collection[date], calendar: WorkCalendar, now: datetime) -> datetime:
    """The first day that has no letter yet, at the chosen time."""
    moment = habits.digest_of(now.date(), now, calendar)
    while moment.date() in taken:
        moment = habits.digest_of(moment.date() + ONE_DAY, moment, calendar)
    return moment


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
