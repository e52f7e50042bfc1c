"""The life that lies behind: meetings of the last two years, written set-based.

What was owed comes from the ledger itself, so the history cannot contradict the rule book; who was due comes
from the same service that every record uses.
"""

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from branchlife.models import User
from meetings.enums import Audience, MeetingKind, MeetingState, Period, Presence, audience_of
from meetings.models import (
    Attendance,
    Meeting,
    MeetingPart,
    Member,
    Membership,
    Obligation,
    PartyGroup,
    Post,
    Standing,
)  # fmt: skip
from meetings.periods import span_of
from meetings.services.attendance import Expected, expected_at
from reviews.enums import Action
from reviews.models import Transition
from reviews.services.demo import texts
from reviews.services.demo.roster import Branch, Cast

QUARTERLY = (MeetingKind.GENERAL, MeetingKind.LECTURE)
YEARLY = (MeetingKind.ORGANIZATIONAL_LIFE, MeetingKind.APPRAISAL)
# These branches give their lecture on a theme day.
LECTURE_ON_THEME_DAY = ("personnel", "hall")
SETTLED_AFTER = timedelta(days=9)  # by then the committee has looked at a record
STEPS = (
    (Action.RECORD, MeetingState.SCHEDULED, MeetingState.HELD, timedelta()),
    (Action.SUBMIT, MeetingState.HELD, MeetingState.SUBMITTED, timedelta(minutes=20)),
    (Action.ACCEPT, MeetingState.SUBMITTED, MeetingState.ACCEPTED, timedelta(days=2)),
)


@dataclass(frozen=True)
class Event:
    """One meeting to be written."""

    day: date
    kinds: tuple[str, ...]
    counts_for: date
    group: PartyGroup | None = None


@dataclass
class Rows:
    meetings: list[Meeting]
    parts: list[MeetingPart]
    attendances: list[Attendance]
    transitions: list[Transition]


def write_history(*, cast: Cast, seed: str, now: datetime) -> int:
    """Every branch's meetings up to a few days ago; returns how many. The ledger must be there already."""
    rows = Rows([], [], [], [])
    for branch in cast.branches.values():
        rng = random.Random(f"{seed}/{branch.spec.key}")  # noqa: S311
        people, branch.themes = ExpectedPeople(branch), texts.themes(rng)
        for event in sorted(events_of(branch, rng, timezone.localdate(now)), key=lambda event: event.day):
            _write(rows, branch, event, people.at(event), cast.reviewer, rng, now)
    Meeting.objects.bulk_create(rows.meetings, batch_size=500)
    MeetingPart.objects.bulk_create(rows.parts, batch_size=1000)
    Attendance.objects.bulk_create(rows.attendances, batch_size=1000)
    Transition.objects.bulk_create(rows.transitions, batch_size=1000)
    return len(rows.meetings)


def events_of(branch: Branch, rng: random.Random, today: date) -> Iterator[Event]:
    """One event per line of the ledger that had its turn, apart from those the branch missed."""
    habits = {kind: (rng.randint(2, 4), rng.randint(0, 4)) for kind in MeetingKind}
    lines = Obligation.objects.filter(organization=branch.organization, period_start__lte=today)
    for line in lines.select_related("group").order_by("period_start", "kind", "group"):
        event = _event(line, branch.spec.key, *habits[MeetingKind(line.kind)])
        if event and event.day < today - timedelta(days=2) and _was_held(line, branch, rng, today):
            yield event


def _event(line: Obligation, key: str, week: int, weekday: int) -> Event | None:
    """When the branch usually holds such a meeting; None for what is held as part of another one."""
    month, counts_for = line.period_start, None
    kinds: tuple[str, ...] = (line.kind,)
    if line.kind in QUARTERLY:
        month = span_of(Period.MONTH, month + timedelta(days=45)).start
        if line.kind == MeetingKind.LECTURE and key in LECTURE_ON_THEME_DAY:
            return None
    elif line.kind in YEARLY:
        if line.kind == MeetingKind.APPRAISAL:
            return None
        month, counts_for, kinds = date(month.year, 12, 1), date(month.year, 12, 31), YEARLY
        if key == "quality":  # held a little late: it counts for the year before
            month = date(month.year + 1, 1, 1)
    elif line.kind == MeetingKind.THEME_DAY and key in LECTURE_ON_THEME_DAY and month.month % 3 == 2:
        kinds = (line.kind, MeetingKind.LECTURE)
    day = nth_weekday(month, week, weekday)
    return Event(day, kinds, counts_for or day, line.group)


def nth_weekday(month: date, week: int, weekday: int) -> date:
    """The second Thursday and the like; a week later where it would fall on the first days of October."""
    first = month.replace(day=1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (week - 1))
    return day + timedelta(days=7) if (day.month, day.day) <= (10, 8) and day.month == 10 else day


def _was_held(line: Obligation, branch: Branch, rng: random.Random, today: date) -> bool:
    chance = rng.random()
    running = line.period_end >= today
    if branch.spec.key == "office" and line.period_end >= span_of(Period.QUARTER, today).start:
        return False  # written step by step elsewhere
    if branch.spec.key == "finance" and running:
        return False  # nothing yet: its plan is still to be made
    last_one = line.period_end == span_of(line.period, today).start - timedelta(days=1)
    if last_one and line.kind in branch.spec.misses:
        return line.group_id is not None and line.group_id != branch.groups[-1].pk
    # Here and there one was dropped within the year, as happens; the office never does.
    settled = last_one or running or line.period_start < today - timedelta(days=330)
    return branch.spec.key == "office" or settled or chance > 0.03


