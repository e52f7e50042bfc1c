"""From the meeting that took place to the record the committee accepted."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from branchlife.models import User
from meetings.elements import missing_elements
from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.rules import can_write_record
from meetings.services.attendance import Deviation
from meetings.services.record import MeetingFacts, write_record
from reviews.enums import Action
from reviews.models import Transition
from reviews.services.workflow import FindingDraft, StaleState, perform


@transaction.atomic
def log_meeting(
    *,
    meeting: Meeting,
    version: int,
    facts: MeetingFacts,
    deviations: dict[int, Deviation],
    actor: User,
    submit: bool = False,
    now: datetime | None = None,
) -> Meeting:
    """Write the record and move the meeting to "held"; with ``submit`` also hand it in.

    ``version`` is the one the writer's page was made from: raises StaleState when the record has
    changed since. Raises ValidationError for wrong facts, PermissionDenied when it is not theirs to write.
    """
    if meeting.version != version:
        raise StaleState
    if not can_write_record(actor, meeting):
        raise PermissionDenied
    write_record(meeting=meeting, facts=facts, deviations=deviations, actor=actor, now=now)
    if meeting.state in (MeetingState.SCHEDULED, MeetingState.HOLD_AGAIN):
        perform(meeting, Action.RECORD, actor=actor, now=now)
    else:
        _claim_version(meeting)
    if submit:
        submit_record(meeting=meeting, actor=actor, now=now)
    return meeting


@transaction.atomic
def submit_record(*, meeting: Meeting, actor: User, now: datetime | None = None) -> Transition:
    """Hand the record in. Raises ValidationError naming every missing element."""
    missing = missing_elements(meeting)
    if missing:
        raise ValidationError([sentence for _field, sentence in missing])
    return perform(meeting, Action.SUBMIT, actor=actor, now=now)


@transaction.atomic
def accept_record(
    *, meeting: Meeting, actor: User, comment: str = "", now: datetime | None = None
) -> Transition:
    return perform(meeting, Action.ACCEPT, actor=actor, comment=comment, now=now)


@transaction.atomic
def return_record(
    *,
    meeting: Meeting,
    findings: Sequence[FindingDraft],
    hold_again: bool,
    actor: User,
    comment: str = "",
    now: datetime | None = None,
) -> Transition:
    """Send the record back: the paper is redone, or the meeting is held again and no longer counts."""
    action = Action.HOLD_AGAIN if hold_again else Action.RETURN
    return perform(meeting, action, actor=actor, comment=comment, findings=findings, now=now)


def _claim_version(meeting: Meeting) -> None:
    """An edit that moves no state still makes pages printed from the older text stale."""
    unchanged = Meeting.objects.filter(pk=meeting.pk, state=meeting.state, version=meeting.version)
    if not unchanged.update(version=meeting.version + 1):
        raise StaleState
    meeting.version += 1
