"""Records to write: meetings whose day has come and which are not handed in yet."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.enums import DeadlineSubject, MeetingState
from meetings.ladder import Ladder
from meetings.models import Meeting
from meetings.reminding import Facts, Horizon, Matter, Source, register, wordings
from meetings.services.rulebook.effective import read_deadlines

RECORD = "record"
# What came back from the reviewer has a deadline of its own, counted from the day it came back.
TO_WRITE = (MeetingState.SCHEDULED, MeetingState.HELD)
# Of older meetings nobody is reminded any more: the ladder has long come to its end.
LOOK_BACK = timedelta(days=366)


def _due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    """By the time limit in force where and when the meeting was. Without one nothing is due."""
    first = horizon.today - LOOK_BACK
    meetings = Meeting.objects.filter(state__in=TO_WRITE, day__range=(first, horizon.today))
    if only is not None:
        meetings = meetings.filter(pk__in=only)
    limits = read_deadlines(first, horizon.today)
    columns = ("pk", "day", "organization_id", "organization__path", "group_id")
    for pk, day, organization, path, group in meetings.order_by().values_list(*columns):
        limit = limits.at(DeadlineSubject.RECORD, path, day)
        if limit and limit.is_active:
            yield Matter(pk, limit.due_on(day, horizon.calendar), organization, path, group)


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    """The kinds and the day, not the theme: that may say what it was about."""
    rows = Meeting.objects.select_related("organization", "group").prefetch_related("parts")
    meetings = rows.in_bulk([matter.subject for matter in matters])
    return {
        matter: Facts(_values(meeting, matter), reverse("meeting_record", args=[meeting.pk]))
        for matter in matters
        if (meeting := meetings.get(matter.subject))
    }


def _values(meeting: Meeting, matter: Matter) -> dict[str, str]:
    group = f" {meeting.group.name}" if meeting.group else ""
    return {
        "bearer": f"{meeting.organization.name}{group}",
        "kinds": ",".join(meeting.kinds),
        "day": meeting.day.isoformat(),
        "due_on": matter.due_on.isoformat(),
    }


register(
    Source(
        code=RECORD,
        title=_("Record to write"),
        due=_due,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=_facts,
        ladder=Ladder(before=(1,), above=(5, 10)),
        wordings=wordings(
            due=_("%(bearer)s: the record of %(kinds)s of %(day)s is to be handed in by %(due_on)s."),
            overdue=_("%(bearer)s: the record of %(kinds)s of %(day)s is overdue; it was due by %(due_on)s."),
            escalated=_(
                "%(bearer)s is late with the record of %(kinds)s of %(day)s; it was due by %(due_on)s."
            ),
        ),
    )
)
