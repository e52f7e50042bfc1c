"""Leave asked before a meeting, and the answer. What is asked or granted is prepared in the attendance."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import LEAVE_OPEN, LeaveState, MeetingState, Role
from meetings.models import Appointment, Leave, Meeting, Member, Notice
from meetings.rules import asks_leave, decides_leave, is_own_leave
from meetings.services.attendance import expected_at
from meetings.services.notices import tell
from meetings.services.quorum import tell_quorum
from meetings.services.record import ChangedMeanwhile

ASKED_NOTICE = "leave.asked"
ANSWER_NOTICE = {LeaveState.GRANTED: "leave.granted", LeaveState.REFUSED: "leave.refused"}


class TooLate(Exception):
    """The meeting has begun, was written down or was cancelled."""


@transaction.atomic
def ask_leave(*, meeting: Meeting, reason: str, actor: User, now: datetime | None = None) -> Leave:
    """Ask to stay away, before the meeting begins.

    Raises PermissionDenied for somebody who is not of the branch or group, TooLate, ValidationError for
    somebody who is not expected that day or has asked already.
    """
    now = now or timezone.now()
    if not asks_leave(actor, meeting):
        raise PermissionDenied
    # One at a time per meeting, so that a second click sees the first; and as it stands now.
    meeting = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("organization", "group")
        .get(pk=meeting.pk)
    )
    if not is_still_ahead(meeting, now):
        raise TooLate
    member = _expected(meeting, actor)
    leave = Leave(meeting=meeting, member=member, day=meeting.day, reason=reason, asked_at=now)
    leave.clean_fields(exclude=["meeting", "member", "decided_by", "decided_at"])
    leave.validate_constraints()
    leave.save()
    _record(leave, "leave.ask", actor, now)
    _tell(leave, ASKED_NOTICE, _deciders(meeting, now) - {actor.pk}, now)
    tell_quorum(meeting=meeting, now=now)
    return leave


@transaction.atomic
def decide_leave(
    *, leave: Leave, grant: bool, answer: str = "", actor: User, now: datetime | None = None
) -> Leave:
    """Grant or refuse it. Raises PermissionDenied, ChangedMeanwhile when somebody was faster or the meeting
    is no longer on the calendar, ValidationError for a refusal without a sentence."""
    now = now or timezone.now()
    if not decides_leave(actor, leave):
        raise PermissionDenied
    state = LeaveState.GRANTED if grant else LeaveState.REFUSED
    answer = answer.strip()
    if not grant and not answer:
        raise ValidationError({"answer": _("Whoever refuses a leave says why.")})
    columns = {"state": state, "answer": answer, "decided_by": actor, "decided_at": now}
    _move(leave, (LeaveState.ASKED,), columns)
    _record(leave, f"leave.{'grant' if grant else 'refuse'}", actor, now)
    _settle(leave, now)
    _tell(leave, ANSWER_NOTICE[state], {leave.member.user_id} if leave.member.user_id else set(), now)
    tell_quorum(meeting=leave.meeting, now=now)
    return leave


@transaction.atomic
def withdraw_leave(*, leave: Leave, actor: User, now: datetime | None = None) -> Leave:
    """One can come after all. Raises PermissionDenied for somebody else's, ChangedMeanwhile when it is too
    late for that."""
    now = now or timezone.now()
    if not is_own_leave(actor, leave):
        raise PermissionDenied
    _move(leave, LEAVE_OPEN, {"state": LeaveState.WITHDRAWN})
    _record(leave, "leave.withdraw", actor, now)
    _settle(leave, now)
    tell_quorum(meeting=leave.meeting, now=now)
    return leave


def is_still_ahead(meeting: Meeting, now: datetime) -> bool:
    """On the calendar and not begun. Without a time it begins at the end of its day, as far as we know."""
    if meeting.state != MeetingState.SCHEDULED:
        return False
    local = timezone.localtime(now)
    if meeting.day != local.date():
        return meeting.day > local.date()
    return meeting.starts is None or local.time() < meeting.starts


def _expected(meeting: Meeting, actor: User) -> Member:
    due = expected_at(
        organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
    )
    for person in due:
        if person.member.user_id == actor.pk:
            return person.member
    raise ValidationError(_("You are not expected at this meeting."))


def _move(leave: Leave, before: tuple[LeaveState, ...], columns: dict[str, object]) -> None:
    """Compare and set. A meeting written down in the meantime is closed, and cannot be until we are done.

    Two statements: a condition on the meeting inside the second one would be looked up beforehand, and
    PostgreSQL would not look again at what it waited for.
    """
    ahead = Meeting.objects.filter(pk=leave.meeting_id, state=MeetingState.SCHEDULED)
    unchanged = Leave.objects.filter(pk=leave.pk, state__in=before)
    if not ahead.update(version=F("version")) or not unchanged.update(**columns):
        raise ChangedMeanwhile
    leave.refresh_from_db()


def _deciders(meeting: Meeting, now: datetime) -> set[int]:
    """The group's leader for a meeting of the group, else the secretary; the secretary also where the group
    has no leader or its leader is the one who asks."""
    seats = Appointment.objects.on(timezone.localdate(now)).filter(user__is_active=True)
    secretaries = seats.filter(role=Role.SECRETARY, organization=meeting.organization)
    if meeting.group_id is None:
        return set(secretaries.values_list("user", flat=True))
    leaders = set(seats.filter(role=Role.GROUP_LEADER, group=meeting.group).values_list("user", flat=True))
    return leaders | set(secretaries.values_list("user", flat=True)) if len(leaders) != 1 else leaders


def _tell(leave: Leave, code: str, people: set[int], now: datetime) -> None:
    """Why somebody cannot come stands on the page, not in the notice."""
    values = {
        "name": leave.member.name,
        "subject": leave.meeting.theme,
        "day": leave.day.isoformat(),
        "leave": leave.pk,
    }
    tell(people=people, code=code, values=values, url=_url(leave), now=now)


def _settle(leave: Leave, now: datetime) -> None:
    """This request needs nobody any more; others for the same meeting may."""
    asked = Notice.objects.news().filter(url=_url(leave), code=ASKED_NOTICE, values__leave=leave.pk)
    asked.update(settled_at=now)


def _url(leave: Leave) -> str:
    """The meeting's own address, so that what becomes of the meeting settles the notice."""
    return f"/meetings/{leave.meeting_id}/"


def _record(leave: Leave, action: str, actor: User, now: datetime) -> None:
    record_event(
        actor=actor, action=action, subject=leave, chain=leave.meeting.organization.chain, now=now,
        difference={"day": leave.day.isoformat(), "state": leave.state},
    )  # fmt: skip
