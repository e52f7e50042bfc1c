"""Sending letters, one after the other. No letter stops the ones behind it."""

import logging
import smtplib
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from branchlife.mail import AddressUnusable, RelayUnreachable, handed_over
from meetings.enums import DeliveryState
from meetings.models import Letter, Notice, Reminder
from meetings.models.reminder import NoticeQuerySet
from meetings.notices import MAIL_UNDELIVERABLE
from meetings.reminding import Source, source_of
from meetings.services.reminders import claim
from meetings.services.reminders.announce import key_of
from meetings.services.reminders.compose import Line, compose_letter
from meetings.services.reminders.find import Outlook, find_due, look

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
        lines = _still_needed(letter, now=clock())
        if not lines:
            claim.drop(letter)
            return Outcome.RESOLVED
        message = compose_letter(letter, lines)
        with handed_over(message, before_final_step=lambda: claim.begin_final_step(letter)):
            return _after_success(letter, lines, now=clock())
    except claim.LeaseLost:
        return Outcome.LOST
    except Exception as error:
        return _after_failure(letter, error, now=clock())


def _still_needed(letter: Letter, *, now: datetime) -> list[Line]:
    """Asked again right before sending: still owed, and still this person's business? The others are
    marked as resolved."""
    rows = list(letter.reminders.unsent().select_related("organization"))
    lines = _lines(letter, rows, now) if letter.recipient.email else []
    dropped = {row.pk for row in rows} - {line.reminder.pk for line in lines}
    letter.reminders.unsent().filter(pk__in=dropped).update(state=DeliveryState.RESOLVED)
    return lines


def _lines(letter: Letter, rows: list[Reminder], now: datetime) -> list[Line]:
    outlook = look(now, {row.organization.path for row in rows})
    by_source: dict[str, list[Reminder]] = defaultdict(list)
    for row in rows:
        by_source[row.source].append(row)
    found = (
        _lines_of(source, each, outlook) for code, each in by_source.items() if (source := source_of(code))
    )
    return [line for lines in found for line in lines]


def _lines_of(source: Source, rows: list[Reminder], outlook: Outlook) -> list[Line]:
    due = find_due(source, outlook, {row.subject for row in rows})
    wanted = {row: due[key_of(row)].matter for row in rows if key_of(row) in due}
    facts = source.facts(list(wanted.values()))
    return [Line(row, facts[matter]) for row, matter in wanted.items() if matter in facts]


@transaction.atomic
def _after_success(letter: Letter, lines: list[Line], *, now: datetime) -> Outcome:
    if not claim.finish(letter, now=now):
        return Outcome.LOST
    # What was settled while the letter went out was announced all the same.
    rows = Reminder.objects.filter(pk__in=[line.reminder.pk for line in lines])
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
