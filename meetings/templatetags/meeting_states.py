"""The state of a meeting and the presence of a person as coloured tags with words."""

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from branchlife.templatetags.components import status_tag
from meetings.enums import MeetingState, Presence, RecordSource
from meetings.models import Attendance, Meeting

register = template.Library()

KINDS = {
    MeetingState.SCHEDULED: "neutral",
    MeetingState.HELD: "due",
    MeetingState.SUBMITTED: "info",
    MeetingState.RETURNED: "overdue",
    MeetingState.HOLD_AGAIN: "overdue",
    MeetingState.ACCEPTED: "met",
    MeetingState.ARCHIVED: "met",
    MeetingState.CANCELLED: "none",
}
PRESENCE_KINDS = {
    Presence.PRESENT: "met",
    Presence.LATE: "met",
    Presence.EXCUSED: "due",
    Presence.ABSENT: "overdue",
}


@register.simple_tag
def meeting_state(meeting: Meeting, today: date | None = None) -> SafeString:
    """A meeting whose day has passed is no longer simply on the calendar: it waits to be written down."""
    if today and meeting.state == MeetingState.SCHEDULED and meeting.day <= today:
        return status_tag("due", _("Still to be recorded"))
    return status_tag(KINDS[MeetingState(meeting.state)], meeting.get_state_display())


@register.simple_tag
def presence(row: Attendance) -> SafeString:
    """Nobody without a hard duty to come is shown as absent."""
    if row.presence == Presence.ABSENT and not row.hard_bound:
        return status_tag("neutral", _("not a hard duty"))
    tag = status_tag(PRESENCE_KINDS[Presence(row.presence)], row.get_presence_display())
    if row.source != RecordSource.SELF:
        return tag
    return format_html('{} <span class="hint">{}</span>', tag, _("checked in by code"))
