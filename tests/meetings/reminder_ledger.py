"""Lines of the ledger for the tests of reminders, moments of a day in Shanghai, and work done at once."""

import threading
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone

from branchlife.models import User
from meetings.enums import Period
from meetings.models import (
    Obligation,
    Organization,
    PartyGroup,
    ReminderPreference,
    ReminderRule,
    Requirement,
)
from meetings.periods import span_of
from meetings.services.reminders.plan import PlanResult, plan_reminders

AT_ONCE = 4


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def owe(
    organization: Organization,
    day: date,
    *,
    kind: str = "theme_day",
    period: Period = Period.MONTH,
    group: PartyGroup | None = None,
    **columns: object,
) -> Obligation:
    """The line of the period in which ``day`` lies; due on its last day."""
    span = span_of(period, day)
    requirement = Requirement.objects.filter(owner=None, kind=kind).get()
    facts = {"period_start": span.start, "period_end": span.end, "due_on": span.end, "needed": 1} | columns
    return Obligation.objects.create(
        requirement=requirement, organization=organization, group=group, kind=kind, period=period, **facts
    )


def plan_lines(now: datetime) -> PlanResult:
    """Reminders of what is owed by the ledger, and of nothing else."""
    return plan_reminders(now=now, kinds=["obligation"])


def remind_only_of(*kinds: str) -> None:
    """The other kinds of deadlines are not in use: the branches of a test hand in no plans."""
    ReminderRule.objects.exclude(code__in=kinds).update(is_active=False)


def at_any_hour(*people: User) -> None:
    """They are written to as soon as there is something to say, night and day."""
    for person in people:
        ReminderPreference.objects.update_or_create(
            user=person,
            defaults={
                "digest_at": time(0), "quiet_from": time(0), "quiet_until": time(0), "working_days_only": False,
            },
        )  # fmt: skip


def about(line: Obligation) -> dict[str, Any]:
    """Narrows notices to one line of the ledger."""
    return {"reminder__source": "obligation", "reminder__subject": line.pk}


def at_once(work: Callable[[], Any], number: int = AT_ONCE) -> list[Any]:
    """Run it in so many threads that start together; the first error is raised here."""
    together = threading.Barrier(number)
    results: list[Any] = []

    def run() -> None:
        try:
            together.wait(timeout=30)
            results.append(work())
        except BaseException as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    assert len(results) == number
    return results
