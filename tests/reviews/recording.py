"""A meeting on the calendar of the test branch, and its record written as a browser would."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from branchlife.models import User
from meetings.enums import Presence
from meetings.models import Meeting, Member
from meetings.services.attendance import Deviation
from meetings.services.record import MeetingFacts, schedule_meeting
from reviews.enums import Action, FindingReason
from reviews.services.records import log_meeting, return_record
from reviews.services.workflow import FindingDraft, perform
from tests.typed_forms import shown_form
from tests.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday morning in Shanghai
EVENING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # of that day, when its meetings are over
TODAY = date(2026, 11, 23)
DAY = date(2026, 11, 20)
CONTENT = "集体学习有关文件，结合岗位交流发言。"


@contextmanager
def at(moment: datetime = NOW) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def put_on_calendar(world: World, **facts: object) -> Meeting:
    """A theme day of the branch, as an approved plan would have put it there."""
    group = facts.pop("group", None)
    known = {
        "kinds": ("theme_day",),
        "theme": "廉政警示教育",
        "day": DAY,
        "starts": time(15),
        "place": "三楼会议室",
    }
    return schedule_meeting(
        organization=world.branch,
        group=group,
        facts=MeetingFacts(**(known | facts)),
        actor=world.secretary,
        now=NOW,
    )


def write_down(
    world: World,
    meeting: Meeting,
    *away: tuple[Member, str],
    submit: bool = True,
    now: datetime | None = None,
    **facts: object,
) -> Meeting:
    """A complete record, that of a meeting of today written in the evening; ``away`` are members with the reason
    of their leave."""
    known = {
        "kinds": tuple(meeting.kinds), "theme": meeting.theme, "day": meeting.day, "starts": time(15),
        "ends": time(16, 30), "place": "三楼会议室", "chair": world.members[0], "recorder": world.members[1],
        "content": CONTENT,
    }  # fmt: skip
    return log_meeting(
        meeting=meeting,
        version=meeting.version,
        facts=MeetingFacts(**(known | facts)),
        deviations={member.pk: Deviation(Presence.EXCUSED, reason) for member, reason in away},
        actor=world.secretary,
        submit=submit,
        now=now or (EVENING if facts.get("day", meeting.day) == TODAY else NOW),
    )


def submitted(world: World, *away: tuple[Member, str], **facts: object) -> Meeting:
    return write_down(world, put_on_calendar(world, **facts), *away)


def found(field: str = "content", sentence: str = "发言要点过于简略") -> FindingDraft:
    return FindingDraft(FindingReason.MISSING, field, sentence)


def returned(world: World, *, hold_again: bool = False, now: datetime = NOW) -> Meeting:
    meeting = submitted(world)
    return_record(meeting=meeting, findings=[found()], hold_again=hold_again, actor=world.reviewer, now=now)
    return meeting


def accepted(world: World, **facts: object) -> Meeting:
    meeting = submitted(world, **facts)
    perform(meeting, Action.ACCEPT, actor=world.reviewer, now=NOW)
    return meeting


def record_url(meeting: Meeting) -> str:
    return reverse("meeting_record", args=[meeting.pk])


def step_url(meeting: Meeting, action: str) -> str:
    return reverse("meeting_step", args=[meeting.pk, action])


def complete(client: Client, meeting: Meeting, **typed: object) -> dict[str, object]:
    """The record page's fields with what is still missing filled in."""
    rest = {"ends": "16:30", "content": CONTENT, "recorder": _first_option(meeting)}
    return shown_form(client.get(record_url(meeting)), **(rest | typed))


def _first_option(meeting: Meeting) -> str:
    return str(Member.objects.of_branch(meeting.organization, meeting.day)[1].pk)


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def text_of(response: HttpResponse) -> str:
    return response.content.decode()
