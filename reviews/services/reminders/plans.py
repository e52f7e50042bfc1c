"""Plans to hand in: branches that owe one for a quarter and have none, or only a draft."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.enums import DeadlineSubject, Period
from meetings.ladder import Ladder
from meetings.models import Organization
from meetings.models.organization import OrganizationQuerySet
from meetings.periods import Span, next_span, span_of
from meetings.reminding import Facts, Horizon, Matter, Source, register, wordings
from meetings.services.rulebook.effective import read_deadlines
from reviews.enums import PlanState
from reviews.models import Plan

PLAN = "quarter_plan"
# A plan that is missing has no row: its subject is the branch and the quarter in one number.
QUARTERS = 1000
FIRST_YEAR = 2000


def number_of(organization: int, span: Span) -> int:
    return organization * QUARTERS + (span.start.year - FIRST_YEAR) * 4 + (span.start.month - 1) // 3


def _read(number: int) -> tuple[int, Span]:
    """The branch and the quarter of a subject."""
    organization, index = divmod(number, QUARTERS)
    return organization, span_of(Period.QUARTER, date(FIRST_YEAR + index // 4, index % 4 * 3 + 1, 1))


def _due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    """Branches that owe the plan of this quarter or the next and have not handed one in."""
    current = span_of(Period.QUARTER, horizon.today)
    limits = read_deadlines(current.start, next_span(current).start)
    for span in (current, next_span(current)):
        for pk, path in _without_plan(span, only).values_list("pk", "path"):
            limit = limits.at(DeadlineSubject.QUARTER_PLAN, path, span.start)
            if limit and limit.is_active:
                due_on = limit.due_on(span.start, horizon.calendar)
                if due_on <= horizon.until:
                    yield Matter(number_of(pk, span), due_on, pk, path)


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


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    places = Organization.objects.in_bulk([matter.organization for matter in matters])
    return {
        matter: _missing_plan(matter, places[matter.organization])
        for matter in matters
        if matter.organization in places
    }


def _missing_plan(matter: Matter, branch: Organization) -> Facts:
    _organization, span = _read(matter.subject)
    values = {"bearer": branch.name, "period": span.code, "due_on": matter.due_on.isoformat()}
    # Told to the committee, too, which cannot make the plan: the branch's page offers it to who can.
    return Facts(values, reverse("branch_detail", args=[branch.pk]))


register(
    Source(
        code=PLAN,
        title=_("Plan to hand in"),
        due=_due,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=_facts,
        ladder=Ladder(before=(10, 3), above=(5, 10)),
        wordings=wordings(
            due=_("%(bearer)s: the plan for %(period)s is to be handed in by %(due_on)s."),
            overdue=_("%(bearer)s: the plan for %(period)s is overdue; it was due by %(due_on)s."),
            escalated=_("%(bearer)s is late with the plan for %(period)s; it was due by %(due_on)s."),
        ),
    )
)
