"""Written opinions of voters who cannot come, handed in before the meeting."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import HERE
from meetings.models import Member, Resolution, WrittenOpinion
from meetings.services.attendance import expected_at
from meetings.services.resolutions import hold_open
from meetings.services.vote_counts import attendance_is_taken, recount_votes


@transaction.atomic
def hand_in_opinion(
    *, resolution: Resolution, member: Member, received_on: date, actor: User, now: datetime | None = None
) -> WrittenOpinion:
    """Note that a voter handed in an opinion on that day; what it says is counted with the ballots.

    Raises PermissionDenied, ChangedMeanwhile once the record is closed, ValidationError when it came after
    the meeting, from somebody without a vote, or from somebody who was there.
    """
    now = now or timezone.now()
    meeting = resolution.meeting
    hold_open(meeting, actor)
    _check(resolution, member, received_on, timezone.localdate(now))
    opinion = WrittenOpinion(
        resolution=resolution, member=member, received_on=received_on, recorded_at=now, recorded_by=actor
    )
    opinion.full_clean(exclude=["recorded_by"])
    opinion.save()
    recount_votes(meeting=meeting, actor_id=actor.pk, now=now)
    _record(opinion, "opinion.hand_in", actor, now)
    return opinion


@transaction.atomic
def take_back_opinion(*, opinion: WrittenOpinion, actor: User, now: datetime | None = None) -> None:
    """Remove an opinion that was entered by mistake. Raises like ``hand_in_opinion``."""
    now = now or timezone.now()
    meeting = opinion.resolution.meeting
    hold_open(meeting, actor)
    _record(opinion, "opinion.take_back", actor, now)
    opinion.delete()
    recount_votes(meeting=meeting, actor_id=actor.pk, now=now)


def voters_who_may_write(resolution: Resolution) -> list[Member]:
    """The voters expected at the meeting who were not there or, before it, may not come."""
    meeting = resolution.meeting
    if attendance_is_taken(meeting):
        away = meeting.attendances.filter(has_vote=True).exclude(presence__in=HERE)
        return [row.member for row in away.select_related("member").order_by("member__name_key", "member_id")]
    due = expected_at(
        organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
    )
    return [person.member for person in due if person.has_vote]


def _check(resolution: Resolution, member: Member, received_on: date, today: date) -> None:
    meeting = resolution.meeting
    if not resolution.is_about_one_person:
        raise ValidationError(_("Written opinions do not count in this vote."))
    if received_on > meeting.day:
        sentence = _("It must be handed in before the meeting of %(day)s.")
        raise ValidationError({"received_on": sentence % {"day": date_format(meeting.day)}})
    if received_on > today:
        sentence = _("%(day)s has not come yet.")
        raise ValidationError({"received_on": sentence % {"day": date_format(received_on)}})
    if member.pk not in {each.pk for each in voters_who_may_write(resolution)}:
        sentence = _("%(name)s has no vote at this meeting, or was there.")
        raise ValidationError({"member": sentence % {"name": member.name}})


def _record(opinion: WrittenOpinion, action: str, actor: User, now: datetime) -> None:
    record_event(
        actor=actor, action=action, subject=opinion, chain=opinion.resolution.meeting.organization.chain,
        now=now,
    )  # fmt: skip
