"""Votes of a meeting: announced before it, counted when it is written down, closed with its record."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.enums import ABOUT_ONE_PERSON, RECORD_OPEN, ExclusionState, ResolutionKind
from meetings.models import Candidate, Exclusion, Meeting, Member, Resolution
from meetings.rules import keeps_record_of
from meetings.services.quorum import tell_quorum
from meetings.services.record import ChangedMeanwhile
from meetings.services.vote_counts import (
    COUNTED_COLUMNS,
    Votes,
    attendance_is_taken,
    check_vote_is_taken,
    recount_votes,
)


@dataclass(frozen=True)
class Standing:
    """A candidate of an election; ``votes`` is None as long as nothing was counted."""

    name: str
    votes: Votes | None = None
    written_in: bool = False


@dataclass(frozen=True)
class ResolutionDraft:
    """What is put to the vote, and what was counted (``votes``, or each candidate's)."""

    subject: str
    text: str = ""
    about: str = ""
    is_secret: bool = False
    owner: Member | None = None
    due_on: date | None = None
    seats: int | None = None
    votes: Votes | None = None
    candidates: tuple[Standing, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()


@transaction.atomic
def add_resolution(
    *,
    meeting: Meeting,
    kind: ResolutionKind,
    draft: ResolutionDraft,
    actor: User,
    now: datetime | None = None,
) -> Resolution:
    """Put a matter to the vote of a meeting, as its next number; the same form sent twice finds the first.

    Raises PermissionDenied, ChangedMeanwhile once the record is closed, ValidationError for numbers that
    contradict each other or a vote that is not taken at such a meeting.
    """
    hold_open(meeting, actor)
    check_vote_is_taken(meeting, kind)
    _check(meeting, kind, draft)
    twin = _twin(meeting, kind, draft)
    if twin:
        return twin
    last = meeting.resolutions.aggregate(last=Max("number"))["last"] or 0
    resolution = Resolution(meeting=meeting, number=last + 1, kind=kind)
    _write(resolution, draft, actor, now or timezone.now(), "resolution.add")
    tell_quorum(meeting=meeting, now=now or timezone.now())
    return resolution


@transaction.atomic
def change_resolution(
    *,
    resolution: Resolution,
    version: int,
    draft: ResolutionDraft,
    actor: User,
    now: datetime | None = None,
) -> Resolution:
    """Correct a vote while the record is open. Raises like ``add_resolution``, and ChangedMeanwhile when
    it is no longer as the writer saw it."""
    hold_open(resolution.meeting, actor)
    unchanged = Resolution.objects.filter(pk=resolution.pk, version=version)
    if not unchanged.update(version=F("version") + 1):
        raise ChangedMeanwhile
    resolution.refresh_from_db()
    _check(resolution.meeting, resolution.kind, draft)
    _write(resolution, draft, actor, now or timezone.now(), "resolution.change")
    return resolution


@transaction.atomic
def remove_resolution(*, resolution: Resolution, actor: User, now: datetime | None = None) -> None:
    """Take a vote out of the record; the later ones move up. Raises like ``add_resolution``."""
    meeting, now = resolution.meeting, now or timezone.now()
    hold_open(meeting, actor)
    _record(resolution, "resolution.remove", actor, now)
    _list_exclusions(resolution, ())
    later = list(meeting.resolutions.filter(number__gt=resolution.number).order_by("number"))
    resolution.delete()
    for each in later:
        Resolution.objects.filter(pk=each.pk).update(number=each.number - 1)
    recount_votes(meeting=meeting, actor_id=actor.pk, now=now)
    tell_quorum(meeting=meeting, now=now)


def hold_open(meeting: Meeting, actor: User) -> None:
    """Keeps the record open until the transaction ends: nobody hands it in between the look and the write.

    Raises PermissionDenied or ChangedMeanwhile.
    """
    if not keeps_record_of(actor, meeting):
        raise PermissionDenied
    if not Meeting.objects.filter(pk=meeting.pk, state__in=RECORD_OPEN).update(version=F("version")):
        raise ChangedMeanwhile
    meeting.refresh_from_db(fields=["state", "day", "recorded_at"])


def _twin(meeting: Meeting, kind: ResolutionKind, draft: ResolutionDraft) -> Resolution | None:
    """A vote that says the same in every word and number. On one person there is one vote anyway."""
    if kind in ABOUT_ONE_PERSON:
        return None
    words = {
        name: getattr(draft, name) for name in ("subject", "text", "is_secret", "owner", "due_on", "seats")
    }
    votes = vars(draft.votes) if draft.votes else {"yes": None}
    listed = sorted(_line(_candidate(Resolution(), each)) for each in draft.candidates)
    for resolution in meeting.resolutions.filter(kind=kind, **words, **votes).prefetch_related("candidates"):
        if sorted(_line(each) for each in resolution.candidates.all()) == listed:
            return resolution
    return None


def _line(candidate: Candidate) -> tuple[str, ...]:
    """What a list says of a candidate."""
    return tuple(str(getattr(candidate, name)) for name in ("name", "written_in", "yes", "no", "abstain"))


def _write(resolution: Resolution, draft: ResolutionDraft, actor: User, now: datetime, action: str) -> None:
    for name in ("subject", "text", "about", "is_secret", "owner", "due_on", "seats"):
        setattr(resolution, name, getattr(draft, name))
    resolution.clean_fields(exclude=["meeting", "owner", *COUNTED_COLUMNS])
    resolution.validate_constraints()
    resolution.save()
    _set_candidates(resolution, draft)
    _list_exclusions(resolution, draft.exclusions)
    entered = {resolution.pk: draft.votes}
    recount_votes(meeting=resolution.meeting, actor_id=actor.pk, now=now, entered=entered)
    resolution.refresh_from_db()
    _record(resolution, action, actor, now)


def _check(meeting: Meeting, kind: str, draft: ResolutionDraft) -> None:
    counted = draft.votes or any(each.votes for each in draft.candidates)
    if counted and not attendance_is_taken(meeting):
        raise ValidationError(_("Votes can be entered once it is written down who came."))
    if draft.due_on and draft.due_on < meeting.day:
        raise ValidationError({"due_on": _("It cannot be due before the meeting.")})
    if kind in ABOUT_ONE_PERSON and not draft.about:
        raise ValidationError({"about": _("Name the person who is voted on.")})
    if bool(draft.exclusions) != (kind == ResolutionKind.EXCLUSION):
        raise ValidationError(
            {"exclusions": _("Choose at least one member whom the upper organization approved.")}
        )


def _set_candidates(resolution: Resolution, draft: ResolutionDraft) -> None:
    """The list as it stands now. Somebody cannot be counted for some and not for others."""
    counted = [each for each in draft.candidates if each.votes]
    if counted and len(counted) < len(draft.candidates):
        missing = enumerated(each.name for each in draft.candidates if not each.votes)
        raise ValidationError(_("The votes of %(names)s are missing.") % {"names": missing})
    resolution.candidates.all().delete()
    Candidate.objects.bulk_create([_candidate(resolution, each) for each in draft.candidates])


def _candidate(resolution: Resolution, standing: Standing) -> Candidate:
    votes = standing.votes
    return Candidate(
        resolution=resolution,
        name=standing.name,
        written_in=standing.written_in,
        yes=votes.yes if votes else None,
        no=votes.no if votes else 0,
        abstain=votes.abstain if votes else 0,
    )


def _list_exclusions(resolution: Resolution, chosen: tuple[Exclusion, ...]) -> None:
    """Which requests this vote adopts. Those taken off the list are approved still, but not adopted."""
    off = Exclusion.objects.filter(resolution=resolution).exclude(pk__in=[each.pk for each in chosen])
    off.exclude(state=ExclusionState.ENDED).update(
        resolution=None, state=ExclusionState.APPROVED, start_on=None, end_on=None
    )
    free = Exclusion.objects.to_adopt(resolution.meeting.organization)
    free.filter(pk__in=[each.pk for each in chosen]).update(resolution=resolution)
    if Exclusion.objects.filter(resolution=resolution, pk__in=[each.pk for each in chosen]).count() < len(
        chosen
    ):
        raise ValidationError({"exclusions": _("One of them is no longer waiting to be adopted.")})


def _record(resolution: Resolution, action: str, actor: User, now: datetime) -> None:
    record_event(
        actor=actor, action=action, subject=resolution, chain=resolution.meeting.organization.chain, now=now,
        difference={
            "number": resolution.number, "kind": resolution.kind, "outcome": resolution.outcome,
            "votes": [resolution.yes, resolution.no, resolution.abstain],
        },
    )  # fmt: skip
