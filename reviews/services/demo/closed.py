"""Old records of the model branch lie in the archive, one with a correction beside it."""

from datetime import datetime, timedelta

from django.utils import timezone

from meetings.enums import MeetingState
from meetings.models import Meeting
from reviews.enums import Action
from reviews.services.archive import correct_record
from reviews.services.demo.roster import Cast
from reviews.services.workflow import perform

OLD = timedelta(days=75)
PUT_AWAY = 8


def put_away_old(*, cast: Cast, now: datetime) -> None:
    office, day = cast.branches["office"], timezone.localdate(now)
    old = Meeting.objects.filter(
        organization=office.organization, state=MeetingState.ACCEPTED, day__lte=day - OLD
    )
    yesterday = now - timedelta(days=1)
    meetings = list(old.select_related("organization").order_by("-day", "-pk")[:PUT_AWAY])
    for meeting in meetings:
        perform(meeting, Action.ARCHIVE, actor=cast.reviewer, now=yesterday)
    if meetings:
        wrong = meetings[0]
        text = f"会议地点原记为“{wrong.place}”，经核对应为“二楼党员活动室”，其余内容无误。"
        correct_record(meeting=wrong, text=text, actor=office.secretary, now=yesterday + timedelta(hours=2))
