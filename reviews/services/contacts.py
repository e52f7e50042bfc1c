"""Contact points (联系点): who looks after which branch, the visits, what was heard and promised there."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import Member, Organization
from meetings.services.reminders.resolve import resolve
from reviews.models import Concern, ContactPoint, ContactVisit
from reviews.rules import names_contacts, writes_contact
from reviews.services.reminders.contacts import PROMISE


@dataclass(frozen=True)
class Heard:
    """A problem heard at a visit; a promise says until when."""

    problem: str
    promise: str = ""
    due_on: date | None = None


@transaction.atomic
def name_contact(
    *, cadre: Member, organization: Organization, start_on: date, actor: User, now: datetime | None = None
) -> ContactPoint:
    """Raises PermissionDenied, or ValidationError by field."""
    if not names_contacts(actor, organization):
        raise PermissionDenied
    if not cadre.is_leading_cadre:
        raise ValidationError({"cadre": _("Contact points belong to leading cadres.")})
    contact = ContactPoint(cadre=cadre, organization=organization, start_on=start_on, named_by=actor)
    _insert(contact)
    _tell("create", contact, actor, now, cadre=cadre.pk, start_on=start_on.isoformat())
    return contact


@transaction.atomic
def end_contact(*, contact: ContactPoint, end_on: date, actor: User, now: datetime | None = None) -> None:
    """The last day. Raises PermissionDenied, or ValidationError by field."""
    if not names_contacts(actor, contact.organization):
        raise PermissionDenied
    contact.end_on = end_on
    contact.full_clean()
    if not ContactPoint.objects.filter(pk=contact.pk, end_on=None).update(end_on=end_on):
        raise ValidationError(_("It has ended already."))
    _tell("end", contact, actor, now, end_on=end_on.isoformat())


@transaction.atomic
def write_visit(
    *,
    contact: ContactPoint,
    day: date,
    done: str,
    actor: User,
    heard: Heard | None = None,
    now: datetime | None = None,
) -> ContactVisit:
    """A visit that has taken place, with a problem heard there. Raises PermissionDenied, ValidationError."""
    now = now or timezone.now()
    if not writes_contact(actor, contact):
        raise PermissionDenied
    if not contact.start_on <= day <= min(contact.end_on or day, timezone.localdate(now)):
        raise ValidationError({"day": _("The day lies ahead, or outside the time of the contact point.")})
    visit = ContactVisit(contact=contact, day=day, done=done, written_by=actor, written_at=now)
    _insert(visit)
    if heard:
        _hear(visit, heard)
    _tell("visit", contact, actor, now, day=day.isoformat(), heard=bool(heard))
    return visit


@transaction.atomic
def hear_concern(*, visit: ContactVisit, heard: Heard, actor: User, now: datetime | None = None) -> Concern:
    """One more problem of the same visit. Raises PermissionDenied, ValidationError."""
    if not writes_contact(actor, visit.contact):
        raise PermissionDenied
    concern = _hear(visit, heard)
    _tell("hear", visit.contact, actor, now, concern=concern.pk)
    return concern


def _hear(visit: ContactVisit, heard: Heard) -> Concern:
    concern = Concern(visit=visit, **vars(heard))
    if heard.due_on and heard.due_on < visit.day:
        raise ValidationError({"due_on": _("The promise lies before the visit.")})
    _insert(concern)
    return concern


@transaction.atomic
def solve_concern(
    *, concern: Concern, solved_on: date, outcome: str, actor: User, now: datetime | None = None
) -> None:
    """Raises PermissionDenied, ValidationError."""
    now, contact = now or timezone.now(), concern.visit.contact
    if not writes_contact(actor, contact):
        raise PermissionDenied
    if not concern.visit.day <= solved_on <= timezone.localdate(now):
        raise ValidationError({"solved_on": _("The day lies ahead, or before the visit.")})
    open_rows = Concern.objects.unsolved().filter(pk=concern.pk)
    if not open_rows.update(solved_on=solved_on, outcome=outcome):
        raise ValidationError(_("It is solved already."))
    resolve(about={PROMISE: [concern.pk]}, now=now)
    _tell("solve", contact, actor, now, concern=concern.pk, solved_on=solved_on.isoformat())


def _insert(row: models.Model) -> None:
    """Refused in words, also where somebody else writes the same in the same moment."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(_("Somebody else has just written the same.")) from None


def _tell(action: str, contact: ContactPoint, actor: User, now: datetime | None, **what: Any) -> None:
    record_event(
        actor=actor, action=f"contact.{action}", subject=contact, chain=contact.organization.chain, now=now,
        difference=what,
    )  # fmt: skip
