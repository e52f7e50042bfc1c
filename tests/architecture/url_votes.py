"""A meeting still to come with a vote, leave and a written opinion, and somebody who was absent."""

from datetime import date, time, timedelta

from django.db import models
from django.utils import timezone

from meetings.enums import ExclusionReason, MeetingKind, ResolutionKind
from meetings.models import Attendance
from meetings.services.exclusions import request_exclusion
from meetings.services.leave import ask_leave
from meetings.services.opinions import hand_in_opinion
from meetings.services.record import MeetingFacts, schedule_meeting
from meetings.services.resolutions import ResolutionDraft, add_resolution
from tests.world import World


def vote_things(world: World) -> dict[str, models.Model]:
    """Call after the records are written: one of them has the absence."""
    today: date = timezone.localdate()
    facts = MeetingFacts(
        kinds=(MeetingKind.GENERAL,), theme="将要表决", day=today + timedelta(days=2), starts=time(9)
    )
    ahead = schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary)
    vote = add_resolution(
        meeting=ahead, kind=ResolutionKind.ADMISSION, actor=world.secretary,
        draft=ResolutionDraft("接收新同志", about="新同志", is_secret=True),
    )  # fmt: skip
    return {
        "ahead": ahead,
        "vote": vote,
        "opinion": hand_in_opinion(
            resolution=vote, member=world.members[4], received_on=today, actor=world.secretary
        ),
        "leave": ask_leave(meeting=ahead, reason="出差", actor=world.member),
        "absence": Attendance.objects.get(member=world.members[3], meeting__organization=world.branch),
        "exclusion": request_exclusion(
            organization=world.branch, member=world.members[2], reason=ExclusionReason.LONG_ILL,
            explanation="卧床不起", actor=world.secretary,
        ),
    }  # fmt: skip
