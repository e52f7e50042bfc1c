"""The two strands of a leading cadre's organizational life (双重组织生活), counted from attendance.

One strand is the life of the own branch, the other that of the leading body: its democratic-life meeting and
whatever else an organization above the branches holds. Regulations on the Education and Management of Party
Members, article 16. Counted for each person alone; nobody is ranked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from branchlife.models import User
from meetings.enums import BRANCH_KINDS, DISCHARGING, HERE, MeetingKind, Presence, Role
from meetings.models import Attendance, Membership
from meetings.scope import scope_of

# The columns of the form: what the own branch holds for its members.
BRANCH_COLUMNS = (
    MeetingKind.GENERAL, MeetingKind.COMMITTEE, MeetingKind.GROUP, MeetingKind.LECTURE, MeetingKind.THEME_DAY,
    MeetingKind.ORGANIZATIONAL_LIFE, MeetingKind.APPRAISAL,
)  # fmt: skip
OF_BRANCH = Q(organization__kind__in=BRANCH_KINDS)


@dataclass(frozen=True)
class Strand:
    """Meetings of a year at which the person was expected."""

    expected: int = 0
    here: int = 0
    excused: int = 0
    absent: int = 0
    caught_up: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing was attended: the strand is not lived yet."""
        return self.here == 0


@dataclass(frozen=True)
class DualLife:
    """A person's year. ``attended`` counts by kind of meeting what was attended in the own branch."""

    branch: Strand = Strand()
    body: Strand = Strand()
    attended: dict[str, int] = field(default_factory=dict)

    @property
    def by_kind(self) -> list[tuple[str, int]]:
        """Label and number of each column of the form."""
        return [(str(kind.label), self.attended.get(kind, 0)) for kind in BRANCH_COLUMNS]


def leading_cadres(user: User, day: date) -> QuerySet[Membership]:
    """Memberships of a day of those leading cadres a committee answers for, by branch and name."""
    within = scope_of(user).within("organization__", (Role.REVIEWER, Role.ADMINISTRATOR))
    rows = Membership.objects.on(day).filter(within, member__is_leading_cadre=True)
    return rows.select_related("member", "organization").order_by(
        "organization__path", "member__name_key", "pk"
    )


def dual_lives(members: Collection[int], year: int, attendances: QuerySet[Attendance]) -> dict[int, DualLife]:
    """By member id, for every one of them, from ``attendances`` as far as the reader sees them. Two queries."""
    rows = attendance_of_year(attendances.filter(member__in=members), year).order_by()
    strands = _strands(rows)
    attended: dict[int, dict[str, int]] = defaultdict(dict)
    kinds = rows.filter(OF_BRANCH, presence__in=HERE).values_list("member", "meeting__parts__kind")
    for member, kind, number in kinds.annotate(number=Count("pk")):
        attended[member][kind] = number
    return {
        pk: DualLife(strands.get((pk, True), Strand()), strands.get((pk, False), Strand()), attended[pk])
        for pk in members
    }


def attendance_of_year(rows: QuerySet[Attendance], year: int) -> QuerySet[Any]:
    """What counts: meetings that took place, with whether a branch held them (``of_branch``)."""
    return rows.filter(
        day__range=(date(year, 1, 1), date(year, 12, 31)), meeting__state__in=DISCHARGING
    ).annotate(of_branch=ExpressionWrapper(OF_BRANCH, BooleanField()))


def _strands(rows: QuerySet[Any]) -> dict[tuple[int, bool], Strand]:
    def number(condition: Q) -> Count:
        return Count("pk", filter=condition)

    counted = rows.values("member", "of_branch").annotate(
        expected=Count("pk"),
        here=number(Q(presence__in=HERE)),
        excused=number(Q(presence=Presence.EXCUSED)),
        absent=number(Q(presence=Presence.ABSENT, hard_bound=True)),
        caught_up=number(Q(caught_up_on__isnull=False)),
    )
    names = ("expected", "here", "excused", "absent", "caught_up")
    return {(row["member"], row["of_branch"]): Strand(**{n: row[n] for n in names}) for row in counted}


def split_strands(rows: Iterable[Any]) -> tuple[list[Attendance], list[Attendance]]:
    """Of one person's year: the own branch's meetings, the leading body's."""
    branch: list[Attendance] = []
    body: list[Attendance] = []
    for row in rows:
        (branch if row.of_branch else body).append(row)
    return branch, body


def strands_of(rows: Iterable[Attendance]) -> DualLife:
    """The same from one person's year as it was read for a page, with ``organization``. No query."""
    found: dict[bool, list[Attendance]] = {True: [], False: []}
    for row in rows:
        found[row.organization.is_branch].append(row)
    return DualLife(_strand(found[True]), _strand(found[False]))


def _strand(rows: Collection[Attendance]) -> Strand:
    return Strand(
        expected=len(rows),
        here=sum(row.presence in HERE for row in rows),
        excused=sum(row.presence == Presence.EXCUSED for row in rows),
        absent=sum(row.presence == Presence.ABSENT and row.hard_bound for row in rows),
        caught_up=sum(row.caught_up_on is not None for row in rows),
    )
