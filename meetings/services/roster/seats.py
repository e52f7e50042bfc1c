"""Roles in a branch end when their holder leaves it: nobody goes on reading what is no longer their own."""

from datetime import datetime

from django.utils import timezone

from branchlife.audit import record_event
from branchlife.models import User
from branchlife.sessions import end_sessions
from meetings.enums import Role
from meetings.models import Appointment, Member, Organization, PartyGroup
from meetings.services.roster.changes import ONE_DAY

BRANCH_ROLES = (Role.SECRETARY, Role.GROUP_LEADER)


def end_seats(
    *,
    member: Member,
    organization: Organization,
    group: PartyGroup | None = None,
    actor: User | None,
    now: datetime | None,
) -> int:
    """End the member's open roles in the branch (or over one group of it) at once; returns how many."""
    if member.user_id is None:
        return 0
    seats = Appointment.objects.filter(
        user=member.user_id, organization=organization, role__in=BRANCH_ROLES, end_on=None
    )
    ended = list(seats.filter(group=group) if group else seats)
    for seat in ended:
        _end(seat, actor, now)
    return len(ended)


def _end(seat: Appointment, actor: User | None, now: datetime | None) -> None:
    yesterday = timezone.localdate(now) - ONE_DAY
    if seat.user_id != (actor.pk if actor else None):
        end_sessions(seat.user)
    record_event(
        actor=actor, action="appointment.end", subject=seat, chain=seat.organization.chain,
        difference=seat.told, now=now,
    )  # fmt: skip
    if seat.start_on > yesterday:
        seat.delete()
    else:
        seat.end_on = yesterday
        seat.save(update_fields=["end_on"])
