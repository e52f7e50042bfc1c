"""The own meetings and deadlines as iCalendar (RFC 5545), for the calendar program of phone or office.

It travels to wherever that program keeps its data, so it says what and when, and names nobody.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from branchlife.models import User
from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting, Notice, Obligation
from meetings.period_names import period_name
from meetings.scope import Scope, scope_of
from meetings.services.reminders.resolve import OBLIGATION
from meetings.services.reminders.sources.obligations import page_of

BACK, AHEAD = timedelta(days=31), timedelta(days=120)
USUAL_LENGTH = timedelta(hours=1)
REFRESH = timedelta(hours=4)


def write_calendar(user: User, *, now: datetime | None = None) -> bytes:
    """The feed of one person, in the own language. Four queries and those of the scope."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        calendar = _empty()
        for event in (*_meetings(user, today), *_owed(scope_of(user), today), *_told(user)):
            event.add("dtstamp", now)
            calendar.add_component(event)
        return calendar.to_ical()


def _empty() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//BranchLife//Calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Organizational life"))
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    return calendar


def _meetings(user: User, today: date) -> Iterator[Event]:
    """What one is expected at or keeps the record of; not what one merely may look at from above."""
    mine = Q(pk__in=Meeting.objects.expecting(user).order_by().values("pk")) | _in_hand(scope_of(user))
    meetings = Meeting.objects.visible_to(user).filter(mine, day__range=(today - BACK, today + AHEAD))
    meetings = meetings.exclude(state=MeetingState.CANCELLED).distinct()
    for meeting in meetings.select_related("organization", "group").prefetch_related("parts"):
        group = f" {meeting.group.name}" if meeting.group else ""
        title = f"{meeting.kinds_label}（{meeting.organization.name}{group}）"
        event = _event(f"meeting-{meeting.pk}", title, reverse("meeting_detail", args=[meeting.pk]))
        _add_times(event, meeting)
        if meeting.place:
            event.add("location", meeting.place)
        yield event


def _add_times(event: Event, meeting: Meeting) -> None:
    """Civil time of the branch; a meeting without a time takes the day."""
    if meeting.starts is None:
        event.add("dtstart", meeting.day)
        return
    zone = timezone.get_default_timezone()
    begins = datetime.combine(meeting.day, meeting.starts, tzinfo=zone)
    ends = datetime.combine(meeting.day, meeting.ends, tzinfo=zone) if meeting.ends else begins + USUAL_LENGTH
    event.add("dtstart", begins)
    event.add("dtend", ends)


def _owed(scope: Scope, today: date) -> Iterator[Event]:
    """The last days of what the own branch or group still owes."""
    lines = Obligation.objects.filter(_in_hand(scope)).unmet().begun(today + AHEAD)
    lines = lines.filter(due_on__range=(today - BACK, today + AHEAD)).select_related("organization", "group")
    for line in lines:
        words = {"kind": MeetingKind(line.kind).label, "period": period_name(line.span)}
        title = _("Last day: %(kind)s, %(period)s") % words
        place = line.group.name if line.group else line.organization.name
        yield _due(f"{OBLIGATION}-{line.pk}", f"{title}（{place}）", page_of(line), line.due_on)


def _told(user: User) -> Iterator[Event]:
    """The other deadlines that were announced and still stand."""
    notices = Notice.objects.visible_to(user).current().filter(reminder__isnull=False)
    for notice in notices.exclude(reminder__source=OBLIGATION).select_related("reminder"):
        told = notice.reminder
        assert told is not None
        yield _due(f"{told.source}-{told.subject}", notice.sentence, notice.url, told.due_on)


def _in_hand(scope: Scope) -> Q:
    return Q(organization__path__in=scope.paths("secretary")) | Q(group__in=scope.group_ids)


def _due(uid: str, title: str, url: str, day: date) -> Event:
    event = _event(f"{uid}-{day:%Y%m%d}", title, url)
    event.add("dtstart", day)
    event.add("transp", "TRANSPARENT")
    return event


def _event(uid: str, title: str, url: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}")
    event.add("summary", title)
    event.add("url", f"{settings.SITE_URL}{url}")
    return event
