"""The same rows for what the loop adds: judgements, notes, inspections, visits."""

from django.db import models

from meetings.models import Meeting
from reviews.models import Evaluation, SitInNote
from tests.meetings.visible_rows import NOW, Rows
from tests.world import World, make_user

LOOP_EXPECTED: dict[type[models.Model], dict[str, str]] = {
    # Of the meetings one answers for, and of the groups one leads.
    Evaluation: {
        "group_leader": "g1-held",
        "secretary": "held g1-held",
        "small_secretary": "small-held",
        "reviewer": "held g1-held small-held",
        "administrator": "held g1-held small-held",
        "other_secretary": "other-held",
        "other_reviewer": "other-held",
    },
    SitInNote: {
        "secretary": "held g1-held",
        "small_secretary": "small-held",
        "reviewer": "held g1-held small-held",
        "administrator": "held g1-held small-held",
        "other_secretary": "other-held",
        "other_reviewer": "other-held",
    },
}


def loop_rows(world: World, rows: Rows) -> Rows:
    writer = make_user("writer")
    held = {name: meeting for name, meeting in rows[Meeting].items() if name.endswith("held")}
    return {
        Evaluation: {
            name: Evaluation.objects.create(meeting=meeting, evaluator=writer, at=NOW)
            for name, meeting in held.items()
        },
        SitInNote: {
            name: SitInNote.objects.create(meeting=meeting, author=writer, leader="周", text="好", at=NOW)
            for name, meeting in held.items()
        },
    }
