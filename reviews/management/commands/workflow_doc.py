"""Print docs/workflow.md: the transition tables in words and as a drawing."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import TextChoices
from django.utils import translation

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
from reviews.services.notices import TO_MENDERS, TO_REVIEWERS, TO_VERIFIERS, TO_VISITED, TO_WRITERS
from reviews.workflow import INSPECTION, PLAN, RECORD, RECTIFICATION, VISIT, Opinion, Predicate, Step, Table

REVIEWER = (
    "a reviewer on whose desk it lies, who neither wrote it nor leads the branch, nor stands in for either"
)
WHO: dict[Predicate, str] = {
    writes_plan: "the branch's secretary",
    withdraws_plan: "the branch's secretary, before any reviewer has agreed",
    takes_back_amendment: "the branch's secretary, of an amendment and before any reviewer has agreed",
    writes_amendment: "the branch's secretary, of an amendment",
    closes_plan: "the branch's secretary, once the period is over and nothing of the plan is open",
    reviews_paper: REVIEWER,
    passes_on: f"{REVIEWER}; the desk is not the last of the chain",
    decides: f"{REVIEWER}; the desk is the last of the chain, or the one before it is late",
    keeps_record_of: "the branch's secretary; for a group's meeting also the group's leader",
    mends_rectification: "the branch's secretary; the member responsible",
    verifies_rectification: (
        "somebody else than the one who reported it as done and the member responsible: a reviewer at or above "
        "the branch who does not lead it; the branch's secretary for what the branch set itself"
    ),
    revokes_rectification: (
        "a reviewer at or above the branch who does not lead it; the secretary who set it for the own branch"
    ),
    withdraws_record: "whoever keeps the record, before any reviewer has agreed",
    archives_record: "a reviewer at or above the branch who neither wrote the record nor leads the branch",
    approves_amendments: "whoever approves the amended plan, together with it",
    runs_inspection: "a reviewer of the organization that inspects, or of one above it",
    starts_inspection: "whoever begins the first visit",
    closes_inspection: (
        "a reviewer of the organization that inspects, or of one above it, once every visit is closed or called off"
    ),
    is_inspector: "an inspector named for the visit, who is not of the branch",
    oversees_visit: (
        "a reviewer of the organization that inspects, or of one above it, who does not lead the branch"
    ),
    reports_findings: "an inspector whose checklist is complete and says no somewhere",
    finds_nothing: "an inspector whose checklist is complete and says no nowhere",
    rechecks_visit: "a reviewer at or above the branch who does not lead it",
    confirms_visit: (
        "a reviewer at or above the branch who does not lead it, once everything found is verified or revoked"
    ),
}
SAYS = {
    Opinion.OPTIONAL: "–",
    Opinion.REQUIRED: "a reason",
    Opinion.FINDINGS: "at least one coded finding",
    Opinion.EVIDENCE: "what was done and what shows it",
}

HEAD = """\
# Steps of a plan, a record, a rectification item, an inspection and a visit

Printed by `manage.py workflow_doc` from the tables in `reviews/workflow.py`; a test compares.
Not edited by hand.

A step begins only where the table says. `perform` looks it up, asks who may take it, moves the state by
compare-and-set on state *and* version, and appends who did what when. Whoever comes second is told that
someone was faster, and nothing of theirs is written. Pages draw their buttons from the same tables.
"""


class Command(BaseCommand):
    help = "Print docs/workflow.md from the transition tables."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            self.stdout.write(document(), ending="")


def document() -> str:
    parts = [
        HEAD,
        *_chapter("Plan", PLAN, PlanState, PlanState.DRAFT),
        *_chapter("Record of a meeting", RECORD, MeetingState, MeetingState.SCHEDULED),
        *_chapter("Rectification item", RECTIFICATION, RectificationState, RectificationState.OPEN),
        *_chapter("Inspection", INSPECTION, InspectionState, InspectionState.OPEN),
        *_chapter("Visit of an inspection", VISIT, VisitState, VisitState.PLANNED),
    ]
    return "\n".join(parts)


def _chapter(title: str, table: Table, states: type[TextChoices], first: str) -> Iterator[str]:
    names = dict(states.choices)
    yield f"## {title}\n"
    yield f"States: {' · '.join(map(str, names.values()))}.\n"
    yield "| from | step | to | who | says | told |"
    yield "|---|---|---|---|---|---|"
    for (state, action), step in table.items():
        yield _row(names[state], Action(action), names[step.to_state], step)
    yield "\n```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {first}"
    for (state, action), step in table.items():
        yield f"    {state} --> {step.to_state}: {action}"
    yield "```\n"


def _row(before: Any, action: Action, after: Any, step: Step) -> str:
    who = WHO[step.allowed] + ("; the clock, some time later" if step.by_clock else "")
    cells = (before, action.label, after, who, SAYS[step.opinion], _told(action))
    return f"| {' | '.join(map(str, cells))} |"


def _told(action: Action) -> str:
    if action in TO_REVIEWERS:
        return "the reviewers of the desk it comes to"
    if action in TO_VERIFIERS:
        return "who may verify it: the reviewers, or the secretary for what the branch set itself"
    if action in TO_MENDERS:
        return "the secretary and the member responsible"
    return "the secretary" if action in (*TO_WRITERS, *TO_VISITED) else "–"
