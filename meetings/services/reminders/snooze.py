"""Putting off being reminded: for a time, with a reason, by oneself and for oneself alone."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import Reminder, Snooze
from meetings.services.reminders.resolve import settle

LONGEST = timedelta(days=14)


@transaction.atomic
def snooze_reminder(
    *, reminder: Reminder, until: date, reason: str, actor: User, now: datetime | None = None
) -> Snooze:
    """No word about this deadline to this person before ``until``. The deadline stays where it is, and those
    above are told all the same. Raises PermissionDenied, ValidationError by field."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    if reminder.recipient_id != actor.pk:
        raise PermissionDenied
    _check(until, reason, today)
    matter = {"source": reminder.source, "subject": reminder.subject, "due_on": reminder.due_on}
    Snooze.objects.filter(user=actor, lifted_at=None, **matter).update(lifted_at=now)
    snooze = Snooze.objects.create(
        user=actor, until=until, reason=reason.strip(), made_on=today, made_at=now, **matter
    )
    record_event(
        actor=actor, action="reminder.snooze", subject=snooze, chain=reminder.organization.chain, now=now,
        difference={"until": until.isoformat(), "reason": snooze.reason},
    )  # fmt: skip
    standing = Reminder.objects.current().filter(recipient=actor, **matter)
    settle(list(standing.values_list("pk", flat=True)), now=now)
    return snooze


@transaction.atomic
def lift_snooze(*, snooze: Snooze, actor: User, now: datetime | None = None) -> None:
    """Be reminded again, from the next minute on."""
    if snooze.user_id != actor.pk:
        raise PermissionDenied
    Snooze.objects.filter(pk=snooze.pk, lifted_at=None).update(lifted_at=now or timezone.now())
    record_event(actor=actor, action="reminder.wake", subject=snooze, now=now)


def _check(until: date, reason: str, today: date) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Please give the reason.")})
    if not today < until <= today + LONGEST:
        sentence = _("Choose a day between tomorrow and %(days)s days from now.")
        raise ValidationError({"until": sentence % {"days": LONGEST.days}})
