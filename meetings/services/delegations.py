"""Lending a reviewer's seat for the days of an absence, and taking it back."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import Role
from meetings.models import Appointment, Delegation
from meetings.services.notices import settle_notices_about, tell

# Longer than half a year nobody is merely absent: then the role itself changes hands.
LONGEST = timedelta(days=184)
# Who may stand in: people who answer for something in the same part of the tree already.
DEPUTIES = (Role.REVIEWER, Role.ADMINISTRATOR, Role.SECRETARY)
URL = "/delegations/"


def seats_to_lend(user: User, day: date) -> QuerySet[Appointment]:
    """The own reviewer's seats in force that day."""
    seats = Appointment.objects.on(day).filter(user=user, role=Role.REVIEWER)
    return seats.select_related("organization").order_by("organization__path")


def possible_deputies(appointment: Appointment, day: date) -> QuerySet[User]:
    """Whoever has a role at the seat's place or below it, but for the owner of the seat."""
    within = Appointment.objects.on(day).filter(
        role__in=DEPUTIES, organization__path__startswith=appointment.organization.path
    )
    people = User.objects.filter(is_active=True, pk__in=within.values("user"))
    return people.exclude(pk=appointment.user_id).order_by("name", "pk")


@transaction.atomic
def delegate_seat(
    *,
    appointment: Appointment,
    deputy: User,
    start_on: date,
    end_on: date,
    reason: str = "",
    actor: User,
    now: datetime | None = None,
) -> Delegation:
    """Lend the own seat from a day to a day. Raises PermissionDenied for somebody else's seat,
    ValidationError (by field) for days or people that cannot be."""
    now = now or timezone.now()
    if appointment.user_id != actor.pk or appointment.role != Role.REVIEWER:
        raise PermissionDenied
    _check_days(start_on, end_on, timezone.localdate(now))
    if not possible_deputies(appointment, start_on).filter(pk=deputy.pk).exists():
        sentence = _("%(name)s has no role at %(place)s or below it.")
        raise ValidationError({"deputy": sentence % {"name": deputy, "place": appointment.organization}})
    delegation = _insert(
        Delegation(
            appointment=appointment, grantor=actor, deputy=deputy, start_on=start_on, end_on=end_on,
            reason=reason, given_at=now,
        )
    )  # fmt: skip
    _record("delegation.give", delegation, actor, now)
    values = {"name": actor.name, "from_day": start_on.isoformat(), "to_day": end_on.isoformat()}
    tell(people=[deputy.pk], code="delegation.given", values=values, url=_address(delegation), now=now)
    return delegation


@transaction.atomic
def revoke_delegation(*, delegation: Delegation, actor: User, now: datetime | None = None) -> None:
    """It ends at once. Once revoked or over, nothing happens. Raises PermissionDenied for somebody else's."""
    now = now or timezone.now()
    if delegation.grantor_id != actor.pk:
        raise PermissionDenied
    if Delegation.objects.standing().filter(pk=delegation.pk).update(revoked_at=now):
        settle_notices_about(url=_address(delegation), now=now)
        _record("delegation.revoke", delegation, actor, now)


def _check_days(start_on: date, end_on: date, today: date) -> None:
    if start_on < today:
        raise ValidationError({"start_on": _("A delegation begins today at the earliest.")})
    if end_on < start_on:
        raise ValidationError({"end_on": _("The end lies before the beginning.")})
    if end_on - start_on > LONGEST:
        sentence = _("At most %(days)s days: for longer, the role itself is given to somebody else.")
        raise ValidationError({"end_on": sentence % {"days": LONGEST.days}})


def _insert(delegation: Delegation) -> Delegation:
    """The database decides between equal requests."""
    try:
        with transaction.atomic():
            delegation.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(_("You have delegated this already from that day on.")) from None
    return delegation


def _address(delegation: Delegation) -> str:
    return f"{URL}#delegation-{delegation.pk}"


def _record(action: str, delegation: Delegation, actor: User, now: datetime) -> None:
    days = [delegation.start_on.isoformat(), delegation.end_on.isoformat()]
    record_event(
        actor=actor, action=action, subject=delegation, chain=delegation.appointment.organization.chain,
        difference={"deputy": delegation.deputy.username, "days": days}, now=now,
    )  # fmt: skip
