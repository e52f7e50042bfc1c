"""Sending letters, one after the other. No letter stops the ones behind it."""

import logging
import smtplib
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from branchlife.mail import AddressUnusable, RelayUnreachable, handed_over
from meetings.enums import DeliveryState
from meetings.models import Letter, Notice, Obligation, Reminder
from meetings.models.reminder import NoticeQuerySet
from meetings.notices import MAIL_UNDELIVERABLE
from meetings.services.reminders import claim
from meetings.services.reminders.compose import compose_letter
from meetings.services.reminders.recipients import people_in
from meetings.services.reminders.stages import CIRCLE_OF, Circle

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# A mail server that cannot be reached for one letter will not be for the next.
UNREACHABLE_IN_A_ROW = 3


class Outcome(StrEnum):
    SENT = "sent"
    RESOLVED = "resolved"  # nothing left to say
    WAITING = "waiting"  # will be tried again
    UNREACHABLE = "unreachable"  # will be tried again; the mail server was away
    DEAD = "dead"  # refused for good
    UNANSWERED = "unanswered"  # handed over, no answer: not sent again
    LOST = "lost"  # another sender took over


def send_letters(*, clock: Clock) -> Counter[Outcome]:
    """Send everything that waits; ends early when the mail server is away. May run at once with others."""
    outcomes: Counter[Outcome] = Counter()
    unreachable = 0
    while unreachable < UNREACHABLE_IN_A_ROW and (letter := claim.claim_letter(now=clock())):
        outcome = send_letter(letter, clock=clock)
        outcomes[outcome] += 1
        unreachable = unreachable + 1 if outcome is Outcome.UNREACHABLE else 0
    return outcomes


def send_letter(letter: Letter, *, clock: Clock) -> Outcome:
    """Send a claimed letter and write down how that went."""
    try:
        reminders = _still_needed(letter, now=clock())
        if not reminders:
            claim.drop(letter)
            return Outcome.RESOLVED
        message = compose_letter(letter, reminders)
        with handed_over(message, before_final_step=lambda: claim.begin_final_step(letter)):
            return _after_success(letter, reminders, now=clock())
    except claim.LeaseLost:
        return Outcome.LOST
    except Exception as error:
        return _after_failure(letter, error, now=clock())


def _still_needed(letter: Letter, *, now: datetime) -> list[Reminder]:
    """Asked again right before sending: still owed, and still this person's business? The others are
    marked as resolved."""
    rows = list(letter.reminders.unsent().select_related("obligation__organization", "obligation__group"))
    lines = Obligation.objects.unmet().filter(pk__in={row.obligation_id for row in rows})
    day = timezone.localdate(now)
    concerned = {circle: people_in(circle, lines, day) for circle in Circle} if letter.recipient.email else {}
    needed = [
        row
        for row in rows
        if (row.obligation_id, row.recipient_id) in concerned.get(CIRCLE_OF[row.stage], ())
    ]
    dropped = {row.pk for row in rows} - {row.pk for row in needed}
    letter.reminders.unsent().filter(pk__in=dropped).update(state=DeliveryState.RESOLVED)
    return needed


@transaction.atomic
def _after_success(letter: Letter, reminders: list[Reminder], *, now: datetime) -> Outcome:
    if not claim.finish(letter, now=now):
        return Outcome.LOST
    # What was settled while the letter went out was announced all the same.
    rows = Reminder.objects.filter(pk__in=[row.pk for row in reminders])
    rows.update(state=DeliveryState.SENT, sent_at=now)
    _undeliverable(letter).update(settled_at=now)
    logger.info("Letter %s is sent.", letter.pk)
    return Outcome.SENT


def _after_failure(letter: Letter, error: Exception, *, now: datetime) -> Outcome:
    sentence = f"{type(error).__name__}: {error}"
    # The address stands in many an answer of a mail server: it goes to the database, not to the log.
    logger.warning("Letter %s is not sent: %s", letter.pk, type(error).__name__)
    if _is_unanswered(letter, error):
        claim.note_unanswered(letter, error=sentence)
        return Outcome.UNANSWERED
    if isinstance(error, RelayUnreachable):
        claim.put_back(letter, error=sentence, now=now)
        return Outcome.UNREACHABLE
    if _is_final(error) or claim.is_too_old(letter, now=now):
        return _after_refusal(letter, sentence, now=now)
    claim.put_back(letter, error=sentence, now=now)
    return Outcome.WAITING


@transaction.atomic
def _after_refusal(letter: Letter, sentence: str, *, now: datetime) -> Outcome:
    """Given up, and told in the app, once as long as the person has not read it."""
    if not claim.give_up(letter, error=sentence):
        return Outcome.LOST
    letter.reminders.unsent().update(state=DeliveryState.DEAD)
    if not _undeliverable(letter).unread().exists():
        Notice.objects.create(
            recipient=letter.recipient,
            code=MAIL_UNDELIVERABLE,
            values={"address": letter.recipient.email},
            created_at=now,
        )
    return Outcome.DEAD


def _undeliverable(letter: Letter) -> NoticeQuerySet:
    """What the person was told about mail that could not be delivered and still stands."""
    return Notice.objects.visible_to(letter.recipient).current().filter(code=MAIL_UNDELIVERABLE)


def _is_unanswered(letter: Letter, error: Exception) -> bool:
    """After the final step only an answer with a code says that the server did not take it."""
    return letter.state == DeliveryState.FINALIZING and not isinstance(error, smtplib.SMTPResponseException)


def _is_final(error: Exception) -> bool:
    """5xx about this person or this text, or an address no mail can have. A refused sender or a failed
    sign-in is the site's own fault and is put right by its administrator."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, AddressUnusable)
