"""A general meeting with a vote, handed in and returned: the page with the most on it."""

from datetime import time, timedelta

from django.db import models
from django.utils import timezone

from meetings.enums import MeetingKind, Presence, ResolutionKind
from meetings.services.attendance import Deviation
from meetings.services.record import MeetingFacts, schedule_meeting
from meetings.services.resolutions import ResolutionDraft, Votes, add_resolution
from reviews.enums import FindingReason
from reviews.services.records import log_meeting, return_record
from reviews.services.workflow import FindingDraft
from tests.world import World


def held_things(world: World) -> dict[str, models.Model]:
    yesterday = timezone.localdate() - timedelta(days=1)
    kinds = (MeetingKind.GENERAL, MeetingKind.ORGANIZATIONAL_LIFE)
    facts = MeetingFacts(
        kinds=kinds, theme="已表决", day=yesterday, starts=time(14), ends=time(16), place="会议室",
        chair=world.members[0], recorder=world.members[1], content="讨论并表决。", decisions="通过",
    )  # fmt: skip
    meeting = schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary)
    absent = {world.members[5].pk: Deviation(Presence.EXCUSED, "出差")}
    log_meeting(
        meeting=meeting, version=meeting.version, facts=facts, deviations=absent, actor=world.secretary
    )
    for subject, votes in (("修订服务承诺", Votes(6, 0, 1)), ("经费使用", Votes(7, 0, 0))):
        add_resolution(
            meeting=meeting, kind=ResolutionKind.GENERAL, draft=ResolutionDraft(subject, votes=votes),
            actor=world.secretary,
        )  # fmt: skip
    meeting.refresh_from_db()
    log_meeting(
        meeting=meeting, version=meeting.version, facts=facts, deviations=absent, actor=world.secretary,
        submit=True,
    )  # fmt: skip
    findings = [
        FindingDraft(FindingReason.MISSING, field, "过于简略") for field in ("content", "attendance", "place")
    ]
    return_record(meeting=meeting, findings=findings, hold_again=False, actor=world.reviewer)
    return {"returned": meeting}
