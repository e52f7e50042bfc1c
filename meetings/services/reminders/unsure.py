"""Letters that were handed over and never answered for: what the journal, the mail server's log, or else the
rule says about them."""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction

from branchlife.relay_log import was_taken
from meetings.models import Letter, Reminder, ReminderRule
from meetings.reminder_enums import Channel, DeliveryState, Evidence, WhenUnsure
from meetings.reminding import source_of
from meetings.services.reminders import claim, journal
from meetings.services.rulebook.effective import RuleBook

# So long a log that has fallen silent is waited for.
PATIENCE = timedelta(hours=1)
# A letter that was sent twice without an answer is not sent a third time.
MOST_RESENDS = 1


class Verdict(StrEnum):
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"  # provably: sent again
    RESENT = "resent"  # nobody knows: sent once more, as the rule says
    HELD = "held"  # nobody knows: an administrator decides
    WAITING = "waiting"  # the log may still tell


def resolve_unsure(*, now: datetime) -> Counter[Verdict]:
    """Decide on every letter left behind. May run at once with others: each move names the token."""
    left = Letter.objects.unanswered(now, settings.REMINDER_LEASE).order_by("pk")[:500]
    return Counter(_decide(letter, now) for letter in left)


def _decide(letter: Letter, now: datetime) -> Verdict:
    if journal.was_sent(letter, now=now):
        return _note_taken(letter, Evidence.JOURNAL, now)
    handed_over = min(letter.lease_until or now, now)  # at the latest
    taken = was_taken(letter.message_id, handed_over) if letter.channel == Channel.EMAIL else None
    if taken:
        return _note_taken(letter, Evidence.RELAY_LOG, now)
    if taken is False:
        claim.send_once_more(letter, is_unsure=False, now=now)
        return Verdict.NOT_TAKEN
    if settings.RELAY_LOG and letter.channel == Channel.EMAIL and now - handed_over < PATIENCE:
        return Verdict.WAITING
    return _by_the_rule(letter, now)


@transaction.atomic
def _note_taken(letter: Letter, evidence: Evidence, now: datetime) -> Verdict:
    if claim.finish(letter, evidence=evidence, now=now):
        letter.reminders.unsent().update(state=DeliveryState.SENT, sent_at=now)
    return Verdict.TAKEN


@transaction.atomic
def _by_the_rule(letter: Letter, now: datetime) -> Verdict:
    """Sent once more as soon as one of its kinds asks for that."""
    if letter.unsure < MOST_RESENDS and _asks_for_resending(letter, now):
        claim.send_once_more(letter, is_unsure=True, now=now)
        return Verdict.RESENT
    if claim.hold(letter):
        letter.reminders.unsent().update(state=DeliveryState.HELD)
    return Verdict.HELD


def _asks_for_resending(letter: Letter, now: datetime) -> bool:
    rows = letter.reminders.unsent().select_related("organization")
    book = RuleBook.read(ReminderRule.objects.all(), now.date(), now.date())
    return any(_policy(book, row, now) is WhenUnsure.RESEND for row in rows)


def _policy(book: RuleBook[ReminderRule], row: Reminder, now: datetime) -> WhenUnsure:
    rule = book.at(row.source, row.organization.path, now.date())
    if source_of(row.source) is None or rule is None:
        return WhenUnsure.HOLD
    return WhenUnsure(rule.when_unsure)
