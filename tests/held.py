"""Meetings that took place, as plain rows, for tests of what follows from them."""

from datetime import UTC, date, datetime, time, timedelta

from meetings.enums import MeetingKind, MeetingState, Presence
from meetings.models import Attendance, Meeting, MeetingPart, Member, Organization, PartyGroup
from meetings.services.attendance import Deviation, freeze_attendance
from meetings.services.obligations import recount_branch

RECORDED = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


def hold(
    branch: Organization,
    kinds: str | list[str],
    day: date,
    *,
    group: PartyGroup | None = None,
    state: str = MeetingState.HELD,
    counts_for: date | None = None,
    theme: str = "",
) -> Meeting:
    """A meeting of these kinds on that day, counted in the ledger. No attendance."""
    kinds = [kinds] if isinstance(kinds, str) else kinds
    open_state = state in (MeetingState.SCHEDULED, MeetingState.CANCELLED)
    meeting = Meeting.objects.create(
        organization=branch,
        group=group,
        theme=theme or "、".join(str(MeetingKind(kind).label) for kind in kinds),
        day=day,
        starts=time(15),
        # Into the archive nothing is put afterwards.
        state=MeetingState.ACCEPTED if state == MeetingState.ARCHIVED else state,
        recorded_at=None if open_state else RECORDED,
    )
    for kind in kinds:
        MeetingPart.objects.create(meeting=meeting, kind=kind, counts_for=counts_for or day)
    if state == MeetingState.ARCHIVED:
        Meeting.objects.filter(pk=meeting.pk).update(state=state)
        meeting.state = state
    recount_branch(organization=branch, days=[day, counts_for or day])
    return meeting


def attended(meeting: Meeting, *absent: Member, reason: str = "出差") -> list[Attendance]:
    """Everybody due was there but for these."""
    deviations = {member.pk: Deviation(Presence.EXCUSED, reason) for member in absent}
    return freeze_attendance(meeting=meeting, deviations=deviations)


def hold_monthly(branch: Organization, kind: str, year: int, months: range, **extra: object) -> None:
    for month in months:
        hold(branch, kind, date(year, month, 1) + timedelta(days=9), **extra)  # type: ignore[arg-type]
