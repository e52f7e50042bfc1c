"""How the made-up committee looked at what was held: a judgement, a note of somebody who sat in, ratings."""

from datetime import datetime, timedelta

from meetings.enums import ACCEPTED_STATES, MeetingKind
from meetings.models import Meeting
from reviews.enums import Rating, Verdict
from reviews.models import Rated, RatingCount
from reviews.services.demo.roster import Branch, Cast
from reviews.services.evaluation import MarkDraft, evaluate_meeting, note_sit_in, steps_to_judge

SEEN = "议题集中，发言有准备；两名年轻党员没有发言，建议下次点名请他们先讲。"


def check_meetings(*, cast: Cast, now: datetime) -> None:
    """After the stories: the latest theme day of the office that was accepted, and one of the hall."""
    for key, fault in (("office", ""), ("hall", "议定事项没有写明谁来落实")):
        branch = cast.branches[key]
        meeting = _latest(branch)
        _judge(cast, meeting, fault, now - timedelta(minutes=50))
        _rate(meeting)
    note_sit_in(
        meeting=_latest(cast.branches["office"]), leader=cast.reviewer.name, text=SEEN, actor=cast.reviewer,
        now=now - timedelta(minutes=40),
    )  # fmt: skip


def _latest(branch: Branch) -> Meeting:
    held = Meeting.objects.filter(organization=branch.organization, state__in=ACCEPTED_STATES, group=None)
    found = held.of_kind(MeetingKind.THEME_DAY).order_by("-day", "-pk").first()
    assert found
    return found


def _judge(cast: Cast, meeting: Meeting, fault: str, now: datetime) -> None:
    steps = steps_to_judge(meeting)
    marks = [
        MarkDraft(step, Verdict.PARTLY, fault, to_rectify=True)
        if fault and step == steps[-1]
        else MarkDraft(step, Verdict.MET)
        for step in steps
    ]
    comment = "" if fault else "主题贴近窗口实际，组织有序。"
    evaluate_meeting(meeting=meeting, version=0, marks=marks, comment=comment, actor=cast.reviewer, now=now)


def _rate(meeting: Meeting) -> None:
    """Six answers, of which five are shown."""
    there = list(meeting.attendances.here().order_by("pk")[:6])
    Rated.objects.bulk_create(Rated(meeting=meeting, member_id=row.member_id) for row in there)
    given = {Rating.GOOD: len(there) - 1, Rating.FAIR: 1}
    RatingCount.objects.bulk_create(
        RatingCount(
            meeting=meeting, rating=each, given=given.get(each, 0),
            shown=min(given.get(each, 0), 4) if each == Rating.GOOD else given.get(each, 0),
        )
        for each in Rating
    )  # fmt: skip
