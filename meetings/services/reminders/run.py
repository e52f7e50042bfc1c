"""One round: what the clock, a restart and `manage.py send_reminders` do."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from django.utils import timezone

from branchlife.failpoints import reach
from meetings.services.reminders import pulse
from meetings.services.reminders.letters import rehome
from meetings.services.reminders.plan import PlanResult, plan_reminders
from meetings.services.reminders.send import Clock, Outcome, send_letters
from meetings.services.reminders.unsure import Verdict, resolve_unsure


@dataclass(frozen=True)
class RoundResult:
    planned: PlanResult
    letters: Counter[Outcome] = field(default_factory=Counter)
    unsure: Counter[Verdict] = field(default_factory=Counter)


def run_reminders(*, now: datetime | None = None, thrifty: bool = False) -> RoundResult:
    """Plan what is due by ``now``, decide on letters left behind, send what waits. Harmless when run twice,
    also at once.

    ``thrifty``: plan only when there may be news. Without ``now`` the machine's clock is looked at first:
    raises ClockJumped.
    """
    if now is None:
        pulse.check_clock(timezone.now())
    now = now or timezone.now()
    clock = running_clock(now)
    planned = _plan(now, thrifty)
    reach("round.planned")
    unsure = resolve_unsure(now=clock())
    rehome(now=clock())
    letters = send_letters(clock=clock)
    pulse.beat(pulse.ROUND, now=clock(), **{str(outcome): number for outcome, number in letters.items()})
    return RoundResult(planned, letters, unsure)


def _plan(now: datetime, thrifty: bool) -> PlanResult:
    needed = pulse.plan_needed(now)
    if thrifty and not needed.is_due:
        return PlanResult()
    slow = needed.with_slow or not thrifty
    seen = pulse.newest_rows()  # before: what is written meanwhile is looked at in the next round
    planned = plan_reminders(now=now, slow=slow)
    pulse.note_planned(needed, now=now, with_slow=slow, seen=seen, failed=planned.failed, left=planned.left)
    return planned


def running_clock(start: datetime) -> Clock:
    """Time goes on from ``start`` while letters are sent: leases must not begin in the past. It does not
    follow a wall clock that is set during the round."""
    began = monotonic()
    return lambda: start + timedelta(seconds=monotonic() - began)
