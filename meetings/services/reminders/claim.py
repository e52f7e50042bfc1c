"""The states of a letter. Every move is one conditional update that names the token it was claimed with:
who lost the lease changes nothing any more. Each is committed by itself."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from branchlife.failpoints import reach
from meetings.models import Letter
from meetings.reminder_enums import DeliveryState, Evidence

# As long as mail servers themselves keep trying a letter that is put off.
KEEP_TRYING = timedelta(days=3)


class LeaseLost(Exception):
    """Somebody else has the letter now, because this sender took too long."""


def claim_letter(*, now: datetime) -> Letter | None:
    """Take the next letter that waits; None when there is none. Two senders never get the same one."""
    while candidates := _candidates(now):
        for pk, token in candidates:
            if _take(pk, token, now):
                reach("claim.taken")
                return Letter.objects.select_related("recipient", "robot__organization").get(pk=pk)
    return None


def begin_final_step(letter: Letter, *, now: datetime) -> None:
    """From here on the letter may have arrived; the lease begins anew. Raises LeaseLost."""
    # Committed before the server gets the last piece: an open transaction around it would promise nothing.
    with transaction.atomic(durable=True):
        lease = now + settings.REMINDER_LEASE
        if not _move(letter, DeliveryState.CLAIMED, state=DeliveryState.FINALIZING, lease_until=lease):
            raise LeaseLost
    letter.state = DeliveryState.FINALIZING


def finish(letter: Letter, *, evidence: Evidence, now: datetime) -> bool:
    return _move(
        letter,
        letter.state,
        state=DeliveryState.SENT,
        sent_at=now,
        evidence=evidence,
        last_error="",
        lease_until=None,
    )


def drop(letter: Letter) -> bool:
    """Nothing is left to say, or nobody to say it to."""
    return _move(letter, DeliveryState.CLAIMED, state=DeliveryState.RESOLVED, lease_until=None)


def put_off(letter: Letter, *, until: datetime) -> bool:
    """Not at this hour. That was no attempt."""
    waits = {"state": DeliveryState.PENDING, "next_attempt_at": until, "lease_until": None}
    return _move(letter, DeliveryState.CLAIMED, attempts=F("attempts") - 1, **waits)


def put_back(letter: Letter, *, error: str, now: datetime) -> bool:
    """Try again later; the more often it failed, the later."""
    return _move(
        letter,
        letter.state,
        state=DeliveryState.PENDING,
        next_attempt_at=now + pause_after(letter.attempts),
        last_error=error[:300],
        lease_until=None,
    )


def give_up(letter: Letter, *, error: str) -> bool:
    return _move(letter, letter.state, state=DeliveryState.DEAD, last_error=error[:300], lease_until=None)


def note_unanswered(letter: Letter, *, error: str, now: datetime) -> bool:
    """The server got the whole letter and did not answer: it stays ``finalizing``, and its lease is over."""
    return _move(letter, DeliveryState.FINALIZING, last_error=error[:300], lease_until=now)


def send_once_more(letter: Letter, *, is_unsure: bool, now: datetime) -> bool:
    """It did not arrive, or (``is_unsure``) may have and is sent again all the same. The old holder's token is
    void."""
    return _move(
        letter,
        DeliveryState.FINALIZING,
        state=DeliveryState.PENDING,
        token=F("token") + 1,
        unsure=F("unsure") + int(is_unsure),
        next_attempt_at=now,
        lease_until=None,
    )


def hold(letter: Letter) -> bool:
    return _move(
        letter,
        DeliveryState.FINALIZING,
        state=DeliveryState.HELD,
        token=F("token") + 1,
        unsure=F("unsure") + 1,
        lease_until=None,
    )


def is_too_old(letter: Letter, *, now: datetime) -> bool:
    return now - letter.due_at > KEEP_TRYING


def pause_after(attempts: int) -> timedelta:
    """Doubles with every attempt up to two hours; spread by a quarter either way, so that letters that
    failed together do not come back together."""
    pause = min(
        settings.REMINDER_FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 10), settings.REMINDER_LONGEST_PAUSE
    )
    spread: float = random.uniform(0.75, 1.25)  # noqa: S311 - nothing secret
    return timedelta(seconds=pause.total_seconds() * spread)


def _candidates(now: datetime) -> list[tuple[int, int]]:
    waiting = Letter.objects.sendable(now, settings.REMINDER_LEASE).order_by("next_attempt_at", "pk")
    return list(waiting.values_list("pk", "token")[:20])


def _take(pk: int, token: int, now: datetime) -> bool:
    untouched = Letter.objects.sendable(now, settings.REMINDER_LEASE).filter(pk=pk, token=token)
    return bool(
        untouched.update(
            state=DeliveryState.CLAIMED,
            token=token + 1,
            attempts=F("attempts") + 1,
            lease_until=now + settings.REMINDER_LEASE,
        )
    )


def _move(letter: Letter, from_state: str, **columns: object) -> bool:
    held = Letter.objects.filter(pk=letter.pk, token=letter.token, state=from_state)
    return bool(held.update(**columns))
