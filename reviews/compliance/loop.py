"""Where each item of the plans stands between planning and improving, and how long papers lie where."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from meetings.enums import ACCEPTED_STATES, MeetingState
from meetings.rates import percent
from reviews.enums import Action, PlanState, Task
from reviews.models import PlanItem, Rectification, Stay, Transition
from reviews.models.stay import StayQuerySet

# The four stations, and how a turn of the loop ends.
PLAN, DO, CHECK, ACT, CLOSED, CANCELLED = "plan", "do", "check", "act", "closed", "cancelled"
OPEN_STATIONS = (PLAN, DO, CHECK, ACT)
STATIONS = (*OPEN_STATIONS, CLOSED, CANCELLED)
TO_HOLD = (MeetingState.SCHEDULED, MeetingState.HOLD_AGAIN)


def with_station(items: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
    """Adds ``station``. The loop closes only when nothing found at the meeting is left to put right."""
    at_meeting = Q(meeting=OuterRef("meeting")) | Q(finding__transition__meeting=OuterRef("meeting"))
    to_mend = Exists(Rectification.objects.unsettled().filter(at_meeting))
    accepted = Q(meeting__state__in=ACCEPTED_STATES)
    return items.annotate(
        station=Case(
            When(meeting__isnull=True, then=Value(PLAN)),
            When(meeting__state=MeetingState.CANCELLED, then=Value(CANCELLED)),
            When(meeting__state__in=TO_HOLD, then=Value(DO)),
            When(accepted & to_mend, then=Value(ACT)),
            When(accepted, then=Value(CLOSED)),
            default=Value(CHECK),
            output_field=CharField(),
        )
    )


def with_dates(items: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
    """Adds when the plan was last approved, and when the record was handed in and accepted."""

    def last(action: str, **of: Any) -> Subquery:
        steps = Transition.objects.filter(action=action, **of).order_by("-at")
        return Subquery(steps.values("at")[:1])

    return items.annotate(
        approved_at=last(Action.APPROVE, plan=OuterRef("plan")),
        handed_in_at=last(Action.SUBMIT, meeting=OuterRef("meeting")),
        accepted_at=last(Action.ACCEPT, meeting=OuterRef("meeting")),
    )


def planned_in(items: QuerySet[PlanItem], year: int) -> QuerySet[PlanItem]:
    """Of plans that were handed in at least once: what a branch is still drafting is nobody's figure."""
    return items.filter(day__range=(date(year, 1, 1), date(year, 12, 31))).exclude(
        plan__state=PlanState.DRAFT
    )


@dataclass
class BranchLoop:
    """A branch's items by station, and the days its own papers lay with it."""

    organization_id: int
    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATIONS, 0))
    plan_days: float | None = None
    record_days: float | None = None

    @property
    def turns(self) -> int:
        """Items that were not cancelled."""
        return sum(self.counts.values()) - self.counts[CANCELLED]

    @property
    def closed_percent(self) -> str:
        return percent(self.counts[CLOSED], self.turns)


@dataclass(frozen=True)
class DeskLoop:
    """How long papers lie with an organization that reviews them: its own waiting times."""

    organization_id: int
    name: str
    plan_days: float | None
    record_days: float | None
    decided: int
    open: int
    late_open: int
    late: int  # decided after the last day, or still there after it


def branch_loops(items: QuerySet[PlanItem], stays: StayQuerySet) -> list[BranchLoop]:
    """One line a branch, in the order of the tree. Two queries."""
    columns = ("plan__organization", "plan__organization__name")
    rows = with_station(items).order_by().values(*columns, "plan__organization__path", "station")
    found: dict[int, BranchLoop] = {}
    for row in rows.annotate(number=Count("pk")).order_by("plan__organization__path"):
        pk = row["plan__organization"]
        loop = found.setdefault(pk, BranchLoop(pk, row["plan__organization__name"]))
        loop.counts[row["station"]] += row["number"]
    for row in _days(stays.filter(task=Task.WRITE, branch__in=found), "branch"):
        loop = found[row["branch"]]
        loop.plan_days, loop.record_days = in_days(row["plan_time"]), in_days(row["record_time"])
    return list(found.values())


def desk_loops(stays: StayQuerySet, as_of: date) -> list[DeskLoop]:
    """One line for each organization that reviews. One query."""
    is_open, late = Q(until__isnull=True), Q(until__isnull=True, due_on__lt=as_of)
    left_late = Q(until__date__gt=F("due_on"))
    rows = _days(stays.under_review(), "organization", "organization__name", "organization__path").annotate(
        decided=Count("pk", filter=~is_open),
        open=Count("pk", filter=is_open),
        late_open=Count("pk", filter=late),
        late=Count("pk", filter=late | left_late),
    )
    return [
        DeskLoop(
            row["organization"], row["organization__name"], in_days(row["plan_time"]),
            in_days(row["record_time"]), row["decided"], row["open"], row["late_open"], row["late"],
        )
        for row in rows.order_by("organization__path")
    ]  # fmt: skip


def _days(stays: StayQuerySet, *by: str) -> QuerySet[Any, Any]:
    """The mean time a plan, and a record, lay there until it was passed on."""
    lay = F("until") - F("since")
    left = Q(until__isnull=False)
    return (
        stays.order_by()
        .values(*by)
        .annotate(
            plan_time=Avg(lay, filter=left & Q(plan__isnull=False)),
            record_time=Avg(lay, filter=left & Q(meeting__isnull=False)),
        )
    )


def in_days(time: timedelta | None) -> float | None:
    """With one decimal."""
    return None if time is None else round(time / timedelta(days=1), 1)


def stays_in(stays: StayQuerySet, year: int) -> StayQuerySet:
    """Those that began in the year."""
    return stays.filter(since__year=year)


def open_desks(items: Iterable[PlanItem]) -> tuple[dict[int, Stay], dict[int, Stay]]:
    """Where the plans and the records of these items lie now, by plan and by meeting. One query."""
    items = list(items)
    plans, meetings = {item.plan_id for item in items}, {item.meeting_id for item in items if item.meeting_id}
    stays = Stay.objects.open().filter(Q(plan__in=plans) | Q(meeting__in=meetings))
    rows = list(stays.select_related("organization"))
    return (
        {stay.plan_id: stay for stay in rows if stay.plan_id},
        {stay.meeting_id: stay for stay in rows if stay.meeting_id},
    )
