"""What people are reminded of about plans and reviews: plans to hand in, and papers that wait for a reviewer.

``ready`` imports it, which registers the kinds of deadlines.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.enums import DeadlineSubject, MeetingState, Period
from meetings.ladder import Ladder
from meetings.models import Meeting, Organization
from meetings.models.organization import OrganizationQuerySet
from meetings.periods import Span, next_span, span_of
from meetings.reminding import Facts, Horizon, Matter, People, Source, register, wordings
from meetings.services.reminders.resolve import resolve
from meetings.services.rulebook.effective import read_deadlines
from reviews.enums import Action, PlanState
from reviews.models import Plan, Transition

PLAN, PLAN_REVIEW, RECORD, RECORD_REVIEW = "quarter_plan", "plan_review", "record", "record_review"
# A plan that is missing has no row: its subject is the branch and the quarter in one number.
QUARTERS = 1000
FIRST_YEAR = 2000


def resolve_about(subject: Plan | Meeting, *, now: datetime) -> None:
    """A step was taken: what people were reminded of about this paper is done, at least for now."""
    if isinstance(subject, Plan):
        resolve(source=PLAN_REVIEW, subjects=[subject.pk], now=now)
        if subject.period == Period.QUARTER:
            resolve(source=PLAN, subjects=[_number(subject.organization_id, subject.span)], now=now)
    else:
        for source in (RECORD, RECORD_REVIEW):
            resolve(source=source, subjects=[subject.pk], now=now)


def _number(organization: int, span: Span) -> int:
    return organization * QUARTERS + (span.start.year - FIRST_YEAR) * 4 + (span.start.month - 1) // 3


def _read(number: int) -> tuple[int, Span]:
    """The branch and the quarter of a subject."""
    organization, index = divmod(number, QUARTERS)
    return organization, span_of(Period.QUARTER, date(FIRST_YEAR + index // 4, index % 4 * 3 + 1, 1))


def _plans_due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    """Branches that owe the plan of this quarter or the next and have not handed one in."""
    current = span_of(Period.QUARTER, horizon.today)
    limits = read_deadlines(current.start, next_span(current).start)
    for span in (current, next_span(current)):
        for pk, path in _without_plan(span, only).values_list("pk", "path"):
            limit = limits.at(DeadlineSubject.QUARTER_PLAN, path, span.start)
            if limit and limit.is_active:
                due_on = limit.due_on(span.start, horizon.calendar)
                if due_on <= horizon.until:
                    yield Matter(_number(pk, span), due_on, pk, path)


def _without_plan(span: Span, only: Collection[int] | None) -> OrganizationQuerySet:
    """Branches that exist through the whole quarter: one founded in the middle plans from the next on."""
    handed_in = Plan.objects.filter(
        organization=OuterRef("pk"), period=Period.QUARTER, period_start=span.start
    ).exclude(state=PlanState.DRAFT)
    branches: OrganizationQuerySet = Organization.objects.branches().existing_on(span.start)
    branches = branches.filter(~Exists(handed_in)).exclude(dissolved_on__lte=span.end).order_by()
    if only is not None:
        wanted = [organization for organization, owed in map(_read, only) if owed == span]
        branches = branches.filter(pk__in=wanted)
    return branches


def _plans_waiting(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    plans = Plan.objects.waiting() if only is None else Plan.objects.waiting().filter(pk__in=only)
    rows = plans.order_by().values_list(
        "pk", "organization_id", "organization__path", "author_id", "submitted_at"
    )
    return _waiting(DeadlineSubject.PLAN_REVIEW, rows, horizon)


def _records_waiting(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    records = Meeting.objects.filter(state=MeetingState.SUBMITTED)
    if only is not None:
        records = records.filter(pk__in=only)
    steps = Transition.objects.filter(meeting=OuterRef("pk"), action=Action.SUBMIT).order_by("-at")
    rows = (
        records.order_by()
        .annotate(handed_in=Subquery(steps.values("at")[:1]))
        .values_list("pk", "organization_id", "organization__path", "recorded_by_id", F("handed_in"))
    )
    return _waiting(DeadlineSubject.RECORD_REVIEW, rows, horizon)


def _waiting(code: str, rows: Iterable, horizon: Horizon) -> Iterator[Matter]:
    """By the limit in force where and when the paper was handed in; nobody decides on a paper of their own."""
    found = [(*row, timezone.localdate(at)) for *row, at in rows if at]
    days = [row[-1] for row in found] or [horizon.today]
    limits = read_deadlines(min(days), max(days))
    for pk, organization, path, author, day in found:
        limit = limits.at(code, path, day)
        if limit and limit.is_active:
            due_on = limit.due_on(day, horizon.calendar)
            yield Matter(pk, due_on, organization, path, None, author)


def _nearest_reviewers(seats: People, matter: Matter) -> set[int]:
    """Those nearest to the branch first; the organization above them hears of it when it is late."""
    return next(iter(seats.above(matter)), set())


def _plan_facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    places = Organization.objects.in_bulk([matter.organization for matter in matters])
    return {
        matter: _missing_plan(matter, places[matter.organization])
        for matter in matters
        if matter.organization in places
    }


def _missing_plan(matter: Matter, branch: Organization) -> Facts:
    _organization, span = _read(matter.subject)
    values = {"bearer": branch.name, "period": span.code, "due_on": matter.due_on.isoformat()}
    return Facts(values, f"{reverse('plan_create')}?organization={branch.pk}&period={span.code}")


def _plan_review_facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    plans = Plan.objects.select_related("organization").in_bulk([matter.subject for matter in matters])
    found = {}
    for matter in matters:
        if plan := plans.get(matter.subject):
            values = {"bearer": plan.organization.name, "period": plan.span.code}
            values["due_on"] = matter.due_on.isoformat()
            found[matter] = Facts(values, reverse("plan_detail", args=[plan.pk]))
    return found


def _record_review_facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    rows = Meeting.objects.select_related("organization").prefetch_related("parts")
    meetings = rows.in_bulk([matter.subject for matter in matters])
    found = {}
    for matter in matters:
        if meeting := meetings.get(matter.subject):
            values = {"bearer": meeting.organization.name, "kinds": ",".join(meeting.kinds)}
            values |= {"day": meeting.day.isoformat(), "due_on": matter.due_on.isoformat()}
            found[matter] = Facts(values, reverse("meeting_detail", args=[meeting.pk]))
    return found


register(
    Source(
        code=PLAN,
        title=_("Plan to hand in"),
        due=_plans_due,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=_plan_facts,
        ladder=Ladder(before=(10, 3), above=(5, 10)),
        wordings=wordings(
            due=_("%(bearer)s: the plan for %(period)s is to be handed in by %(due_on)s."),
            overdue=_("%(bearer)s: the plan for %(period)s is overdue; it was due by %(due_on)s."),
            escalated=_("%(bearer)s is late with the plan for %(period)s; it was due by %(due_on)s."),
        ),
    )
)
register(
    Source(
        code=PLAN_REVIEW,
        title=_("Plan that waits for review"),
        due=_plans_waiting,
        responsible=_nearest_reviewers,
        facts=_plan_review_facts,
        ladder=Ladder(before=(1,), above=(3, 6)),
        wordings=wordings(
            due=_("The plan of %(bearer)s for %(period)s waits for your review until %(due_on)s."),
            overdue=_("The plan of %(bearer)s for %(period)s waits for review; it was due by %(due_on)s."),
            escalated=_(
                "The plan of %(bearer)s for %(period)s has waited for review since before %(due_on)s."
            ),
        ),
    )
)
register(
    Source(
        code=RECORD_REVIEW,
        title=_("Record that waits for review"),
        due=_records_waiting,
        responsible=_nearest_reviewers,
        facts=_record_review_facts,
        ladder=Ladder(before=(1,), above=(3, 6)),
        wordings=wordings(
            due=_("%(bearer)s: the record of %(kinds)s of %(day)s waits for your review until %(due_on)s."),
            overdue=_("%(bearer)s: the record of %(kinds)s of %(day)s waits for review; due by %(due_on)s."),
            escalated=_(
                "%(bearer)s: the record of %(kinds)s of %(day)s has waited for review since before %(due_on)s."
            ),
        ),
    )
)
