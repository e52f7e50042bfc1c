"""One round: what the clock, a restart and `manage.py send_reminders` do."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone

from meetings.services.reminders.plan import PlanResult, plan_reminders
from meetings.services.reminders.send import Clock, Outcome, send_letters


@dataclass(frozen=True)
class RoundResult:
    planned: PlanResult
    letters: Counter[Outcome]


def run_reminders(*, now: datetime | None = None) -> RoundResult:
    """Plan what is due by ``now``, then send what waits. Harmless when run twice, also at once."""
    now = now or timezone.now()
    clock = running_clock(now)
    return RoundResult(plan_reminders(now=now), send_letters(clock=clock))


def running_clock(start: datetime) -> Clock:
    """Time goes on from ``start`` while letters are sent: leases must not begin in the past. It does not
    follow a wall clock that is set during the round."""
    began = monotonic()
    return lambda: start + timedelta(seconds=monotonic() - began)
