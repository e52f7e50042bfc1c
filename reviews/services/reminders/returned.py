"""Papers that came back and wait for their writers. The rule book sets no limit for corrections: days are counted
from the one on which the paper came back."""

from collections.abc import Collection, Iterator

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.enums import MeetingState
from meetings.ladder import Ladder
from meetings.models import Meeting
from meetings.reminding import Horizon, Matter, Source, register, wordings
from reviews.enums import Action, PlanState
from reviews.models import Plan, Transition
from reviews.services.reminders.papers import plan_facts, record_facts

PLAN_RETURNED, RECORD_RETURNED = "plan_returned", "record_returned"
# The writer was told when it came back; from the third working day on it is forgotten.
USUAL = Ladder(before=(), after=3, above=(6, 11))


def _plans(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    plans = Plan.objects.filter(state=PlanState.RETURNED)
    return _returned("plan", plans if only is None else plans.filter(pk__in=only), horizon)


def _records(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    records = Meeting.objects.filter(state=MeetingState.RETURNED)
    return _returned("meeting", records if only is None else records.filter(pk__in=only), horizon)


def _returned(paper: str, rows: QuerySet, horizon: Horizon) -> Iterator[Matter]:
    """A paper that came back twice is announced afresh: it is due from another day."""
    returns = Transition.objects.filter(**{paper: OuterRef("pk")}, action=Action.RETURN).order_by("-at")
    group = ("group_id",) if paper == "meeting" else ()
    found = rows.annotate(back=Subquery(returns.values("at")[:1])).filter(back__isnull=False).order_by()
    for pk, back, organization, path, *led in found.values_list(
        "pk", "back", "organization_id", "organization__path", *group
    ):
        if (day := timezone.localdate(back)) <= horizon.until:
            yield Matter(pk, day, organization, path, *led)


register(
    Source(
        code=PLAN_RETURNED,
        title=_("Plan that came back"),
        due=_plans,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=plan_facts,
        ladder=USUAL,
        wordings=wordings(
            due=_("%(bearer)s: the plan for %(period)s came back; please correct it and hand it in again."),
            overdue=_(
                "%(bearer)s: the plan for %(period)s came back on %(due_on)s and waits to be corrected."
            ),
            escalated=_("%(bearer)s has not corrected the plan for %(period)s that came back on %(due_on)s."),
        ),
    )
)
register(
    Source(
        code=RECORD_RETURNED,
        title=_("Record that came back"),
        due=_records,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=record_facts,
        ladder=USUAL,
        wordings=wordings(
            due=_(
                "%(bearer)s: the record of %(kinds)s of %(day)s came back; please correct it and hand it in again."
            ),
            overdue=_(
                "%(bearer)s: the record of %(kinds)s of %(day)s came back on %(due_on)s and waits to be corrected."
            ),
            escalated=_(
                "%(bearer)s has not corrected the record of %(kinds)s of %(day)s that came back on %(due_on)s."
            ),
        ),
    )
)
