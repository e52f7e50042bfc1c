"""How much waits for a decision above the branches, and since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet, Subquery

from branchlife.models import User
from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.models.meeting import MeetingQuerySet
from reviews.compliance.numbers import count_rows
from reviews.enums import Action
from reviews.models import Transition
from reviews.models.plan import PlanQuerySet


@dataclass(frozen=True)
class Waiting:
    plans: int
    records: int
    oldest_plan: datetime | None
    oldest_record: datetime | None

    @property
    def papers(self) -> int:
        return self.plans + self.records

    @property
    def oldest(self) -> datetime | None:
        return min((each for each in (self.oldest_plan, self.oldest_record) if each), default=None)


def waiting_papers(user: User, plans: PlanQuerySet, meetings: MeetingQuerySet) -> Waiting:
    """Handed in and not decided, out of these plans and meetings. One query, carried by the user's row."""
    plans, records = plans.waiting(), meetings.filter(state=MeetingState.SUBMITTED)
    row = User.objects.filter(pk=user.pk).values(
        plan_number=count_rows(plans),
        record_number=count_rows(records),
        oldest_plan=_lowest(plans.order_by("submitted_at").values("submitted_at")),
        oldest_record=_lowest(_handed_in(records)),
    )
    found = row.get()
    return Waiting(found["plan_number"], found["record_number"], found["oldest_plan"], found["oldest_record"])


def _lowest(times: QuerySet[Any, Any]) -> Subquery:
    return Subquery(times[:1])


def _handed_in(records: QuerySet[Meeting]) -> QuerySet[Any, Any]:
    """The last time each record was handed in, the longest ago first."""
    steps = Transition.objects.filter(meeting__in=records.order_by(), action=Action.SUBMIT)
    return steps.order_by().values("meeting").annotate(last=Max("at")).order_by("last").values("last")
