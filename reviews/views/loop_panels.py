"""What the page of a meeting shows of the rest of the loop: what it comes back to. Few queries each."""

from typing import Any

from django.utils import timezone

from branchlife.models import User
from meetings.models import Meeting
from reviews.models import Rectification
from reviews.services.agenda import agenda_of, with_notes
from reviews.views.rectification import tag_item


def loop_panels(meeting: Meeting, user: User) -> dict[str, Any]:
    """For those who see the record in full."""
    return {"agenda": _agenda(meeting)}


def _agenda(meeting: Meeting) -> list[Rectification]:
    """The items the meeting comes back to, each with what it said about it (``noted``)."""
    today = timezone.localdate()
    items = list(with_notes(agenda_of(meeting, today), meeting))
    for item in items:
        tag_item(item, today)
    return items
