"""Sending letters, one after the other. No letter stops the ones behind it."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from branchlife.delivery import NotNow, Refused, Unreachable
from branchlife.failpoints import reach
from meetings.digest import USUAL
from meetings.models import Letter, Notice, Reminder
from meetings.models.reminder import NoticeQuerySet
from meetings.notices import MAIL_UNDELIVERABLE
from meetings.reminder_enums import DeliveryState, Evidence
from meetings.services.reminders import claim, journal
from meetings.services.reminders.channels import WAYS
from meetings.services.reminders.compose import Line
from meetings.services.reminders.letters import habits_of
from meetings.services.reminders.lines import lines_of
from meetings.services.workdays import read_calendar

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# A mail server that cannot be reached for one letter will not be for the next.
UNREACHABLE_IN_A_ROW = 3


class Outcome(StrEnum):
    SENT = "sent"
    RESOLVED = "resolved"  # nothing left to say
    PUT_OFF = "put_off"  # not at this hour
    WAITING = "waiting"  # will be tried again
    UNREACHABLE = "unreachable"  # will be tried again; the server was away
    DEAD = "dead"  # refused for good
    UNANSWERED = "unanswered"  # handed over, no answer
    LOST = "lost"  # another sender took over


def send_letters(*, clock: Clock) -> Counter[Outcome]:
    """Send everything that waits; ends early when a server is away. May run at once with others."""
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
        if until := _put_off_until(letter, clock()):
            claim.put_off(letter, until=until)
            return Outcome.PUT_OFF
        lines = lines_of(letter, now=clock())
        reach("send.checked")
        fresh = _not_sent_before(lines, now=clock())
        if not fresh:
            return _after_nothing(letter, lines, now=clock())
        return _hand_over(letter, lines, fresh, clock)
    except claim.LeaseLost:
        return Outcome.LOST
    except Exception as error:
        return _after_failure(letter, error, now=clock())


def _hand_over(letter: Letter, lines: Sequence[Line], fresh: Sequence[Line], clock: Clock) -> Outcome:
    def final_step() -> None:
        claim.begin_final_step(letter, now=clock())

    with WAYS[letter.channel](letter, fresh, before_final_step=final_step):
        reach("send.answered")
        journal.write_down(letter, [line.key for line in fresh], now=clock())
        outcome = _after_success(letter, lines, Evidence.ANSWER, now=clock())
        reach("send.noted")
        return outcome


def _put_off_until(letter: Letter, now: datetime) -> datetime | None:
    """Not in somebody's quiet hours, nor on a day off."""
    habits = habits_of([letter.recipient_id or 0]).get(letter.recipient_id or 0, USUAL)
    local = timezone.localtime(now)
    calendar = read_calendar([local.year])
    return None if habits.may_send(local, calendar) else habits.next_moment(local, calendar)


def _not_sent_before(lines: Sequence[Line], now: datetime) -> list[Line]:
    """The database may have been restored from a backup and know less than was done."""
    if not lines:
        return []
    since = min(line.reminder.falls_on for line in lines)
    before = journal.sent_before((line.key for line in lines), since=since, now=now)
    return [line for line in lines if line.key not in before]


def _after_nothing(letter: Letter, lines: Sequence[Line], *, now: datetime) -> Outcome:
    if lines:
        logger.warning("Letter %s was sent before, says the journal.", letter.pk)
        return _after_success(letter, lines, Evidence.JOURNAL, now=now)
    claim.drop(letter)
    return Outcome.RESOLVED


@transaction.atomic
def _after_success(letter: Letter, lines: Sequence[Line], evidence: Evidence, *, now: datetime) -> Outcome:
    if not claim.finish(letter, evidence=evidence, now=now):
        return Outcome.LOST
    # What was settled while the letter went out was announced all the same.
    rows = Reminder.objects.filter(pk__in=[line.reminder.pk for line in lines])
    rows.update(state=DeliveryState.SENT, sent_at=now)
    _undeliverable(letter).update(settled_at=now)
    logger.info("Letter %s is sent.", letter.pk)
    return Outcome.SENT


def _after_failure(letter: Letter, error: Exception, *, now: datetime) -> Outcome:
    # The address stands in many an answer of a mail server: it goes to the database, not to the log.
    logger.warning("Letter %s is not sent: %s", letter.pk, type(error).__name__)
    said = isinstance(error, NotNow | Refused | Unreachable)
    sentence = str(error) if said else f"{type(error).__name__}: {error}"
    if letter.state == DeliveryState.FINALIZING and not said:
        claim.note_unanswered(letter, error=sentence, now=now)
        return Outcome.UNANSWERED
    if isinstance(error, Unreachable):
        claim.put_back(letter, error=sentence, now=now)
        return Outcome.UNREACHABLE
    if isinstance(error, Refused) or claim.is_too_old(letter, now=now):
        return _after_refusal(letter, sentence, now=now)
    claim.put_back(letter, error=sentence, now=now)
    return Outcome.WAITING


@transaction.atomic
def _after_refusal(letter: Letter, sentence: str, *, now: datetime) -> Outcome:
    """Given up, and told in the app, once as long as the person has not read it."""
    if not claim.give_up(letter, error=sentence):
        return Outcome.LOST
    letter.reminders.unsent().update(state=DeliveryState.DEAD)
    if letter.recipient and not _undeliverable(letter).unread().exists():
        Notice.objects.create(
            recipient=letter.recipient,
            code=MAIL_UNDELIVERABLE,
            values={"address": letter.recipient.email},
            created_at=now,
        )
    return Outcome.DEAD


def _undeliverable(letter: Letter) -> NoticeQuerySet:
    """What the person was told about mail that could not be delivered and still stands."""
    told = Notice.objects.current().filter(code=MAIL_UNDELIVERABLE)
    return told.visible_to(letter.recipient) if letter.recipient else told.none()
