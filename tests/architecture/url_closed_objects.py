"""An accepted record, and one in the archive."""

from datetime import time, timedelta

from django.db import models
from django.utils import timezone

from meetings.enums import MeetingKind
from meetings.models import Meeting
from meetings.services.record import MeetingFacts, schedule_meeting
from reviews.enums import Action
from reviews.services.records import accept_record, log_meeting
from reviews.services.workflow import perform
from tests.world import World


def closed_things(world: World) -> dict[str, models.Model]:
    archived = _accepted(world, 3)
    perform(archived, Action.ARCHIVE, actor=world.reviewer)
    return {"accepted": _accepted(world, 2), "archived": archived}


def _accepted(world: World, days_ago: int) -> Meeting:
    facts = MeetingFacts(
        kinds=(MeetingKind.LECTURE,), theme="已通过", day=timezone.localdate() - timedelta(days=days_ago),
        starts=time(9), ends=time(10), place="会议室", chair=world.members[0], recorder=world.members[1],
        content="学习",
    )  # fmt: skip
    meeting = schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary)
    log_meeting(
        meeting=meeting,
        version=meeting.version,
        facts=facts,
        deviations={},
        actor=world.secretary,
        submit=True,
    )
    accept_record(meeting=meeting, actor=world.reviewer)
    return meeting
