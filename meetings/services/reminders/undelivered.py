"""What an administrator does about letters that did not arrive, or of which nobody knows."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.models import User
from branchlife.queue import wake
from meetings.models import Letter, Organization
from meetings.models.letter import TROUBLED
from meetings.reminder_enums import DeliveryState, Evidence
from meetings.rules import can_see_letters

POKE = "meetings.poke_reminders"


class SettledMeanwhile(Exception):
    """Somebody else decided on the letter, or it was sent after all."""


@transaction.atomic
def send_again(*, letter: Letter, actor: User, now: datetime | None = None) -> None:
    """As soon as the reader's hours allow it; what is no longer owed is left out. Of a letter whose answer is
    unknown the reader may get two. Raises PermissionDenied, SettledMeanwhile."""
    now = now or timezone.now()
    _move(
        letter, actor, state=DeliveryState.PENDING, attempts=0, next_attempt_at=now, due_at=now,
        token=F("token") + 1, last_error="", is_put_aside=False,
    )  # fmt: skip
    letter.reminders.filter(state__in=TROUBLED).update(state=DeliveryState.PENDING)
    _tell(letter, "letter.send_again", actor, now)
    transaction.on_commit(lambda: wake(POKE))


@transaction.atomic
def note_arrived(*, letter: Letter, actor: User, now: datetime | None = None) -> None:
    """Somebody asked the reader: it is there."""
    now = now or timezone.now()
    _move(
        letter, actor, state=DeliveryState.SENT, sent_at=now, evidence=Evidence.PERSON, token=F("token") + 1
    )
    letter.reminders.filter(state__in=TROUBLED).update(state=DeliveryState.SENT, sent_at=now)
    _tell(letter, "letter.arrived", actor, now)


@transaction.atomic
def put_aside(*, letter: Letter, actor: User, now: datetime | None = None) -> None:
    """Nothing more is to be done about it: what it said stands in the reader's notices."""
    _move(letter, actor, is_put_aside=True)
    _tell(letter, "letter.put_aside", actor, now or timezone.now())


def _move(letter: Letter, actor: User, **columns: object) -> None:
    if not can_see_letters(actor):
        raise PermissionDenied
    seen = Letter.objects.troubled().filter(pk=letter.pk, state=letter.state, token=letter.token)
    if not seen.filter(is_put_aside=False).update(**columns):
        raise SettledMeanwhile


def _tell(letter: Letter, action: str, actor: User, now: datetime) -> None:
    record_event(actor=actor, action=action, subject=letter, chain=_place(letter).chain, now=now)


def _place(letter: Letter) -> Organization:
    if letter.robot:
        return letter.robot.organization
    row = letter.reminders.select_related("organization").first()
    return row.organization if row else Organization.objects.order_by("path")[0]
