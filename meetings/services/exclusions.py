"""Leaving a member who cannot come out of the expected voters: request, and the answer from above."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import ExclusionReason, Role
from meetings.models import Appointment, Exclusion, Member, Organization
from meetings.models.organization import STEP
from meetings.rules import requests_exclusion
from meetings.services.notices import settle_notices_about, tell
from meetings.services.record import ChangedMeanwhile
from meetings.workflow import EXCLUSION, ExclusionAction, ExclusionStep, knows_exclusion_action

REQUESTED_NOTICE = "exclusion.requested"
TO_BRANCH = {
    ExclusionAction.APPROVE: "exclusion.approved",
    ExclusionAction.REFUSE: "exclusion.refused",
}


@transaction.atomic
def request_exclusion(
    *,
    organization: Organization,
    member: Member,
    reason: ExclusionReason,
    explanation: str,
    actor: User,
    now: datetime | None = None,
) -> Exclusion:
    """The branch asks. Raises PermissionDenied, or ValidationError for somebody who is no voter there or
    about whom there is a request already."""
    now = now or timezone.now()
    if not requests_exclusion(actor, organization):
        raise PermissionDenied
    # One at a time per branch, so that a second click sees the first.
    Organization.objects.select_for_update().get(pk=organization.pk)
    _check_member(organization, member, timezone.localdate(now))
    exclusion = Exclusion(
        organization=organization, member=member, reason=reason, explanation=explanation,
        requested_by=actor, requested_at=now,
    )  # fmt: skip
    exclusion.clean_fields(exclude=["decided_by", "decided_at"])
    exclusion.validate_constraints()
    exclusion.save()
    _record(exclusion, "exclusion.request", actor, now, {"reason": str(reason)})
    people = _reviewers(organization, timezone.localdate(now)) - {actor.pk}
    _tell(exclusion, REQUESTED_NOTICE, people, now)
    return exclusion


@transaction.atomic
def take_exclusion_step(
    *,
    exclusion: Exclusion,
    action: ExclusionAction,
    opinion: str = "",
    last_day: date | None = None,
    actor: User,
    now: datetime | None = None,
) -> Exclusion:
    """Approve, refuse, withdraw or end it, by the table in ``meetings.workflow``.

    Raises PermissionDenied for a step that is not this user's, ChangedMeanwhile when somebody was faster,
    ValidationError for a missing opinion or an impossible last day.
    """
    now = now or timezone.now()
    if not knows_exclusion_action(actor, exclusion, action):
        raise PermissionDenied
    step = EXCLUSION.get((exclusion.state, action))
    if step is None:
        raise ChangedMeanwhile
    columns = _columns(exclusion, action, step, opinion.strip(), last_day, actor, now)
    before = exclusion.state
    if not Exclusion.objects.filter(pk=exclusion.pk, state=before).update(**columns):
        raise ChangedMeanwhile
    exclusion.refresh_from_db()
    _record(exclusion, f"exclusion.{action}", actor, now, {"state": [before, exclusion.state]})
    settle_notices_about(url=_url(exclusion), now=now)
    if action in TO_BRANCH:
        _tell(exclusion, TO_BRANCH[action], _secretaries(exclusion.organization, now) - {actor.pk}, now)
    return exclusion


def _columns(
    exclusion: Exclusion,
    action: ExclusionAction,
    step: ExclusionStep,
    opinion: str,
    last_day: date | None,
    actor: User,
    now: datetime,
) -> dict[str, object]:
    if step.needs_opinion and not opinion:
        raise ValidationError({"opinion": _("Please give the reason.")})
    columns: dict[str, object] = {"state": step.to_state}
    if action in TO_BRANCH:
        columns |= {"decided_by": actor, "decided_at": now, "opinion": opinion}
    elif action == ExclusionAction.WITHDRAW:
        columns["resolution"] = None
    else:
        columns["end_on"] = _checked_last_day(exclusion, last_day, timezone.localdate(now))
    return columns


def _checked_last_day(exclusion: Exclusion, last_day: date | None, today: date) -> date:
    """Votes of days gone by keep their count: it is frozen in them."""
    last_day = last_day or today
    if exclusion.start_on and last_day < exclusion.start_on:
        facts = {"day": date_format(exclusion.start_on)}
        raise ValidationError({"last_day": _("It is in force from %(day)s only.") % facts})
    if last_day > today:
        facts = {"day": date_format(last_day)}
        raise ValidationError({"last_day": _("%(day)s has not come yet.") % facts})
    return last_day


def _check_member(organization: Organization, member: Member, today: date) -> None:
    """Only a voter is in the count at all."""
    if not Member.objects.of_branch(organization, today).filter(pk=member.pk).exists():
        facts = {"name": member.name, "branch": organization.name}
        raise ValidationError({"member": _("%(name)s is not a member of %(branch)s.") % facts})
    if not member.is_full_on(today):
        sentence = _("%(name)s is not a full member and is not in the count anyway.")
        raise ValidationError({"member": sentence % {"name": member.name}})


def _reviewers(organization: Organization, day: date) -> set[int]:
    """Reviewers at the branch's place of the tree or above it who do not lead it themselves."""
    above = [organization.path[:end] for end in range(STEP, len(organization.path) + 1, STEP)]
    seats = Appointment.objects.on(day).filter(user__is_active=True)
    reviewers = seats.filter(role=Role.REVIEWER, organization__path__in=above)
    leading = seats.filter(role=Role.SECRETARY, organization=organization)
    return set(reviewers.values_list("user", flat=True)) - set(leading.values_list("user", flat=True))


def _secretaries(organization: Organization, now: datetime) -> set[int]:
    seats = Appointment.objects.on(timezone.localdate(now)).filter(user__is_active=True)
    return set(seats.filter(role=Role.SECRETARY, organization=organization).values_list("user", flat=True))


def _tell(exclusion: Exclusion, code: str, people: Iterable[int], now: datetime) -> None:
    """The reason of somebody's illness is on the page, not in the notice."""
    values = {"name": exclusion.member.name, "organization": exclusion.organization.name}
    tell(people=people, code=code, values=values, url=_url(exclusion), now=now)


def _url(exclusion: Exclusion) -> str:
    return f"/exclusions/{exclusion.pk}/"


def _record(
    exclusion: Exclusion, action: str, actor: User, now: datetime, difference: dict[str, object]
) -> None:
    record_event(
        actor=actor, action=action, subject=exclusion, chain=exclusion.organization.chain, now=now,
        difference=difference,
    )  # fmt: skip
