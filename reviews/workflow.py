"""The transition tables: from which state which step leads where, and who may take it.

The only list of steps there is: pages draw their buttons from it, ``perform`` executes it and
``docs/workflow.md`` is printed from it. Imports no model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from meetings.enums import MeetingState
from meetings.rules import keeps_record_of
from reviews.enums import Action, InspectionState, PlanState, RectificationState, VisitState
from reviews.inspection_rules import (
    closes_inspection,
    confirms_visit,
    finds_nothing,
    is_inspector,
    oversees_visit,
    rechecks_visit,
    reports_findings,
    runs_inspection,
    starts_inspection,
)
from reviews.rules import (
    approves_amendments,
    archives_record,
    closes_plan,
    decides,
    mends_rectification,
    passes_on,
    reviews_paper,
    revokes_rectification,
    takes_back_amendment,
    verifies_rectification,
    withdraws_plan,
    withdraws_record,
    writes_amendment,
    writes_plan,
)

Predicate = Callable[[Any, Any], bool]


class Opinion(Enum):
    """Whether a step carries a comment."""

    OPTIONAL = "optional"
    REQUIRED = "required"
    FINDINGS = "findings"  # at least one coded finding
    EVIDENCE = "evidence"  # what shows that it is done


@dataclass(frozen=True)
class Step:
    to_state: str
    allowed: Predicate
    opinion: Opinion = Opinion.OPTIONAL
    by_clock: bool = False  # the system takes it, too, some time later


Table = Mapping[tuple[str, str], Step]

PLAN: Table = {
    (PlanState.DRAFT, Action.SUBMIT): Step(PlanState.SUBMITTED, writes_plan),
    (PlanState.SUBMITTED, Action.WITHDRAW): Step(PlanState.DRAFT, withdraws_plan),
    (PlanState.SUBMITTED, Action.FORWARD): Step(PlanState.SUBMITTED, passes_on),
    (PlanState.SUBMITTED, Action.APPROVE): Step(PlanState.APPROVED, decides),
    (PlanState.SUBMITTED, Action.RETURN): Step(PlanState.RETURNED, reviews_paper, Opinion.FINDINGS),
    (PlanState.RETURNED, Action.SUBMIT): Step(PlanState.SUBMITTED, writes_plan),
    (PlanState.APPROVED, Action.AMEND): Step(PlanState.AMENDED, writes_plan, Opinion.REQUIRED),
    (PlanState.AMENDED, Action.SUBMIT): Step(PlanState.SUBMITTED, writes_plan),
    (PlanState.SUBMITTED, Action.TAKE_BACK): Step(PlanState.AMENDED, takes_back_amendment),
    (PlanState.AMENDED, Action.DISCARD): Step(PlanState.APPROVED, writes_plan),
    (PlanState.RETURNED, Action.DISCARD): Step(PlanState.APPROVED, writes_amendment),
    (PlanState.APPROVED, Action.CLOSE): Step(PlanState.CLOSED, closes_plan),
}

RECORD: Table = {
    (MeetingState.SCHEDULED, Action.RECORD): Step(MeetingState.HELD, keeps_record_of),
    (MeetingState.SCHEDULED, Action.CANCEL): Step(MeetingState.CANCELLED, keeps_record_of, Opinion.REQUIRED),
    (MeetingState.SCHEDULED, Action.DROP): Step(MeetingState.CANCELLED, approves_amendments),
    (MeetingState.HELD, Action.SUBMIT): Step(MeetingState.SUBMITTED, keeps_record_of),
    (MeetingState.SUBMITTED, Action.WITHDRAW): Step(MeetingState.HELD, withdraws_record),
    (MeetingState.SUBMITTED, Action.FORWARD): Step(MeetingState.SUBMITTED, passes_on),
    (MeetingState.SUBMITTED, Action.ACCEPT): Step(MeetingState.ACCEPTED, decides),
    (MeetingState.SUBMITTED, Action.RETURN): Step(MeetingState.RETURNED, reviews_paper, Opinion.FINDINGS),
    (MeetingState.SUBMITTED, Action.HOLD_AGAIN): Step(
        MeetingState.HOLD_AGAIN, reviews_paper, Opinion.FINDINGS
    ),
    (MeetingState.ACCEPTED, Action.ARCHIVE): Step(MeetingState.ARCHIVED, archives_record, by_clock=True),
    (MeetingState.RETURNED, Action.SUBMIT): Step(MeetingState.SUBMITTED, keeps_record_of),
    (MeetingState.HOLD_AGAIN, Action.RECORD): Step(MeetingState.HELD, keeps_record_of),
}

RECTIFICATION: Table = {
    (RectificationState.OPEN, Action.CLAIM): Step(
        RectificationState.CLAIMED, mends_rectification, Opinion.EVIDENCE
    ),
    (RectificationState.OPEN, Action.REVOKE): Step(
        RectificationState.REVOKED, revokes_rectification, Opinion.REQUIRED
    ),
    (RectificationState.CLAIMED, Action.VERIFY): Step(RectificationState.CLOSED, verifies_rectification),
    (RectificationState.CLAIMED, Action.REOPEN): Step(
        RectificationState.REOPENED, verifies_rectification, Opinion.REQUIRED
    ),
    (RectificationState.REOPENED, Action.CLAIM): Step(
        RectificationState.CLAIMED, mends_rectification, Opinion.EVIDENCE
    ),
    (RectificationState.REOPENED, Action.REVOKE): Step(
        RectificationState.REVOKED, revokes_rectification, Opinion.REQUIRED
    ),
    (RectificationState.CLOSED, Action.REOPEN): Step(
        RectificationState.REOPENED, verifies_rectification, Opinion.REQUIRED
    ),
}

INSPECTION: Table = {
    (InspectionState.OPEN, Action.DRAW): Step(InspectionState.DRAWN, runs_inspection),
    (InspectionState.OPEN, Action.CALL_OFF): Step(
        InspectionState.CALLED_OFF, runs_inspection, Opinion.REQUIRED
    ),
    (InspectionState.DRAWN, Action.START): Step(InspectionState.VISITING, starts_inspection),
    (InspectionState.DRAWN, Action.CONCLUDE): Step(InspectionState.CLOSED, closes_inspection),
    (InspectionState.VISITING, Action.CONCLUDE): Step(InspectionState.CLOSED, closes_inspection),
}

VISIT: Table = {
    (VisitState.PLANNED, Action.BEGIN): Step(VisitState.CHECKING, is_inspector),
    (VisitState.PLANNED, Action.CALL_OFF): Step(VisitState.CALLED_OFF, oversees_visit, Opinion.REQUIRED),
    (VisitState.CHECKING, Action.REPORT): Step(VisitState.MENDING, reports_findings),
    (VisitState.CHECKING, Action.CLEAR): Step(VisitState.CLOSED, finds_nothing),
    (VisitState.MENDING, Action.RECHECK): Step(VisitState.MENDING, rechecks_visit, Opinion.REQUIRED),
    (VisitState.MENDING, Action.CONFIRM): Step(VisitState.CLOSED, confirms_visit),
}

TABLES: Mapping[str, Table] = {
    "plan": PLAN,
    "meeting": RECORD,
    "rectification": RECTIFICATION,
    "inspection": INSPECTION,
    "visit": VISIT,
}

# Where a finding can point: the fields of a plan's item, of the plan itself, and of a record.
PLAN_FIELDS = (
    "day", "kinds", "theme", "problem", "category", "place", "participants", "group", "lecturer", "budget",
    "plan",
)  # fmt: skip
RECORD_FIELDS = (
    "kinds", "day", "starts", "place", "chair", "recorder", "attendance", "theme", "content", "decisions",
)  # fmt: skip


def table_for(subject: Any) -> Table:
    """The table of a subject, told apart by the name of its model."""
    return TABLES[subject._meta.model_name]


def steps_open_to(user: Any, subject: Any) -> dict[str, Step]:
    """The steps this user may take now, for drawing buttons."""
    return {
        action: step
        for (state, action), step in table_for(subject).items()
        if state == subject.state and step.allowed(user, subject)
    }
