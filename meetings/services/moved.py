"""Telling those expected at a meeting on the calendar that it is not as it was: moved, or called off."""

from datetime import date, datetime, time

from django.urls import reverse
from django.utils import timezone

from branchlife.models import User
from meetings.models import Meeting, Notice
from meetings.services.attendance import expected_at
from meetings.services.notices import tell

MOVED, CALLED_OFF = "meeting.moved", "meeting.called_off"
When = tuple[date, time | None, str]  # day, beginning, place


def when_of(meeting: Meeting) -> When:
    return meeting.day, meeting.starts, meeting.place


def tell_moved(*, meeting: Meeting, before: When, actor: User, now: datetime | None) -> None:
    """To whom the new day is news; an earlier move of the same meeting is out of date by that. A meeting that is
    entered under a day gone by is told to nobody. Call inside the transaction of the change."""
    now, url = now or timezone.now(), reverse("meeting_detail", args=[meeting.pk])
    if when_of(meeting) == before or _is_over(meeting, now):
        return
    Notice.objects.news().filter(code=MOVED, url=url).update(settled_at=now)
    values = {"subject": meeting.theme, "moment": _moment(meeting), "where": meeting.place}
    tell(people=_expected(meeting, actor), code=MOVED, values=values, url=url, now=now)


def tell_called_off(*, meeting: Meeting, actor: User | None, now: datetime) -> None:
    """Its page is the branch's alone from now on, so the own meetings are what is opened."""
    if not _is_over(meeting, now):
        values = {"subject": meeting.theme, "day": meeting.day.isoformat()}
        people, url = _expected(meeting, actor), reverse("my_page")
        tell(people=people, code=CALLED_OFF, values=values, url=url, now=now)


def _is_over(meeting: Meeting, now: datetime) -> bool:
    return meeting.day < timezone.localdate(now)


def _moment(meeting: Meeting) -> str:
    day = meeting.day.isoformat()
    return f"{day} {meeting.starts:%H:%M}" if meeting.starts else day


def _expected(meeting: Meeting, actor: User | None) -> set[int]:
    """The accounts of those who are due on its day; whoever changed it knows."""
    due = expected_at(
        organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
    )
    users = {person.member.user_id for person in due if person.member.user_id}
    return users - {actor.pk if actor else None}
