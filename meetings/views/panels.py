"""What the page of a meeting shows beside its record: leave, forecast, votes, guests. Few queries each."""

from operator import itemgetter
from typing import Any

from django.db.models import OuterRef
from django.utils import timezone

from branchlife.gathered import gathered
from branchlife.models import User
from meetings.enums import LeaveState, MeetingState, votes_taken_at
from meetings.models import Attachment, Leave, Meeting
from meetings.rules import asks_leave, can_see_attendance, can_write_record, is_own_leave, keeps_record_of
from meetings.scope import scope_of
from meetings.services.catch_up import takes_catch_up
from meetings.services.forecast import forecast_of
from meetings.services.leave import is_still_ahead
from meetings.services.verdicts import verdict_of

FILE_COLUMNS = ("pk", "name", "size")


def meeting_panels(meeting: Meeting, user: User) -> dict[str, Any]:
    """For a template: an ordinary member gets the own leave and nothing else."""
    in_full = can_see_attendance(user, meeting)
    ahead = meeting.state == MeetingState.SCHEDULED
    leaves = _leaves(meeting, None if in_full else scope_of(user).member_id) if ahead else []
    own = next((each for each in leaves if is_own_leave(user, each)), None)
    here = list(meeting.check_ins.filter(day=meeting.day)) if ahead and meeting.self_check_in else []
    panels: dict[str, Any] = {
        "own_leave": own,
        "can_ask_leave": False,
        "checked_in": len(here),
        "own_check_in": next((each for each in here if each.member_id == scope_of(user).member_id), None),
    }
    if asks_leave(user, meeting) and is_still_ahead(meeting, timezone.now()):
        panels["can_ask_leave"] = own is None or not own.is_open or own.is_lapsed
    return panels | _in_full(meeting, user, leaves) if in_full else panels


def _leaves(meeting: Meeting, member: int | None) -> list[Leave]:
    """The latest first; of one member or of all. Once the meeting is written down the attendance says it."""
    leaves = meeting.leaves.exclude(state=LeaveState.WITHDRAWN).order_by("-asked_at", "-pk")
    found = list(leaves.filter(member=member) if member else leaves)
    for leave in found:
        leave.meeting = meeting
    return found


def _in_full(meeting: Meeting, user: User, leaves: list[Leave]) -> dict[str, Any]:
    ahead = meeting.state == MeetingState.SCHEDULED
    standing = [each for each in leaves if each.is_open and not each.is_lapsed]
    return {
        "takes_votes": bool(votes_taken_at(meeting.kinds)),
        "ahead": ahead,
        "left_out": [
            part.get_kind_display() for part in meeting.parts.all() if getattr(part, "left_out", False)
        ],
        "forecast": forecast_of(meeting) if ahead else None,
        "leave_count": len(standing),
        "leave_asked": sum(each.state == LeaveState.ASKED for each in standing),
        "votes": [] if ahead else [(each, verdict_of(each)) for each in _votes(meeting)],
        "guests": meeting.guests.splitlines(),
        "attachments": [] if ahead else _files(meeting),
        "can_write": can_write_record(user, meeting),
        "can_catch_up": keeps_record_of(user, meeting) and takes_catch_up(meeting),
    }


def panel_columns(meeting: str) -> dict[str, Any]:
    """What is read together with a row that reaches the meeting by that name."""
    files = Attachment.objects.filter(meeting=OuterRef(meeting))
    return {"files": gathered(files, **{name: name for name in FILE_COLUMNS})}


def _files(meeting: Meeting) -> list[dict[str, Any]]:
    if "files" not in vars(meeting):
        return list(meeting.attachments.values(*FILE_COLUMNS))
    return sorted(vars(meeting)["files"] or (), key=itemgetter("pk"))


def _votes(meeting: Meeting) -> Any:
    if not votes_taken_at(meeting.kinds):
        return []
    return meeting.resolutions.with_candidate_counts().select_related("owner").order_by("number")
