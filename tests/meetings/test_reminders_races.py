"""Several planners and senders at once, each with a connection of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branchlife.models import User
from meetings.models import Letter, Notice, Obligation, Reminder
from meetings.reminder_enums import Evidence
from meetings.reminding import source_of
from meetings.services.obligations import recount
from meetings.services.reminders import announce, claim
from meetings.services.reminders.find import find_due, look
from meetings.services.reminders.plan import PlanResult, plan_reminders
from meetings.services.reminders.resolve import resolve
from meetings.services.reminders.run import running_clock
from meetings.services.reminders.send import send_letters
from tests.held import hold
from tests.meetings.reminder_ledger import AT_ONCE, about, at, at_once, owe, plan_lines
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
NOVEMBER = date(2026, 11, 1)
NOW = at(date(2026, 12, 9))
KINDS = ("theme_day", "committee", "general", "lecture")


@pytest.fixture
def world() -> World:
    world = build_world()
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    for kind in KINDS:
        owe(world.branch, NOVEMBER, kind=kind)
        owe(world.small_branch, NOVEMBER, kind=kind)
    return world


def doubles() -> int:
    """How many notices there are more than lines and people they were to be written for."""
    rows = Notice.objects.values_list("reminder__subject", "recipient")
    return len(rows) - len(set(rows))


def one_found() -> tuple[int, Callable[[], int]]:
    """What a planner has found, how much it is, and the writing of it."""
    source, outlook = source_of("obligation"), look(NOW)
    assert source is not None
    found = list(find_due(source, outlook).values())
    return len(found), lambda: announce.announce(source, found, outlook.horizon(source), now=NOW)


def test_planners_at_once_announce_everything_once(world: World) -> None:
    at_once(lambda: plan_lines(NOW))
    plan_lines(NOW)  # what one of them left to another that had gone
    assert doubles() == 0
    assert Notice.objects.count() == Reminder.objects.in_app().count() == 3 * len(KINDS) + len(KINDS)
    assert Reminder.objects.filter(channel="email").count() == len(KINDS)


def test_planners_that_read_the_same_state_announce_it_once(world: World) -> None:
    """The narrow case: all of them have found the same lines before the first one writes."""
    number, write = one_found()
    assert sum(at_once(write)) == number == Notice.objects.count()
    assert doubles() == 0


def test_a_round_without_news_takes_no_lock(world: World) -> None:
    """On SQLite one BEGIN keeps all others from writing, and waits for whoever writes."""
    plan_reminders(now=NOW)
    with CaptureQueriesContext(connection) as asked:
        assert plan_reminders(now=NOW + timedelta(minutes=1)) == PlanResult()
        resolve(about={"obligation": []})
    writing = ("BEGIN", "INSERT", "UPDATE", "DELETE")
    assert [each["sql"] for each in asked if each["sql"].startswith(writing)] == []
    assert asked


def test_a_day_moved_after_it_was_found_is_announced_by_its_new_one(world: World) -> None:
    _number, write = one_found()
    moved = Obligation.objects.filter(organization=world.branch, kind="lecture").get()
    new_day = moved.due_on + timedelta(days=1)
    Obligation.objects.filter(pk=moved.pk).update(due_on=new_day)
    about_it = Reminder.objects.filter(subject=moved.pk).values_list("due_on", flat=True)
    assert write() > 0
    assert not about_it.exists()
    plan_lines(NOW)
    assert set(about_it) == {new_day}


@contextmanager
def without_the_unique_key() -> Iterator[None]:
    """The table without its guard. SQLite builds it anew from the model, so the model must not name it."""
    guards = Reminder._meta.constraints
    guard = next(each for each in guards if each.name == "reminder_announced_once")
    Reminder._meta.constraints = [each for each in guards if each is not guard]
    try:
        with connection.schema_editor() as editor:
            editor.remove_constraint(Reminder, guard)
        yield
    finally:
        Reminder.objects.all().delete()
        Reminder._meta.constraints = guards
        with connection.schema_editor() as editor:
            editor.add_constraint(Reminder, guard)


def test_without_the_unique_key_there_would_be_doubles(world: World) -> None:
    """What keeps the two tests above green is the constraint: take it away and they see doubles."""
    number, write = one_found()
    with without_the_unique_key():
        for _planner in range(2):
            write()
        assert doubles() == number
    write()
    write()
    assert doubles() == 0


def test_senders_at_once_send_each_letter_once(world: World) -> None:
    for person in (world.reviewer, world.small_secretary, world.group_leader):
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.org")
    plan_lines(NOW)
    clock = running_clock(NOW)
    at_once(lambda: send_letters(clock=clock))
    letters = Letter.objects.all()
    assert len(letters) == 3
    assert {letter.state for letter in letters} == {"sent"}
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert sorted(ids) == sorted(letter.message_id for letter in letters)


def test_a_claim_that_looks_before_it_leaps_would_send_twice(world: World) -> None:
    """The control: reading the state and saving it lets everybody through who read in time."""
    plan_lines(NOW)
    together = threading.Barrier(AT_ONCE)

    def naive() -> bool:
        letter = Letter.objects.sendable(NOW, timedelta(minutes=10)).first()
        together.wait(timeout=30)
        if letter is None:
            return False
        letter.state, letter.lease_until = "claimed", NOW
        letter.save()
        return True

    assert sum(at_once(naive)) == AT_ONCE
    Letter.objects.update(state="pending", lease_until=None)
    assert sum(letter is not None for letter in at_once(lambda: claim.claim_letter(now=NOW))) == 1


def test_a_meeting_recorded_while_planning_leaves_no_notice_behind(world: World) -> None:
    line = world.branch.obligations.get(kind="theme_day")
    hold(world.branch, "theme_day", date(2026, 11, 20))

    turns = list(range(AT_ONCE))

    def either() -> None:
        if turns.pop() % 2:
            plan_lines(NOW)
        else:
            recount(world.branch.obligations.all())

    at_once(either)
    plan_lines(NOW + timedelta(minutes=1))
    assert not Notice.objects.current().filter(**about(line)).exists()
    assert Notice.objects.current().filter(recipient=world.secretary).count() == len(KINDS) - 1


def test_a_sender_that_slept_past_its_lease_cannot_finish(world: World) -> None:
    plan_lines(NOW)
    sleeper = claim.claim_letter(now=NOW)
    assert claim.claim_letter(now=NOW + timedelta(minutes=5)) is None
    later = claim.claim_letter(now=NOW + timedelta(minutes=11))
    assert later.pk == sleeper.pk
    with pytest.raises(claim.LeaseLost):
        claim.begin_final_step(sleeper, now=NOW)
    assert not claim.put_back(sleeper, error="", now=NOW)
    claim.begin_final_step(later, now=NOW)
    assert claim.finish(later, evidence=Evidence.ANSWER, now=NOW)
    assert Letter.objects.get().state == "sent"
