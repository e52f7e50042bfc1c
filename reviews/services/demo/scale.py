"""A big committee for measuring: many branches, alike in kind and different in numbers. Set-based."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import models, transaction
from django.utils import timezone

from branchlife.estimates import look_again_after
from branchlife.models import User
from meetings.enums import MeetingKind, MeetingState, OrganizationKind, PostTitle, Presence
from meetings.models import (
    Attendance,
    Meeting,
    MeetingPart,
    Member,
    Membership,
    Organization,
    PartyGroup,
    Post,
)
from meetings.pinyin import name_key
from meetings.services.obligations import sync_obligations
from reviews.services.demo.names import GIVEN, SURNAMES

BRANCHES_EACH = 50  # below one committee of the middle floor
BATCH = 100  # branches written at a time: bounds the memory
HELD = 0.93
PRESENT = 0.92
WRITER = "scale-writer"
THEME = "规模测试"

# kind → months of the year in which a branch, or each group, holds it
CALENDAR: dict[MeetingKind, tuple[int, ...]] = {
    MeetingKind.THEME_DAY: tuple(range(1, 13)),
    MeetingKind.COMMITTEE: tuple(range(1, 13)),
    MeetingKind.GROUP: tuple(range(1, 13)),
    MeetingKind.GENERAL: (2, 5, 8, 11),
    MeetingKind.LECTURE: (3, 6, 9, 12),
    MeetingKind.ORGANIZATIONAL_LIFE: (12,),
    MeetingKind.APPRAISAL: (12,),
}
SINCE, FULL_SINCE = date(2012, 1, 1), date(2013, 1, 1)


@dataclass
class Batch:
    """Rows of some branches, in the order in which they can be inserted."""

    groups: list[PartyGroup] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    parts: list[MeetingPart] = field(default_factory=list)
    attendances: list[Attendance] = field(default_factory=list)

    def write(self) -> int:
        tables: list[Sequence[models.Model]] = [self.groups, self.members, self.memberships, self.posts]
        tables += [self.meetings, self.parts, self.attendances]
        return sum(_insert(rows) for rows in tables)


@dataclass(frozen=True)
class Scaled:
    branches: int
    rows: int  # everything written, ledger included


def seed_scale(*, branches: int, years: int = 1, seed: int = 1, now: datetime | None = None) -> Scaled:
    """Write so many branches with the life of the last ``years`` calendar years, this one up to today.

    The same arguments on the same day give the same rows. One transaction per hundred branches.
    """
    today = timezone.localdate(now)
    first = date(today.year - years + 1, 1, 1)
    writer, _created = User.objects.get_or_create(
        username=WRITER, defaults={"name": "规模测试", "is_active": False, "password": "!"}
    )
    organizations, upper = _tree(branches)
    rows = len(organizations) + upper
    for at in range(0, len(organizations), BATCH):
        batch = Batch()
        for number, organization in enumerate(organizations[at : at + BATCH], at):
            _fill(batch, organization, random.Random(f"{seed}/{number}"), writer, first, today)  # noqa: S311
        with transaction.atomic():
            rows += batch.write()
    mine = Organization.objects.filter(path__startswith=organizations[0].path[: Organization.steplen])
    ledger = sync_obligations(organizations=mine, first=first, last=date(today.year, 12, 31))
    rows += ledger.created
    look_again_after(rows)
    return Scaled(branches, rows)


@transaction.atomic
def _tree(branches: int) -> tuple[list[Organization], int]:
    """The branches, and how many organizations stand above them. Paths are reckoned, not asked one by one."""
    number = Organization.objects.get_root_nodes().count() + 1
    root = Organization.objects.add_root(
        _facts(f"规模测试党委{number}", f"S{number}", OrganizationKind.COMMITTEE)
    )
    middle = -(-branches // BRANCHES_EACH)
    committees = [_node(root, i, f"第{i}党委", OrganizationKind.COMMITTEE) for i in range(1, middle + 1)]
    leaves: list[Organization] = []
    for i in range(branches):
        parent = committees[i // BRANCHES_EACH]
        parent.numchild += 1
        leaves.append(_node(parent, parent.numchild, f"第{i + 1}党支部", OrganizationKind.BRANCH))
    _insert(committees)
    _insert(leaves)
    Organization.objects.filter(pk=root.pk).update(numchild=middle)
    return leaves, middle + 1


def _facts(name: str, code: str, kind: OrganizationKind) -> dict[str, object]:
    return {"name": name, "code": code, "kind": kind, "founded_on": SINCE}


def _node(parent: Organization, number: int, name: str, kind: OrganizationKind) -> Organization:
    path = Organization._get_path(parent.path, parent.depth + 1, number)
    facts = _facts(name, f"{parent.code}-{number:03d}", kind)
    return Organization(path=path, depth=parent.depth + 1, numchild=0, **facts)


def _fill(
    batch: Batch, branch: Organization, rng: random.Random, writer: User, first: date, today: date
) -> None:
    size = rng.randint(8, 20)
    groups = [
        PartyGroup(organization=branch, name=f"第{number}党小组", founded_on=SINCE)
        for number in range(1, 1 + (size >= 14) * 2)
    ]
    members = [_member(rng) for _number in range(size)]
    batch.groups += groups
    batch.members += members
    batch.memberships += [
        Membership(
            member=member,
            organization=branch,
            start_on=SINCE,
            group=groups[i % len(groups)] if groups else None,
        )
        for i, member in enumerate(members)
    ]
    titles = (PostTitle.SECRETARY, PostTitle.ORGANIZATION, PostTitle.PUBLICITY)
    batch.posts += [
        Post(member=member, organization=branch, title=title, start_on=SINCE)
        for member, title in zip(members, titles, strict=False)
    ]
    for kind, group, day in _days(groups, rng, first, today):
        people = _audience(kind, group, groups, members)
        _hold(batch, branch, kind, group, day, people, rng, writer)


def _member(rng: random.Random) -> Member:
    name = rng.choice(SURNAMES) + "".join(rng.sample(rng.choice(list(GIVEN.values())), 2))
    return Member(name=name, name_key=name_key(name), joined_on=SINCE, full_member_on=FULL_SINCE)


def _days(
    groups: list[PartyGroup], rng: random.Random, first: date, today: date
) -> Iterator[tuple[MeetingKind, PartyGroup | None, date]]:
    """What is held when: the usual calendar with a gap here and there, up to yesterday."""
    for year in range(first.year, today.year + 1):
        for kind, months in CALENDAR.items():
            bearers: list[PartyGroup | None] = list(groups) if kind == MeetingKind.GROUP else [None]
            for group in bearers:
                for month in months:
                    day = date(year, month, rng.randint(6, 26))
                    if rng.random() < HELD and day < today:
                        yield kind, group, day


def _audience(
    kind: MeetingKind, group: PartyGroup | None, groups: list[PartyGroup], members: list[Member]
) -> list[Member]:
    if kind == MeetingKind.COMMITTEE:
        return members[:3]
    return members[groups.index(group) :: len(groups)] if group else members


def _hold(
    batch: Batch, branch: Organization, kind: MeetingKind, group: PartyGroup | None, day: date,
    people: list[Member], rng: random.Random, writer: User,
) -> None:  # fmt: skip
    recorded_at = timezone.make_aware(datetime.combine(day + timedelta(days=1), time(9)))
    meeting = Meeting(
        organization=branch, group=group, theme=THEME, day=day, starts=time(15), ends=time(16),
        place="会议室", chair=people[0], recorder=people[1], content="略", state=MeetingState.ACCEPTED,
        recorded_at=recorded_at, recorded_by=writer,
    )  # fmt: skip
    batch.meetings.append(meeting)
    batch.parts.append(MeetingPart(meeting=meeting, kind=kind, counts_for=day))
    batch.attendances += [_attendance(meeting, member, rng.random() < PRESENT) for member in people]


def _attendance(meeting: Meeting, member: Member, here: bool) -> Attendance:
    return Attendance(
        meeting=meeting, member=member, organization=meeting.organization, day=meeting.day, hard_bound=True,
        has_vote=True, presence=Presence.PRESENT if here else Presence.EXCUSED,
        reason="" if here else "因公出差",
    )  # fmt: skip


def _insert(rows: Sequence[models.Model]) -> int:
    if rows:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=2000)
    return len(rows)
