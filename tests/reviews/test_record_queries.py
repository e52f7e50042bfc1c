"""The fullest page of a record asks no more than any other: a general meeting with votes, files and items it comes
back to, handed in and opened by the one who decides."""

from datetime import timedelta

import pytest

from meetings.models import Attachment, Meeting
from reviews.services.records import submit_record
from tests.meetings.voting import held, put
from tests.reviews.pages import MOST_QUERIES, html_of, queries
from tests.reviews.planning import NOW
from tests.reviews.recording import EVENING, at
from tests.reviews.rectifying import make_item
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_a_general_meeting_that_waits_for_a_decision(world: World, rows: int) -> None:
    meeting = held(world)
    for number in range(rows):
        put(world, meeting, subject=f"第{number}项决议", votes=(8, 0, 0))
        make_item(world)
        Attachment.objects.create(
            meeting=meeting, name=f"附件{number}.pdf", kind="pdf", digest=f"{number:064}", size=1200 + number,
            uploaded_by=world.secretary, uploaded_at=NOW,
        )  # fmt: skip
    submit_record(meeting=Meeting.objects.get(pk=meeting.pk), actor=world.secretary, now=EVENING)
    with at(EVENING + timedelta(minutes=1)):
        shown = html_of(
            world.reviewer, f"/meetings/{meeting.pk}/"
        )  # opening minutes is noted once in a while
        assert queries(world.reviewer, f"/meetings/{meeting.pk}/") <= MOST_QUERIES
    assert all(f"附件{number}.pdf" in shown and f"第{number}项决议" in shown for number in range(rows))
