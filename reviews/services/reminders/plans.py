"""Plans to hand in: branches that owe one for a quarter or a year and have none, or only a draft."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.enums import Period
from meetings.ladder import Ladder
from meetings.models import Organization
from meetings.models.organization import OrganizationQuerySet
from meetings.periods import Span, next_span, span_of
from meetings.reminding import Facts, Horizon, Matter, Source, Text, register, wordings
from meetings.services.rulebook.effective import read_deadlines
from meetings.services.rulebook.limits import PLAN_OF
from reviews.enums import PlanState
from reviews.models import Plan
from reviews.models.plan import PlanQuerySet

QUARTER_PLAN, YEAR_PLAN = "quarter_plan", "year_plan"
# A plan that is missing has no row: its subject is the branch and the (first) quarter in one number.
QUARTERS = 1000
FIRST_YEAR = 2000


def number_of(organization: int, span: Span) -> int:
    return organization * QUARTERS + (span.start.year - FIRST_YEAR) * 4 + (span.start.month - 1) // 3


def _read(number: int, period: Period) -> tuple[int, Span]:
    """The branch and the quarter or year of a subject."""
    organization, index = divmod(number, QUARTERS)
    return organization, span_of(period, date(FIRST_YEAR + index // 4, index % 4 * 3 + 1, 1))


def _due(period: Period, horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    """Branches that owe the plan of this quarter (year) or the next and have not handed one in."""
    current = span_of(period, horizon.today)
    limits = read_deadlines(current.start, next_span(current).start)
    for span in (current, next_span(current)):
        for pk, path in _without_plan(span, only).values_list("pk", "path"):
            limit = limits.at(PLAN_OF[period], path, span.start)
            if limit and limit.is_active:
                due_on = limit.due_on(span.start, horizon.calendar)
                if due_on <= horizon.until:
                    yield Matter(number_of(pk, span), due_on, pk, path)


def _without_plan(span: Span, only: Collection[int] | None) -> OrganizationQuerySet:
    """Branches that exist through the whole period: one founded in the middle plans from the next on."""
    branches: OrganizationQuerySet = Organization.objects.branches().existing_on(span.start)
    branches = branches.filter(~Exists(_handed_in(span))).exclude(dissolved_on__lte=span.end).order_by()
    if only is not None:
        wanted = [branch for branch, owed in (_read(each, span.period) for each in only) if owed == span]
        branches = branches.filter(pk__in=wanted)
    return branches


def _handed_in(span: Span) -> PlanQuerySet:
    """Whoever plans a year quarter by quarter is not asked for the same once more."""
    plans: PlanQuerySet = Plan.objects.filter(organization=OuterRef("pk")).exclude(state=PlanState.DRAFT)
    if span.period == Period.YEAR:
        return plans.filter(period_start__range=(span.start, span.end))
    return plans.filter(period=span.period, period_start=span.start)


def _facts(period: Period, matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    places = Organization.objects.in_bulk([matter.organization for matter in matters])
    return {
        matter: _missing_plan(period, matter, places[matter.organization])
        for matter in matters
        if matter.organization in places
    }


def _missing_plan(period: Period, matter: Matter, branch: Organization) -> Facts:
    _organization, span = _read(matter.subject, period)
    values = {"bearer": branch.name, "period": span.code, "due_on": matter.due_on.isoformat()}
    # Told to the committee, too, which cannot make the plan: the branch's page offers it to who can.
    return Facts(values, reverse("branch_detail", args=[branch.pk]))


def _source(code: str, period: Period, title: Text) -> Source:
    return Source(
        code=code,
        title=title,
        due=partial(_due, period),
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=partial(_facts, period),
        ladder=Ladder(before=(10, 3), above=(5, 10)),
        wordings=wordings(
            due=_("%(bearer)s: the plan for %(period)s is to be handed in by %(due_on)s."),
            overdue=_("%(bearer)s: the plan for %(period)s is overdue; it was due by %(due_on)s."),
            escalated=_("%(bearer)s is late with the plan for %(period)s; it was due by %(due_on)s."),
        ),
    )


register(_source(QUARTER_PLAN, Period.QUARTER, _("Plan of a quarter to hand in")))
register(_source(YEAR_PLAN, Period.YEAR, _("Plan of a year to hand in")))
