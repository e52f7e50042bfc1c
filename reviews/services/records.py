"""From the meeting that took place to the record the committee accepted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.elements import blocking, missing_elements
from meetings.enums import RECORD_OPEN, MeetingState
from meetings.models import Meeting
from meetings.rules import keeps_record_of
from meetings.services.attendance import Deviation
from meetings.services.record import ChangedMeanwhile, MeetingFacts, claim_version, write_record
from reviews.enums import Action
from reviews.models import Transition
from reviews.services.agenda import note_agenda
from reviews.services.likeness import compare_record
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
    anew: bool = False,
    looked_back: Mapping[int, str] | None = None,
    now: datetime | None = None,
) -> Meeting:
    """Write the record and move the meeting to "held"; with ``submit`` also hand it in.

    ``version`` is the one the writer's page was made from: raises StaleState when the record has
    changed since or is no longer the branch's to write. Raises ValidationError for wrong facts (by
    field), PermissionDenied when it is not theirs to write. ``anew`` asks the roster of the day again.
    ``looked_back`` is what the meeting said about the rectification items on its agenda, by their numbers.
    """
    if not keeps_record_of(actor, meeting):
        raise PermissionDenied
    if meeting.state not in RECORD_OPEN:
        raise StaleState
    # Claimed before anything is written: of two writers the second stops here on any database.
    try:
        claim_version(meeting, version)
    except ChangedMeanwhile:
        raise StaleState from None
    _check_held_again(meeting, facts.day)
    write_record(meeting=meeting, facts=facts, deviations=deviations, actor=actor, anew=anew, now=now)
    if meeting.state in (MeetingState.SCHEDULED, MeetingState.HOLD_AGAIN):
        perform(meeting, Action.RECORD, actor=actor, now=now)
    if looked_back:
        note_agenda(meeting=meeting, said=looked_back, actor=actor, now=now)
    if submit:
        submit_record(meeting=meeting, actor=actor, now=now)
    return meeting


@transaction.atomic
def submit_record(*, meeting: Meeting, actor: User, now: datetime | None = None) -> Transition:
    """Hand the record in. Raises ValidationError naming every missing element that holds it up, by field;
    what is only asked for is said on the page and to the reviewer. So it does while the meeting goes on."""
    _check_over(meeting, timezone.localtime(now))
    missing = blocking(missing_elements(meeting))
    if missing:
        by_field: dict[str, list[str]] = {}
        for each in missing:
            by_field.setdefault(each.field, []).append(each.sentence)
        raise ValidationError(by_field)
    step = perform(meeting, Action.SUBMIT, actor=actor, now=now)
    compare_record(meeting=meeting)
    return step


def _check_over(meeting: Meeting, here: datetime) -> None:
    if meeting.day == here.date() and meeting.ends and meeting.ends > here.time():
        sentence = _("The meeting goes on until %(time)s: keep a draft, and submit it afterwards.")
        raise ValidationError({"ends": sentence % {"time": time_format(meeting.ends, "H:i")}})


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


@transaction.atomic
def take_record_step(
    *,
    meeting: Meeting,
    action: Action,
    version: int,
    actor: User,
    comment: str = "",
    findings: Sequence[FindingDraft] = (),
    now: datetime | None = None,
) -> Transition:
    """Any one step of the table, from a page made from ``version``: nobody decides on a text not seen."""
    if meeting.version != version:
        raise StaleState
    if action == Action.SUBMIT:
        return submit_record(meeting=meeting, actor=actor, now=now)
    return perform(meeting, action, actor=actor, comment=comment, findings=findings, now=now)


def returned_on(meeting: Meeting) -> date | None:
    """The day on which the committee last asked to hold it again."""
    steps = meeting.transitions.filter(action=Action.HOLD_AGAIN).order_by("-at")
    at = steps.values_list("at", flat=True).first()
    return timezone.localdate(at) if at else None


def _check_held_again(meeting: Meeting, day: date) -> None:
    if meeting.state != MeetingState.HOLD_AGAIN:
        return
    since = returned_on(meeting)
    if since and day < since:
        sentence = _("It was returned on %(day)s to be held again: the new day cannot lie before.")
        raise ValidationError({"day": sentence % {"day": date_format(since)}})
