"""The same rows for inspections: rounds, and visits before and after they happened."""

from typing import Any

from django.db import models

from meetings.models import Organization
from reviews.models import FrameEntry, Inspection, Visit
from tests.meetings.visible_rows import DAY, NOW, Rows
from tests.world import World

INSPECTIONS_EXPECTED: dict[type[models.Model], dict[str, str]] = {
    # Of the own committee, and those that may draw a branch one answers for.
    Inspection: {
        "secretary": "unannounced announced",
        "small_secretary": "unannounced announced",
        "reviewer": "unannounced announced",
        "administrator": "unannounced announced",
        "other_secretary": "elsewhere",
        "other_reviewer": "elsewhere",
    },
    # The sister branch's secretary is the inspector of what is ahead of the branch, which does not see it.
    Visit: {
        "secretary": "own-announced own-over",
        "small_secretary": "own-ahead",
        "reviewer": "own-ahead own-announced own-over small-ahead",
        "administrator": "own-ahead own-announced own-over small-ahead",
        "other_secretary": "other-over",
        "other_reviewer": "other-over",
    },
}


def inspection_rows_seen(world: World) -> Rows:
    own, small, other = world.branch, world.small_branch, world.other_branch
    rounds = {
        "unannounced": _round(world, world.committee, [own, small]),
        "announced": _round(world, world.committee, [own, small], kind="announced"),
        "elsewhere": _round(world, world.other_committee, [other]),
    }
    older = _round(world, world.committee, [])
    over = {"state": "closed", "checked_by": world.other_reviewer, "checked_at": NOW}
    visits = {
        "own-ahead": _visit(rounds["unannounced"], own),
        "own-announced": _visit(rounds["announced"], own),
        "own-over": _visit(older, own, **over),
        "small-ahead": _visit(rounds["unannounced"], small),
        "other-over": _visit(rounds["elsewhere"], other, **over),
    }
    visits["own-ahead"].inspectors.add(world.small_secretary)
    return {Inspection: rounds, Visit: visits}


def _round(world: World, organization: Organization, frame: list, kind: str = "unannounced") -> Inspection:
    row = Inspection.objects.create(
        organization=organization, purpose="检查", kind=kind, number=1, starts_on=DAY, ends_on=DAY, cap=2,
        state="drawn", drawn_by=world.reviewer, drawn_at=NOW, seed="5e" * 32, opened_by=world.reviewer,
        opened_at=NOW,
    )  # fmt: skip
    for branch in frame:
        FrameEntry.objects.create(inspection=row, organization=branch, recency="never", visits_in_year=0)
    return row


def _visit(inspection: Inspection, branch: Organization, **facts: Any) -> Visit:
    announced = inspection.kind == "announced"
    return Visit.objects.create(inspection=inspection, organization=branch, announced=announced, **facts)
