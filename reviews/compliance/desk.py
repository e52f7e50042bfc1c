"""What lies on somebody's desk: the lines, meetings and papers one's own roles have to do with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, Subquery

from meetings.enums import RECORD_OPEN, Period, Role
from meetings.models import Meeting, MeetingPart, Obligation
from meetings.models.obligation import ObligationQuerySet
from meetings.periods import Span, next_span, span_of
from meetings.scope import Scope
from reviews.enums import FindingReason, PlanState
from reviews.models import Finding, Plan

# How far ahead the desk looks. Local practice, not regulation.
AHEAD = timedelta(days=14)
PLAN_AHEAD = timedelta(days=30)


def branches_led(scope: Scope) -> list[int]:
    return [seat.organization_id for seat in scope.seats if seat.role == Role.SECRETARY]


def in_hand(scope: Scope) -> Q:
    """Rows with ``organization`` and ``group`` that are one's own to look after: those of the branch one
    is secretary of, and of the group one leads. Nobody's is an empty Q, which would mean everything."""
    return Q(organization__in=branches_led(scope)) | Q(group__in=scope.group_ids)


def has_in_hand(scope: Scope) -> bool:
    return bool(branches_led(scope) or scope.group_ids)


def desk_lines(scope: Scope, as_of: date) -> list[Obligation]:
    """This year's lines in one's own hands, and what is still overdue from before."""
    late = Q(pk__in=Obligation.objects.overdue(as_of).values("pk"))
    this_year = Q(period_start__range=(date(as_of.year, 1, 1), date(as_of.year, 12, 31)))
    mine = Obligation.objects.filter(in_hand(scope)).filter(this_year | late)
    return list(mine.select_related("requirement", "organization", "group").order_by("due_on", "pk"))


def desk_events(scope: Scope, as_of: date) -> list[MeetingPart]:
    """The kinds of the meetings that wait to be recorded or come within two weeks, with their meetings and
    what was last found in them."""
    meetings = Meeting.objects.filter(in_hand(scope), state__in=RECORD_OPEN, day__lte=as_of + AHEAD)
    parts = MeetingPart.objects.with_company().annotate(**_found("meeting", "meeting"))
    parts = parts.filter(meeting__in=meetings.order_by())
    parts = parts.select_related("meeting__group", "meeting__organization")
    return list(parts.order_by("meeting__day", "meeting", "pk"))


def desk_plans(scope: Scope, as_of: date) -> list[Plan]:
    """One's branch's plans of this quarter and later, and any that came back, with what was last found."""
    own = Plan.objects.filter(organization__in=branches_led(scope)).select_related("organization")
    current = Q(period_start__gte=span_of(Period.QUARTER, as_of).start)
    own = own.filter(current | Q(state=PlanState.RETURNED)).annotate(**_found("plan", "pk"))
    return list(own.order_by("period_start", "pk"))


def plans_missing(scope: Scope, plans: list[Plan], as_of: date) -> list[tuple[int, Span, Plan | None]]:
    """Quarters that have begun or are near and have no plan, or only a draft: branch, quarter, draft."""
    current = span_of(Period.QUARTER, as_of)
    coming = next_span(current)
    near = [current, coming] if coming.start - as_of <= PLAN_AHEAD else [current]
    by_key = {(plan.organization_id, plan.period, plan.period_start): plan for plan in plans}
    found = [
        (branch, span, by_key.get((branch, span.period, span.start)))
        for branch in branches_led(scope)
        for span in near
    ]
    return [(branch, span, plan) for branch, span, plan in found if not plan or plan.state == PlanState.DRAFT]


@dataclass(frozen=True)
class Found:
    """The first finding of the last return of a plan or a record."""

    reason: FindingReason
    sentence: str
    at: datetime


def _found(subject: str, key: str) -> dict[str, Subquery]:
    """What ``found_in`` reads, as columns of the rows whose ``key`` is the plan or the meeting."""
    findings = Finding.objects.filter(**{f"transition__{subject}": OuterRef(key)})
    first = findings.order_by("-transition__at", "pk")
    columns = {"found_reason": "reason", "found_sentence": "sentence", "found_at": "transition__at"}
    return {name: Subquery(first.values(column)[:1]) for name, column in columns.items()}


def found_in(row: Any) -> Found | None:
    """Of a row of ``desk_plans`` or ``desk_events``."""
    return Found(FindingReason(row.found_reason), row.found_sentence, row.found_at) if row.found_at else None


@dataclass(frozen=True)
class Late:
    """A branch that is behind: how many lines are overdue, and since when the oldest."""

    organization_id: int
    name: str
    overdue: int
    since: date


def late_branches(obligations: ObligationQuerySet, as_of: date, most: int) -> list[Late]:
    """Branches with overdue lines, the most of them first. One query."""
    rows = (
        obligations.overdue(as_of)
        .order_by()
        .values("organization_id", "organization__name", "organization__path")
        .annotate(overdue=Count("pk"), since=Min("due_on"))
        .order_by("-overdue", "since", "organization__path")
    )
    return [
        Late(row["organization_id"], row["organization__name"], row["overdue"], row["since"])
        for row in rows[:most]
    ]
