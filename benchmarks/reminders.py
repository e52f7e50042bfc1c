"""A month's end at 20,000 branches: what the round that announces everything costs, and the rounds in which there
is nothing to say. Every branch has a secretary and owes one theme day."""

import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median

from django.db import connections

from benchmarks.measure import Measured, measured

BRANCHES = 20_000
EACH = 50  # branches below one committee
DUE = date(2026, 10, 31)
NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
QUARTER_ENDS = date(2026, 9, 30)
SCANNERS = 4
TIMES = 5
ROUNDS = 25

REMINDERS = """
    INSERT INTO meetings_reminder
        (source, subject, due_on, organization_id, recipient_id, stage, falls_on, channel, state,
        planned_at, sent_at)
    SELECT 'obligation', line.id, line.due_on, line.organization_id, seat.user_id, 'overdue', %(day)s, 'in_app',
        'sent', %(now)s, %(now)s
    FROM meetings_obligation line JOIN meetings_appointment seat ON seat.organization_id = line.organization_id
"""
NOTICES = """
    INSERT INTO meetings_notice (recipient_id, reminder_id, code, "values", url, created_at)
    SELECT recipient_id, id, 'reminder.obligation.overdue',
        '{"bearer": "测量党委1234", "kind": "theme_day", "period": "2026-10", "due_on": "2026-10-31"}',
        '/obligations/?year=2026&month=10&organization=12345&kind=theme_day', %(now)s
    FROM meetings_reminder
"""

Figures = list[tuple[str, str, str]]


def run() -> Figures:
    """B6 and B7 of the targets, each in microseconds a branch or reminder: by the clock, and of work done."""
    from django.urls import reverse

    reverse("workbench")  # whatever is imported at first use
    _build()
    by_hand = _of(_by_hand)
    month_change = _of(lambda: _plan(NOW))
    look = _median(lambda number: _plan(NOW + timedelta(seconds=number)))
    _round(0)  # the first one looks through everything
    idle = _mean(_round)
    live = _median(lambda _number: _count_live())
    _forget()
    crowd = _crowd()
    _give_addresses()
    with_mail = _of(lambda: _plan(NOW))
    quarter = _quarter()
    return [
        _row("B7 month change, a reminder", month_change),
        _row("the same rows written by two statements, nothing asked, a reminder", by_hand),
        _row("B7 with a letter each, a reminder", with_mail),
        *crowd,
        _row("B6 idle round by the clock, a branch", idle),
        (
            "B6 ÷ live computation",
            f"{idle.cpu / live.cpu:.4f}",
            f"{idle.seconds / live.seconds:.4f}",
        ),
        _row("looking through everything, nothing new, a branch", look),
        _row("live computation, a branch", live),
        *quarter,
    ]


def _row(what: str, result: Measured, of: int = BRANCHES) -> tuple[str, str, str]:
    return what, f"{result.cpu / of * 1e6:.2f}", f"{result.seconds / of * 1e6:.2f}"


def _of(work: Callable[[], int]) -> Measured:
    """Five months' ends, each with nothing announced before: the middle one."""
    results = []
    for _month in range(TIMES):
        _forget()
        with measured() as result:
            done = work()
        assert done == BRANCHES, done
        results.append(result)
    return _middle(results)


def _median(work: Callable[[int], int]) -> Measured:
    results = []
    for number in range(1, TIMES + 1):
        with measured() as result:
            done = work(number)
        assert done == 0, done
        results.append(result)
    return _middle(results)


def _mean(work: Callable[[int], int]) -> Measured:
    """Of what takes so little that the look at the server before each would be in its way."""
    with measured() as result:
        done = sum(work(number) for number in range(1, ROUNDS + 1))
    assert done == 0, done
    return Measured(result.seconds / ROUNDS, 0, result.cpu / ROUNDS)


def _middle(results: list[Measured]) -> Measured:
    return Measured(median(each.seconds for each in results), 0, median(each.cpu for each in results))


def _plan(now: datetime) -> int:
    from meetings.services.reminders.plan import plan_reminders

    return plan_reminders(now=now, kinds=["obligation"]).announced


def _round(number: int) -> int:
    """What a poke costs when nothing was written since the last."""
    from meetings.services.reminders.run import run_reminders

    now = NOW + timedelta(minutes=1, seconds=number)
    return run_reminders(now=now, thrifty=True).planned.announced


def _count_live() -> int:
    """What a program without a ledger would do: derive what the month asks of everybody, look for the meetings."""
    from meetings.models import MeetingPart
    from meetings.services.obligations import in_batches
    from meetings.services.owed import owed
    from meetings.services.rulebook.effective import read_requirements

    first = DUE.replace(day=1)
    book, met = read_requirements(first, DUE), 0
    for organizations in in_batches():
        held = MeetingPart.objects.filter(
            meeting__organization__in=organizations, counts_for__range=(first, DUE)
        )
        found = set(held.values_list("meeting__organization_id", "meeting__group_id", "kind"))
        met += sum(line.key[:3] in found for line in owed(organizations, book, first, DUE))
    return met


def _by_hand() -> int:
    """What the databases take for the rows themselves: their indexes, foreign keys and checks."""
    from django.db import connection, transaction
    from django.utils import timezone

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REMINDERS, {"day": timezone.localdate(NOW), "now": NOW})
        cursor.execute(NOTICES, {"now": NOW})
        return int(cursor.rowcount)


def _forget() -> None:
    """And what was deleted leaves no room behind, and the server has counted its rows, as on a site it has."""
    from django.db import connection

    from meetings.models import Letter, Notice, Reminder

    for model in (Notice, Reminder, Letter):
        model.objects.all().delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _give_addresses() -> None:
    from django.db.models import F, Value
    from django.db.models.functions import Concat

    from branchlife.models import User

    people = User.objects.filter(username__startswith="bench-")
    people.update(email=Concat(F("username"), Value("@example.org")))


def _quarter() -> Figures:
    """The ledger in the night after a quarter: three months and a quarter more for everybody."""
    from meetings.services.obligations import generate_obligations

    generate_obligations(as_of=QUARTER_ENDS)
    with measured() as result:
        written = generate_obligations(as_of=QUARTER_ENDS + timedelta(days=1))
    with measured() as again:
        assert not generate_obligations(as_of=QUARTER_ENDS + timedelta(days=2)).created
    return [
        _row("a quarter's lines of the ledger, a line", result, written.created),
        _row("the ledger looked over at night, nothing new, a branch", again),
    ]


def _crowd() -> Figures:
    from meetings.models import Notice

    seconds, gave_up = _at_once()
    _plan(NOW + timedelta(minutes=2))  # on SQLite a scanner may have waited in vain: the clock comes again
    said = Counter(Notice.objects.values_list("recipient", "reminder__subject"))
    doubled, missing = sum(said.values()) - len(said), BRANCHES - len(said)
    assert missing == 0, missing
    return [
        (f"B7 {SCANNERS} scanners at once, a reminder", "", f"{seconds / BRANCHES * 1e6:.2f}"),
        (f"B7 {SCANNERS} scanners at once, doubled (gave up: {gave_up})", "", f"{doubled}"),
    ]


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
