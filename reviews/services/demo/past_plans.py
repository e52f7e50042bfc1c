"""The approved plans of past quarters, written set-based around the meetings that came of them."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import count

from django.utils import timezone

from meetings.enums import MeetingState, Period
from meetings.models import Meeting
from meetings.periods import Span, span_of
from reviews.enums import Action, PlanState
from reviews.models import Plan, PlanItem, PlanItemPart, Transition
from reviews.services.demo.history import local
from reviews.services.demo.roster import Branch, Cast

# The joint branch has not yet learned to plan; the retired hand in nothing by custom.
WITHOUT_PLANS = ("joint", "retired")


def write_past_plans(*, cast: Cast, now: datetime) -> int:
    """One approved plan per branch and past quarter in which it met; returns how many."""
    current = span_of(Period.QUARTER, timezone.localdate(now))
    plans = [
        (plan, branch, meetings)
        for branch in cast.branches.values()
        if branch.spec.key not in WITHOUT_PLANS
        for plan, meetings in _plans(branch, before=current.start)
    ]
    Plan.objects.bulk_create(plan for plan, _branch, _meetings in plans)
    Transition.objects.bulk_create(
        step for plan, branch, _meetings in plans for step in _steps(plan, branch, cast)
    )
    _write_items([(plan, meeting) for plan, _branch, meetings in plans for meeting in meetings])
    return len(plans)


def _plans(branch: Branch, before: date) -> list[tuple[Plan, list[Meeting]]]:
    held = Meeting.objects.filter(organization=branch.organization, day__lt=before).prefetch_related("parts")
    by_quarter: dict[Span, list[Meeting]] = defaultdict(list)
    for meeting in held.order_by("day", "pk"):
        by_quarter[span_of(Period.QUARTER, meeting.day)].append(meeting)
    return [
        (_plan(branch, span, _is_closed(span, meetings, before)), meetings)
        for span, meetings in by_quarter.items()
    ]


def _is_closed(span: Span, meetings: list[Meeting], current: date) -> bool:
    """The last quarter is being looked through; those before it are done."""
    settled = all(meeting.state == MeetingState.ACCEPTED for meeting in meetings)
    return settled and span.end < span_of(Period.QUARTER, current - timedelta(days=1)).start


def _plan(branch: Branch, span: Span, closed: bool) -> Plan:
    return Plan(
        organization=branch.organization, period=span.period, period_start=span.start, period_end=span.end,
        state=PlanState.CLOSED if closed else PlanState.APPROVED, version=4 if closed else 3, round=1,
        author=branch.secretary,
        submitted_at=_days(branch, span)[1],
    )  # fmt: skip


def _days(branch: Branch, span: Span) -> tuple[datetime, datetime, datetime]:
    """Written, handed in, approved: by the fifth day of the quarter, each branch in its own time."""
    first = span.start + timedelta(days=len(branch.spec.key) % 4)
    return local(first, time(9, 20)), local(first, time(9, 50)), local(first + timedelta(days=1), time(14, 5))


def _steps(plan: Plan, branch: Branch, cast: Cast) -> list[Transition]:
    written, submitted, approved = _days(branch, plan.span)
    return [
        Transition(
            plan=plan, action=action, from_state=before, to_state=after, round=turn, actor=actor, at=at,
            comment=comment,
        )
        for action, before, after, turn, actor, at, comment in (
            (Action.CREATE, "", PlanState.DRAFT, 0, branch.secretary, written, ""),
            (Action.SUBMIT, PlanState.DRAFT, PlanState.SUBMITTED, 1, branch.secretary, submitted, ""),
            (Action.APPROVE, PlanState.SUBMITTED, PlanState.APPROVED, 1, cast.reviewer, approved, "同意。"),
            (Action.CLOSE, PlanState.APPROVED, PlanState.CLOSED, 1, branch.secretary, _closed(plan), ""),
        )
        if action != Action.CLOSE or plan.state == PlanState.CLOSED
    ]  # fmt: skip


def _closed(plan: Plan) -> datetime:
    """Three weeks after the quarter, when its last record was accepted."""
    return local(plan.period_end + timedelta(days=21), time(10, 30))


def _write_items(held: list[tuple[Plan, Meeting]]) -> None:
    numbers: dict[int, count[int]] = defaultdict(lambda: count(1))
    items = [
        PlanItem(
            plan=plan, position=next(numbers[plan.pk]), day=meeting.day, starts=meeting.starts,
            group=meeting.group, theme=meeting.theme, problem=meeting.problem, category=meeting.category,
            place=meeting.place, meeting=meeting,
        )
        for plan, meeting in held
    ]  # fmt: skip
    PlanItem.objects.bulk_create(items, batch_size=500)
    PlanItemPart.objects.bulk_create(
        PlanItemPart(item=item, kind=kind)
        for item, (_plan, meeting) in zip(items, held, strict=True)
        for kind in meeting.kinds
    )
