"""A plan against what became of it, item by item."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from meetings.enums import DISCHARGING, HERE, MeetingState
from meetings.models import Attendance, Meeting
from reviews.models import Plan, PlanItem


@dataclass(frozen=True)
class Line:
    """``moved`` is in days, negative for earlier than planned."""

    item: PlanItem
    meeting: Meeting | None
    is_held: bool
    moved: int
    present: int
    expected: int

    @property
    def theme_changed(self) -> bool:
        return self.meeting is not None and self.meeting.theme != self.item.theme

    @property
    def over_budget(self) -> int:
        """Yuan beyond the budget; 0 where one of the two is not known."""
        spent = self.meeting.spent if self.meeting else None
        return max((spent or 0) - self.item.budget, 0) if self.item.budget is not None else 0

    @property
    def is_cancelled(self) -> bool:
        return self.meeting is not None and self.meeting.state == MeetingState.CANCELLED


@dataclass(frozen=True)
class Actual:
    lines: list[Line]
    unplanned: list[Meeting]

    @property
    def held(self) -> int:
        return sum(line.is_held for line in self.lines)

    @property
    def on_day(self) -> int:
        return sum(line.is_held and not line.moved for line in self.lines)

    @property
    def cancelled(self) -> int:
        return sum(line.is_cancelled for line in self.lines)

    @property
    def open(self) -> int:
        return len(self.lines) - self.held - self.cancelled

    @property
    def budget(self) -> int:
        return sum(line.item.budget or 0 for line in self.lines)

    @property
    def spent(self) -> int:
        return sum((line.meeting.spent or 0) for line in self.lines if line.meeting)


def actual_of(plan: Plan) -> Actual:
    """Five queries, however many lines."""
    items = list(plan.items.select_related("meeting", "group").prefetch_related("parts"))
    known = [item.meeting_id for item in items if item.meeting_id]
    people = _people(known)
    outside = Meeting.objects.filter(
        organization=plan.organization, day__range=(plan.period_start, plan.period_end), state__in=DISCHARGING
    ).exclude(pk__in=known)
    return Actual(
        lines=[_line(item, people) for item in items],
        unplanned=list(outside.filter(plan_item=None).order_by("day", "pk").prefetch_related("parts")),
    )


def _people(meetings: Iterable[int]) -> Mapping[int, tuple[int, int]]:
    """By meeting: how many were there, of how many."""
    rows = Attendance.objects.filter(meeting__in=list(meetings)).order_by().values("meeting")
    counted = rows.annotate(here=Count("pk", filter=Q(presence__in=HERE)), due=Count("pk"))
    return {row["meeting"]: (row["here"], row["due"]) for row in counted}


def _line(item: PlanItem, people: Mapping[int, tuple[int, int]]) -> Line:
    meeting = item.meeting
    held = meeting is not None and meeting.state in DISCHARGING
    moved = (meeting.day - item.day) // timedelta(days=1) if meeting and held else 0
    present, expected = people.get(item.meeting_id or 0, (0, 0))
    return Line(item, meeting, held, moved, present, expected)
