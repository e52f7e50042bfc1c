"""A month's end at 20,000 branches: what the round that announces everything costs, and the rounds in which there
is nothing to say. Every branch has a secretary and owes one theme day."""

import os
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import median

from django.db import connections

BRANCHES = 20_000
EACH = 50  # branches below one committee
DUE = date(2026, 10, 31)
NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SCANNERS = 4
TIMES = 5


def run() -> list[tuple[str, str, str]]:
    from meetings.models import Notice, Reminder

    _build()
    began = time.perf_counter()
    announced = _plan(NOW)
    month_change = time.perf_counter() - began
    assert announced == BRANCHES, announced
    idle = [_seconds_of_idle(number) for number in range(1, TIMES + 1)]
    thrifty = [_seconds_of_round(number) for number in range(TIMES + 1)][1:]
    Notice.objects.all().delete()
    Reminder.objects.all().delete()
    crowd, gave_up = _at_once()
    _plan(NOW + timedelta(minutes=2))  # on SQLite a scanner may have waited in vain: the clock comes again
    said = Counter(Notice.objects.values_list("recipient", "reminder__subject"))
    doubled, missing = sum(said.values()) - len(said), BRANCHES - len(said)
    assert missing == 0, missing
    per = 1_000_000 / BRANCHES
    return [
        ("month change, µs a reminder", f"{BRANCHES}", f"{month_change * per:.0f}"),
        (f"month change, {SCANNERS} scanners at once, µs a reminder", f"{BRANCHES}", f"{crowd * per:.0f}"),
        (f"month change, {SCANNERS} scanners at once, doubled", f"{BRANCHES}", f"{doubled}"),
        (f"month change, {SCANNERS} scanners at once, gave up", f"{BRANCHES}", f"{gave_up}"),
        ("idle scan of the ledger, µs a branch", f"{BRANCHES}", f"{median(idle) * per:.2f}"),
        ("idle round by the clock, µs a branch", f"{BRANCHES}", f"{median(thrifty) * per:.2f}"),
    ]


def _plan(now: datetime) -> int:
    from meetings.services.reminders.plan import plan_reminders

    return plan_reminders(now=now, kinds=["obligation"]).announced


def _seconds_of_idle(number: int) -> float:
    began = time.perf_counter()
    assert _plan(NOW + timedelta(seconds=number)) == 0
    return time.perf_counter() - began


def _seconds_of_round(number: int) -> float:
    """What a poke costs when nothing was written since the last; the first one looks through everything."""
    from meetings.services.reminders.run import run_reminders

    began = time.perf_counter()
    run_reminders(now=NOW + timedelta(minutes=1, seconds=number), thrifty=True)
    return time.perf_counter() - began


def _at_once() -> tuple[float, int]:
    """Seconds, and how many did not get the write lock in time."""
    connections.close_all()
    began = time.perf_counter()
    children = [_fork(number) for number in range(SCANNERS)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return time.perf_counter() - began, sum(code != 0 for code in codes)


def _fork(number: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _plan(NOW + timedelta(microseconds=number))
        code = 0
    finally:
        os._exit(code)


def _build() -> None:
    """In rows, not through services: paths of the tree are reckoned."""
    from branchlife.models import User
    from meetings.enums import Period, Role
    from meetings.models import Appointment, Obligation, ReminderRule, Requirement

    # Nothing but the theme day of these branches is to be announced; above them nobody is told.
    ReminderRule.objects.exclude(code="obligation").update(is_active=False)
    Obligation.objects.all().delete()
    branches = _tree()
    people = User.objects.bulk_create(
        (User(username=f"bench-{n}", name="测量", password="!") for n in range(BRANCHES)), batch_size=1000
    )
    Appointment.objects.bulk_create(
        (
            Appointment(user=person, organization=branch, role=Role.SECRETARY, start_on=date(2020, 1, 1))
            for person, branch in zip(people, branches, strict=True)
        ),
        batch_size=1000,
    )
    requirement = Requirement.objects.filter(owner=None, kind="theme_day").get()
    span = {"period": Period.MONTH, "period_start": DUE.replace(day=1), "period_end": DUE, "due_on": DUE}
    Obligation.objects.bulk_create(
        (
            Obligation(requirement=requirement, organization=branch, kind="theme_day", needed=1, **span)
            for branch in branches
        ),
        batch_size=1000,
    )


def _tree() -> list:
    from meetings.enums import OrganizationKind
    from meetings.models import Organization

    facts = {"kind": OrganizationKind.COMMITTEE, "founded_on": date(2015, 7, 1)}
    root = Organization.objects.add_root({"name": "测量党委", "code": "bench", **facts})
    middle = BRANCHES // EACH
    committees = [_node(root, number, numchild=EACH, **facts) for number in range(1, middle + 1)]
    facts["kind"] = OrganizationKind.BRANCH
    branches = [
        _node(committee, number, numchild=0, **facts)
        for committee in committees
        for number in range(1, EACH + 1)
    ]
    Organization.objects.bulk_create([*committees, *branches], batch_size=1000)
    Organization.objects.filter(pk=root.pk).update(numchild=middle)
    return branches


def _node(parent: object, number: int, **facts: object) -> object:
    from meetings.models import Organization

    path = Organization._get_path(parent.path, parent.depth + 1, number)  # type: ignore[attr-defined]
    depth = parent.depth + 1  # type: ignore[attr-defined]
    return Organization(path=path, depth=depth, name=f"{parent.name}{number}", **facts)  # type: ignore[attr-defined]
