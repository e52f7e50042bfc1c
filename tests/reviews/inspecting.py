"""Inspections and visits for tests, made through the services."""

from datetime import date
from typing import Any

from reviews.enums import Action, InspectionKind, InspectionState, VisitAnswerValue, VisitState
from reviews.models import Inspection, Visit
from reviews.services.inspections.rechecks import Remark, items_to_recheck, recheck_visit
from reviews.services.inspections.rounds import (
    InspectionTerms,
    draw_inspection,
    open_inspection,
    take_round_step,
)
from reviews.services.inspections.visits import (
    AnswerDraft,
    assign_visit,
    begin_visit,
    call_off_visit,
    finish_visit,
    save_answers,
)
from tests.reviews.planning import NOW, TODAY
from tests.reviews.rectifying import step
from tests.world import World

FAULT = "缺席人员没有写明原因"
TERMS: dict[str, Any] = {
    "purpose": "四季度组织生活暗访", "kind": InspectionKind.UNANNOUNCED, "number": 2, "starts_on": TODAY,
    "ends_on": date(2026, 12, 20), "cap": 2,
}  # fmt: skip


def opened(world: World, **terms: Any) -> Inspection:
    """A round of the committee over its two branches."""
    return open_inspection(
        organization=world.committee, terms=InspectionTerms(**TERMS | terms), actor=world.reviewer, now=NOW
    )


def drawn(world: World, **terms: Any) -> Inspection:
    inspection = opened(world, **terms)
    draw_inspection(inspection=inspection, version=1, actor=world.reviewer, now=NOW)
    return inspection


def make_inspection(world: World, state: str, **terms: Any) -> Inspection:
    """A round that went the usual way to its state."""
    if state in (InspectionState.OPEN, InspectionState.CALLED_OFF):
        inspection = opened(world, **terms)
        if state == InspectionState.CALLED_OFF:
            close(inspection, world, Action.CALL_OFF)
        return inspection
    inspection = drawn(world, **terms)
    if state == InspectionState.VISITING:
        bring_to(visit_of(world, inspection), world, VisitState.CHECKING)
    if state == InspectionState.CLOSED:
        for visit in inspection.visits.all():
            call_off_visit(visit=visit, version=visit.version, reason="撤并", actor=world.reviewer, now=NOW)
        close(inspection, world, Action.CONCLUDE)
    return Inspection.objects.get(pk=inspection.pk)


def close(inspection: Inspection, world: World, action: Action) -> None:
    take_round_step(
        inspection=inspection, action=action, version=inspection.version, actor=world.reviewer, comment="理由",
        now=NOW,
    )  # fmt: skip


def visit_of(world: World, inspection: Inspection) -> Visit:
    return Visit.objects.get(inspection=inspection, organization=world.branch)


def make_visit(world: World, state: str = VisitState.PLANNED, **terms: Any) -> Visit:
    """A visit of ``world.branch``; the inspectors are the other branch's secretary and the reviewer."""
    visit = visit_of(world, drawn(world, **terms))
    bring_to(visit, world, state)
    return Visit.objects.get(pk=visit.pk)


def bring_to(visit: Visit, world: World, state: str) -> None:
    """Closed is closed by a re-check."""
    if state == VisitState.CALLED_OFF:
        call_off_visit(visit=visit, version=visit.version, reason="撤并", actor=world.reviewer, now=NOW)
        return
    assign(visit, world)
    if state == VisitState.PLANNED:
        return
    begin_visit(visit=visit, version=visit.version, actor=world.small_secretary, now=NOW)
    if state == VisitState.CHECKING:
        return
    fill_in(visit, world, faults=1)
    finish_visit(visit=visit, actor=world.small_secretary, now=NOW)
    if state == VisitState.CLOSED:
        mend_all(visit, world)
        recheck(visit, world, mended=True)


def assign(visit: Visit, world: World) -> None:
    assign_visit(
        visit=visit, version=visit.version, inspectors=[world.small_secretary, world.reviewer], day=TODAY,
        actor=world.reviewer, now=NOW,
    )  # fmt: skip


def fill_in(visit: Visit, world: World, faults: int = 0) -> None:
    """The first questions are answered no, all others yes."""
    rows = list(visit.answers.all())
    no = AnswerDraft(VisitAnswerValue.NO, FAULT)
    answers = {row.pk: no if index < faults else AnswerDraft("yes") for index, row in enumerate(rows)}
    save_answers(
        visit=visit, version=visit.version, answers=answers, summary="总体较好", actor=world.small_secretary,
        now=NOW,
    )  # fmt: skip


def mend_all(visit: Visit, world: World) -> None:
    for item in visit.items().open():
        step(item, Action.CLAIM, world.secretary)


def recheck(visit: Visit, world: World, *, mended: bool) -> bool:
    remark = Remark(mended, "" if mended else "仍缺两处")
    return recheck_visit(
        visit=visit, version=visit.version, actor=world.reviewer, now=NOW,
        remarks={item.pk: remark for item in items_to_recheck(visit)},
    )  # fmt: skip
