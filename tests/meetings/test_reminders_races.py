"""Several planners and senders at once, each with a connection of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from branchlife.models import User
from meetings.models import Letter, Notice, Obligation, Reminder
from meetings.reminder_enums import Evidence
from meetings.reminding import source_of
from meetings.services.obligations import recount
from meetings.services.reminders import announce, claim, letters
from meetings.services.reminders.find import find_due, look
from meetings.services.reminders.plan import PlanResult, plan_reminders
from meetings.services.reminders.resolve import resolve
from meetings.services.reminders.run import run_reminders, running_clock
from meetings.services.reminders.send import send_letters
from tests.held import hold
from tests.meetings.reminder_ledger import AT_ONCE, about, at, at_once, owe, plan_lines, remind_only_of
from tests.world import World, build_world, make_user

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
    return len(found), lambda: announce.announce(source, found, outlook.horizon(source), now=NOW).written


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


@pytest.fixture
def threads(world: World, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """In which thread each batch of three was written. Another branch has nobody in common with the first two."""
    seen: list[int] = []
    write = announce._announce

    def noting(*args: Any, **named: Any) -> announce.Told:
        seen.append(threading.get_ident())
        return write(*args, **named)

    monkeypatch.setattr(announce, "BATCH", 3)
    monkeypatch.setattr(announce, "_announce", noting)
    for kind in KINDS:
        owe(world.other_branch, NOVEMBER, kind=kind)
    return seen


def test_many_are_written_by_two_at_once(threads: list[int]) -> None:
    """Where two may write."""
    number, write = one_found()
    assert write() == number == Notice.objects.count() > 4 * 3
    assert doubles() == 0
    assert Letter.objects.get().reminders.count() == len(KINDS)
    assert len(set(threads)) == (1 if connection.vendor == "sqlite" else 2)
    assert len(threads) >= -(-number // 3)


def test_two_writers_at_once_twice_write_everything_once(world: World, threads: list[int]) -> None:
    at_once(lambda: plan_lines(NOW))
    plan_lines(NOW)
    assert doubles() == 0
    assert Notice.objects.count() == Reminder.objects.in_app().count() == one_found()[0]


@pytest.mark.parametrize("beside", [False, True])
def test_a_writer_that_fails_stops_the_other_and_is_made_up_for(
    threads: list[int], monkeypatch: pytest.MonkeyPatch, beside: bool
) -> None:
    number, write = one_found()
    write_notices, here, failed = announce._write_notices, threading.get_ident(), threading.Event()

    def failing(*args: Any) -> None:
        if connection.vendor == "sqlite" or (threading.get_ident() != here) is beside:
            failed.set()
            raise RuntimeError("on its way to the notices")
        assert failed.wait(timeout=30)
        write_notices(*args)

    with monkeypatch.context() as patch:
        patch.setattr(announce, "_write_notices", failing)
        with pytest.raises(RuntimeError):
            write()
    written = Notice.objects.count()
    assert written == Reminder.objects.in_app().count() < number
    assert len(threads) <= 3  # one that failed; the other had begun and may have begun once more
    assert write() == number - written
    assert (Notice.objects.count(), doubles()) == (number, 0)


@pytest.mark.postgresql
def test_one_writes_all_where_the_server_gives_no_second_connection(
    threads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, connect = threading.get_ident(), type(connections["default"]).get_new_connection

    def refused(self: Any, parameters: Any) -> Any:
        if threading.get_ident() != here:
            raise OperationalError("sorry, too many clients already")
        return connect(self, parameters)

    monkeypatch.setattr(type(connections["default"]), "get_new_connection", refused)
    number, write = one_found()
    assert write() == number == Notice.objects.count()
    assert set(threads) == {here}


@pytest.mark.postgresql
def test_a_line_in_somebody_elses_hand_is_told_a_minute_later(world: World) -> None:
    """And not only when there are other news, or after a quarter of an hour."""
    remind_only_of("obligation")
    line = Obligation.objects.filter(organization=world.branch).latest("pk")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                f"SELECT 1 FROM {Obligation._meta.db_table} WHERE id = {line.pk} FOR NO KEY UPDATE"
            )
            run_reminders(now=NOW, thrifty=True)
            assert not Notice.objects.filter(**about(line)).exists()
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    run_reminders(now=NOW + timedelta(minutes=1), thrifty=True)
    assert Notice.objects.filter(**about(line)).count() == 2


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


@pytest.mark.postgresql
def test_planners_who_want_the_same_letters_never_wait_crosswise(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has read that both are missing when somebody writes the one; the second finds that one waiting."""
    one, other = sorted(make_user(name, email=f"{name}@example.org").pk for name in ("a", "b"))
    read, waits, written, met = (threading.Event() for _each in range(4))
    write = letters._write

    def in_steps(*args: Any) -> Any:
        name = threading.current_thread().name
        if name.startswith("first"):
            read.set()
            assert waits.wait(timeout=30)
        elif name.startswith("second"):
            met.set()
        done = write(*args)
        if name.startswith("first"):
            written.set()
            assert met.wait(timeout=30)
        return done

    def write_both() -> dict[int, int]:
        try:
            with transaction.atomic():
                return dict(letters.letters_for([one, other], {}, now=NOW).to_people)
        finally:
            connection.close()

    monkeypatch.setattr(letters, "_write", in_steps)
    with ThreadPoolExecutor(1, "first") as first, ThreadPoolExecutor(1, "second") as second:
        found = first.submit(write_both)
        assert read.wait(timeout=30)
        with transaction.atomic():
            letters.letters_for([other], {}, now=NOW)
        waits.set()
        assert written.wait(timeout=30)
        assert second.submit(write_both).result() == found.result()
    assert sorted(Letter.objects.values_list("recipient", flat=True)) == [one, other]