def _posts_since(branch: Branch) -> list[date]:
    return list(Post.objects.filter(organization=branch.organization).values_list("start_on", flat=True))


class ExpectedPeople:
    """Who is due, asked once for each stretch of days in which nobody came, went or changed."""

    def __init__(self, branch: Branch) -> None:
        self.organization = branch.organization
        members = [member.pk for member in branch.members]
        rows = Membership.objects.filter(member__in=members), Standing.objects.filter(member__in=members)
        days = {row.start_on for found in rows for row in found}
        full_on = [member.full_member_on for member in branch.members if member.full_member_on]
        days |= {*full_on, *(day + timedelta(days=1) for day in full_on)}  # they vote from the day after
        self.changes = sorted(days | set(_posts_since(branch)))
        self.known: dict[tuple[int | None, Audience, int], list[Expected]] = {}

    def at(self, event: Event) -> list[Expected]:
        group_id = event.group.pk if event.group else None
        kinds = list(event.kinds)
        key = group_id, audience_of(kinds), bisect_right(self.changes, event.day)
        if key not in self.known:
            self.known[key] = expected_at(
                organization=self.organization, group=event.group, kinds=kinds, day=event.day
            )
        return self.known[key]


def _write(
    rows: Rows, branch: Branch, event: Event, expected: list[Expected], reviewer: User, rng: random.Random,
    now: datetime,
) -> None:  # fmt: skip
    keepers = _keepers(branch, event.group)
    meeting = _meeting(branch, event, keepers, rng, now)
    rows.meetings.append(meeting)
    rows.parts += [MeetingPart(meeting=meeting, kind=k, counts_for=event.counts_for) for k in event.kinds]
    rows.attendances += [_attendance(meeting, person, keepers, rng) for person in expected]
    rows.transitions += _transitions(meeting, branch.secretary, reviewer)


def _keepers(branch: Branch, group: PartyGroup | None) -> tuple[Member, Member]:
    """Chair and recorder; they were there, whoever else was not."""
    members = branch.members
    if group is not None:
        at = branch.groups.index(group)
        members = members[6 + at :: len(branch.groups)]
    return members[0], members[1]


def _meeting(
    branch: Branch, event: Event, keepers: tuple[Member, Member], rng: random.Random, now: datetime
) -> Meeting:
    theme, category = texts.BOTH_YEARLY if event.kinds == YEARLY else next(branch.themes[event.kinds[-1]])
    recorded_at = _recorded_at(event.day, branch.spec.key == "joint", rng, now)
    accepted = recorded_at + SETTLED_AFTER < now
    return Meeting(
        organization=branch.organization, group=event.group, theme=theme, category=category, day=event.day,
        starts=time(15, 0), ends=time(16, rng.choice([0, 20, 40])), place=_place(branch, event),
        problem=rng.choice(texts.PROBLEMS), chair=keepers[0], recorder=keepers[1],
        content=rng.choice(texts.CONTENT), decisions=rng.choice(texts.DECISIONS), recorded_at=recorded_at,
        recorded_by=branch.secretary, state=MeetingState.ACCEPTED if accepted else MeetingState.SUBMITTED,
        version=4 if accepted else 3,
    )  # fmt: skip


def _place(branch: Branch, event: Event) -> str:
    return texts.PLACES[(len(branch.spec.key) + len(event.kinds)) % len(texts.PLACES)]


def _recorded_at(day: date, slow: bool, rng: random.Random, now: datetime) -> datetime:
    later = rng.randint(6, 16) if slow else rng.choice([0, 1, 1, 2, 3])
    written = day + timedelta(days=later)
    if written.weekday() > 4:  # on the Monday after
        written += timedelta(days=7 - written.weekday())
    at = local(written, time(17, rng.randint(0, 59)))
    return min(at, now - timedelta(hours=3))


def local(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _attendance(
    meeting: Meeting, person: Expected, keepers: tuple[Member, Member], rng: random.Random
) -> Attendance:
    row = Attendance(
        meeting=meeting, member=person.member, organization=meeting.organization, day=meeting.day,
        hard_bound=person.hard_bound, has_vote=person.has_vote,
    )  # fmt: skip
    if person.member not in keepers:
        row.presence, row.reason = _presence(person, rng)
    return row


def _presence(person: Expected, rng: random.Random) -> tuple[Presence, str]:
    chance = rng.random()
    if not person.hard_bound:
        abroad = person.member.born_on is not None and person.member.born_on.year > 1968
        excuse = texts.EXCUSE_ABROAD if abroad else rng.choice(texts.EXCUSES_OF_THE_OLD)
        return (Presence.PRESENT, "") if chance < 0.3 and not abroad else (Presence.EXCUSED, excuse)
    if chance < 0.925:
        return Presence.PRESENT, ""
    if chance < 0.94:
        return Presence.LATE, ""
    if chance < 0.992:
        return Presence.EXCUSED, texts.EXCUSES[min(int(rng.expovariate(0.7)), len(texts.EXCUSES) - 1)]
    return Presence.ABSENT, texts.NOT_TOLD


def _transitions(meeting: Meeting, writer: User, reviewer: User) -> list[Transition]:
    assert meeting.recorded_at is not None
    done = STEPS if meeting.state == MeetingState.ACCEPTED else STEPS[:2]
    return [
        Transition(
            meeting=meeting, action=action, from_state=before, to_state=after,
            actor=reviewer if action == Action.ACCEPT else writer, at=meeting.recorded_at + delay,
        )
        for action, before, after, delay in done
    ]  # fmt: skip
