"""Inspections: an unannounced round with a visit of the branch that nobody has seen yet, an announced one whose
visit found something, and one that is still to be drawn."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from reviews.enums import InspectionKind
from reviews.models import Inspection, Visit
from reviews.services.inspections.rounds import InspectionTerms, draw_inspection, open_inspection
from reviews.services.inspections.visits import (
    AnswerDraft,
    assign_visit,
    begin_visit,
    finish_visit,
    save_answers,
)
from tests.world import World


def inspection_things(world: World) -> dict[str, models.Model]:
    """The reviewer inspects; the group leader, a member, and the secretary are of the branch."""
    ahead = _visit(world, InspectionKind.UNANNOUNCED)
    begun = _visit(world, InspectionKind.UNANNOUNCED)
    found = _visit(world, InspectionKind.ANNOUNCED)
    for visit in (begun, found):
        begin_visit(visit=visit, version=visit.version, actor=world.reviewer)
    answers = {row.pk: AnswerDraft("no", "缺") for row in found.answers.all()}
    save_answers(visit=found, version=found.version, answers=answers, summary="", actor=world.reviewer)
    finish_visit(visit=found, actor=world.reviewer)
    return {
        "visit_ahead": ahead, "visit_begun": begun, "visit_found": found, "inspection_drawn": ahead.inspection,
        "inspection_announced": found.inspection, "inspection_open": _open(world, InspectionKind.ANNOUNCED),
    }  # fmt: skip


def _open(world: World, kind: str) -> Inspection:
    today = timezone.localdate()
    last = today.replace(month=12, day=31)
    terms = InspectionTerms("检查", kind, 2, today, min(today + timedelta(days=20), last), 12)
    return open_inspection(organization=world.committee, terms=terms, actor=world.reviewer)


def _visit(world: World, kind: str) -> Visit:
    inspection = _open(world, kind)
    draw_inspection(inspection=inspection, version=1, actor=world.reviewer)
    visit = Visit.objects.get(inspection=inspection, organization=world.branch)
    assign_visit(
        visit=visit, version=visit.version, inspectors=[world.reviewer], day=None, actor=world.reviewer
    )
    return visit
