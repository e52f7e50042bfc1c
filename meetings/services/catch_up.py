"""Catching up (补课) after a meeting one missed. It changes neither who was present nor an old quorum."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import DISCHARGING, HERE, MeetingState
from meetings.models import Attendance, Meeting
from meetings.rules import can_note_catch_up
from meetings.services.record import ChangedMeanwhile


def takes_catch_up(meeting: Meeting) -> bool:
    """After the meeting, whatever the review says of its record; not once it is archived."""
    return meeting.state in DISCHARGING and meeting.state != MeetingState.ARCHIVED


@transaction.atomic
def note_catch_up(
    *, attendance: Attendance, caught_up_on: date | None, note: str, actor: User, now: datetime | None = None
) -> Attendance:
    """Note when and how somebody who was away made good for it; without a day the note is taken back.

    Raises PermissionDenied, ChangedMeanwhile when the person counts as present by now or the record is
    archived, ValidationError for an impossible day.
    """
    if not can_note_catch_up(actor, attendance):
        raise PermissionDenied
    if not takes_catch_up(attendance.meeting):
        raise ChangedMeanwhile
    if caught_up_on:
        _check(attendance, caught_up_on, timezone.localdate(now))
    away = Attendance.objects.filter(pk=attendance.pk).exclude(presence__in=HERE)
    if not away.update(caught_up_on=caught_up_on, catch_up_note=note if caught_up_on else ""):
        raise ChangedMeanwhile
    attendance.refresh_from_db()
    record_event(
        actor=actor, action="attendance.catch_up", subject=attendance, now=now,
        chain=attendance.meeting.organization.chain,
        difference={"caught_up_on": caught_up_on.isoformat() if caught_up_on else None},
    )  # fmt: skip
    return attendance


def _check(attendance: Attendance, day: date, today: date) -> None:
    if day < attendance.day:
        sentence = _("The meeting was on %(day)s: it is caught up on after it.")
        raise ValidationError({"caught_up_on": sentence % {"day": date_format(attendance.day)}})
    if day > today:
        raise ValidationError({"caught_up_on": _("%(day)s has not come yet.") % {"day": date_format(day)}})
