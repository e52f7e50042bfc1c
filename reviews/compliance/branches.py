"""The figures of many branches for a year: by month, in sum, and how many came."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from meetings.enums import DISCHARGING, HERE, MeetingKind
from meetings.models import MeetingPart, Post
from meetings.models.attendance import AttendanceQuerySet
from meetings.models.obligation import ObligationQuerySet
from meetings.rates import percent
from reviews.compliance.tally import Tally, tally_columns, total

MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Presence:
    """Of those for whom coming is a hard duty, summed over meetings: how many were due, how many came."""

    expected: int = 0
    present: int = 0

    @property
    def rate(self) -> str:
        return percent(self.present, self.expected)

    def __add__(self, other: "Presence") -> "Presence":
        return Presence(self.expected + other.expected, self.present + other.present)


@dataclass(frozen=True)
class BranchYear:
    """One branch's year, by the month in which a line falls due (a quarter's in its last month)."""

    months: Mapping[int, Tally] = field(default_factory=dict)

    @cached_property
    def total(self) -> Tally:
        return total(self.months.values())


def branch_years(obligations: ObligationQuerySet, as_of: date) -> dict[int, BranchYear]:
    """By branch: its months. One query, one row per branch and month."""
    rows = (
        obligations.order_by()
        .values("organization_id", "period_end")
        .annotate(**tally_columns(as_of))
        .values_list("organization_id", "period_end", *tally_columns(as_of))
    )
    months: dict[int, dict[int, Tally]] = defaultdict(dict)
    for branch, end, *numbers in rows:
        known, tally = months[branch].get(end.month), Tally(*numbers)
        months[branch][end.month] = known + tally if known else tally
    return {branch: BranchYear(cells) for branch, cells in months.items()}


def attendance_by_branch(
    attendances: AttendanceQuerySet, *, year: int, as_of: date, kind: str = ""
) -> dict[int, Presence]:
    """By branch: hard-bound attendance at the year's meetings up to a day. Cancelled meetings and those
    that must be held again do not count. One query."""
    rows = counting(attendances, year=year, as_of=as_of, kind=kind).order_by().values_list("organization_id")
    summed = rows.annotate(expected=Count("pk"), present=Count("pk", filter=Q(presence__in=HERE)))
    return {branch: Presence(expected, present) for branch, expected, present in summed}


def counting(
    attendances: AttendanceQuerySet, *, year: int, as_of: date, kind: str = ""
) -> AttendanceQuerySet:
    """The rows an attendance rate of the year is made from."""
    last = min(as_of, date(year, 12, 31))
    rows = attendances.hard_bound().filter(
        day__range=(date(year, 1, 1), last), meeting__state__in=DISCHARGING
    )
    return rows.filter(_due_at(kind)) if kind else rows


def _due_at(kind: str) -> Q:
    """Rows of meetings of this kind. Where a committee's meeting was one event with another kind all members were
    expected, and there are rows of them; at the committee's meeting those who sit on it were."""
    parts = MeetingPart.objects.filter(meeting=OuterRef("meeting"))
    of_kind = Q(Exists(parts.filter(kind=kind)))
    if kind != MeetingKind.COMMITTEE:
        return of_kind
    that_day: Any = OuterRef("day")
    sits = Post.objects.on(that_day).filter(member=OuterRef("member"), organization=OuterRef("organization"))
    return of_kind & (~Q(Exists(parts.exclude(kind=kind))) | Q(Exists(sits)))


def months_of_all(years: Mapping[int, BranchYear]) -> dict[int, Tally]:
    """The trend: every month over all branches."""
    return {month: total(year.months.get(month, Tally()) for year in years.values()) for month in MONTHS}


def ledger_years(obligations: ObligationQuerySet, as_of: date) -> list[int]:
    """The years there are lines of, newest first; this year always. One query."""
    found = obligations.order_by().aggregate(first=Min("period_start"), last=Max("period_start"))
    first, last = found["first"] or as_of, found["last"] or as_of
    return list(range(max(last.year, as_of.year), min(first.year, as_of.year) - 1, -1))
