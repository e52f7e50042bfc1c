"""Waivers: what need not be made good, why, and who decided so."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import Obligation, Organization
from meetings.rules import can_waive
from meetings.services.obligations import sync_obligations
from meetings.services.reminders.resolve import resolve_met

LONGEST_REASON = 200


@transaction.atomic
def waive_obligation(
    *, obligation: Obligation, reason: str, actor: User, now: datetime | None = None
) -> Obligation:
    """Take one unmet line off what is owed; its reminders stop at once.

    Raises PermissionDenied for anybody but a reviewer or administrator above who does not lead the branch,
    ValidationError without a reason, or when the line is met or waived already.
    """
    if not can_waive(actor, obligation.organization):
        raise PermissionDenied
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("Please give the reason, in at most 200 characters.")})
    now = now or timezone.now()
    open_lines = Obligation.objects.unmet().filter(pk=obligation.pk)
    if not open_lines.update(waived_at=now, waived_by=actor, waiver_reason=reason):
        raise ValidationError(_("Nothing is open here any more: it was held or waived meanwhile."))
    obligation.refresh_from_db()
    resolve_met(obligations=[obligation.pk], now=now)
    _audit(obligation, "waive", actor, now, reason=reason)
    return obligation


@transaction.atomic
def lift_waiver(*, obligation: Obligation, actor: User, now: datetime | None = None) -> Obligation | None:
    """The line is owed after all. Where the rules no longer ask for it, it goes with its waiver: None.

    Raises PermissionDenied as above, ValidationError without a waiver.
    """
    if not can_waive(actor, obligation.organization):
        raise PermissionDenied
    waived = Obligation.objects.filter(pk=obligation.pk, waived_at__isnull=False)
    if not waived.update(waived_at=None, waived_by=None, waiver_reason=""):
        raise ValidationError(_("There is no waiver here."))
    _audit(obligation, "unwaive", actor, now, reason=obligation.waiver_reason)
    day = obligation.period_start
    own = Organization.objects.filter(pk=obligation.organization_id)
    sync_obligations(organizations=own, first=day, last=day, kinds=[obligation.kind])
    if not Obligation.objects.filter(pk=obligation.pk).exists():
        return None
    obligation.refresh_from_db()
    return obligation


def _audit(obligation: Obligation, step: str, actor: User, now: datetime | None, reason: str) -> None:
    record_event(
        actor=actor,
        action=f"obligation.{step}",
        subject=obligation,
        chain=obligation.organization.chain,
        difference={"reason": reason},
        now=now,
    )
