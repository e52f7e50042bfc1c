"""What rounds leave behind for the next one and for the health page: their times, and a guard on the clock."""

import socket
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max, Model
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.models import AuditEvent, User
from meetings.models import Appointment, Meeting, Obligation, Pulse, Snooze
from meetings.reminding import source_of

ROUND, PLANNED, CLOCK = "round", "planned", "clock"
# Kinds of deadlines, in what a round notes: could not be planned, left to another hand, the same of another round.
FAILED, LEFT, OTHERS = "failed", "left", "others"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Clocks are set by seconds; more than this was not a correction.
TOLERANCE = timedelta(minutes=10)
# A full look after so long even when nothing seems to have happened.
AT_LEAST_EVERY = timedelta(minutes=15)
SLOW_EVERY = timedelta(hours=1)
# Whatever people do leaves an audit event; what machines write shows in the newest row.
WATCHED: tuple[type[Model], ...] = (AuditEvent, Obligation, Meeting, Appointment, Snooze, User)

Kinds = tuple[str, ...]


class ClockJumped(Exception):
    """The clock of this machine was set by hours: nothing is planned or sent before somebody confirms it."""


@dataclass(frozen=True)
class Plan:
    """How much of the planning is to be done now, and what the last round noted that was over by then."""

    is_due: bool
    with_slow: bool
    noted: Pulse | None = None


def beat(name: str, *, now: datetime, **facts: Any) -> None:
    Pulse.objects.update_or_create(name=name, defaults={"at": now, "facts": facts})


def last(name: str) -> Pulse | None:
    return Pulse.objects.filter(name=name).first()


def plan_needed(now: datetime) -> Plan:
    """Looking through everything each minute would cost a large site much and find nothing: it is done when
    the day or anything that people and machines write has changed, when a kind failed or left something, and every
    quarter of an hour."""
    done = last(PLANNED)
    if done is None:
        return Plan(is_due=True, with_slow=True)
    ago = now - done.at
    fresh = timedelta() <= ago < AT_LEAST_EVERY and timezone.localdate(done.at) == timezone.localdate(now)
    slow_at = datetime.fromisoformat(done.facts["slow_at"])
    with_slow = not timedelta() <= now - slow_at < SLOW_EVERY or not _same_day(slow_at, now)
    # What could not be planned, or was left to whoever had it in hand, is tried again at once.
    again = [kind for key in (FAILED, LEFT, OTHERS) for kind in done.facts.get(key, ())]
    with_slow = with_slow or any(source.is_slow for kind in again if (source := source_of(kind)))
    is_due = with_slow or bool(again) or not fresh or done.facts.get("seen") != newest_rows()
    return Plan(is_due, with_slow, done)


@transaction.atomic
def note_planned(
    plan: Plan, *, now: datetime, with_slow: bool, seen: list[int], failed: Kinds = (), left: Kinds = ()
) -> None:
    """Of a round that began with ``plan``. What another one noted meanwhile is kept beside: something was left to
    this one, perhaps, which had looked already."""
    before = Pulse.objects.select_for_update().filter(name=PLANNED).first()
    slow_at = now.isoformat() if with_slow or before is None else before.facts["slow_at"]
    others: set[str] = set()
    if before and not (plan.noted and (before.at, before.facts) == (plan.noted.at, plan.noted.facts)):
        others = {*before.facts.get(FAILED, ()), *before.facts.get(LEFT, ())}
    facts = {FAILED: list(failed), LEFT: list(left), OTHERS: sorted(others)}
    beat(PLANNED, now=now, slow_at=slow_at, seen=seen, **facts)


def newest_rows() -> list[int]:
    """One look-up in an index each."""
    return [model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0 for model in WATCHED]


def check_clock(now: datetime) -> None:
    """Compare the wall clock with the clock that counts since the machine was switched on. Raises ClockJumped.

    Without such a clock, or after a new start, only a step back is seen.
    """
    if jump := clock_jump(now):
        raise ClockJumped(jump)
    beat(_clock_name(), now=now, boot=_boot_id(), since_boot=_since_boot())


def clock_jump(now: datetime) -> str:
    """How the clock was set since the last round, in words; empty while it goes as it should."""
    before = last(_clock_name())
    if before is None:
        return ""
    passed, expected = now - before.at, _expected(before, _since_boot())
    if passed < -TOLERANCE or (expected is not None and abs(passed - expected) > TOLERANCE):
        return f"{timezone.localtime(before.at):%Y-%m-%d %H:%M} → {timezone.localtime(now):%Y-%m-%d %H:%M}"
    return ""


@transaction.atomic
def accept_clock(*, actor: User | None = None) -> None:
    """Somebody looked and says that the clock is right."""
    for each in Pulse.objects.filter(name__startswith=CLOCK):
        record_event(actor=actor, action="clock.accept", subject=each)
        each.delete()


def _clock_name() -> str:
    return f"{CLOCK} {socket.gethostname()}"[:60]


def _expected(before: Pulse, since_boot: float | None) -> timedelta | None:
    if since_boot is None or not _boot_id() or before.facts.get("boot") != _boot_id():
        return None
    return timedelta(seconds=since_boot - before.facts["since_boot"])


def _since_boot() -> float | None:
    """Seconds since the machine was switched on, sleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else None


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _same_day(first: datetime, second: datetime) -> bool:
    return timezone.localdate(first) == timezone.localdate(second)
