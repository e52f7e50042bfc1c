"""A round that looks only when there may be news; a clock that was set by hours; snooze."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branchlife.audit import record_event
from branchlife.models import AuditEvent
from meetings.enums import Role
from meetings.models import Letter, Notice, Obligation, Pulse, Snooze
from meetings.reminding import _sources as registered
from meetings.reminding import source_of
from meetings.services.reminders import pulse
from meetings.services.reminders.run import RoundResult, run_reminders
from meetings.services.reminders.snooze import lift_snooze, snooze_reminder
from tests.meetings.reminder_ledger import at, owe, plan_lines, remind_only_of
from tests.world import World, appoint, build_world, make_user

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
TUESDAY = date(2026, 12, 1)
NOW = at(TUESDAY)


@pytest.fixture
def world() -> World:
    world = build_world()
    remind_only_of("obligation")
    owe(world.branch, NOVEMBER)
    return world


def thrifty(now: datetime) -> RoundResult:
    return run_reminders(now=now, thrifty=True)


def test_without_news_a_round_is_a_handful_of_look_ups(world: World) -> None:
    assert thrifty(NOW).planned.announced == 1
    with CaptureQueriesContext(connection) as queries:
        thrifty(NOW + timedelta(minutes=1))
    assert len(queries) <= 14
    assert not [query for query in queries if "meetings_reminderrule" in query["sql"]]


@pytest.mark.parametrize("news", ["line", "appointment", "audit", "day", "quarter of an hour", "clock back"])
def test_news_are_looked_at_in_the_next_minute(world: World, news: str) -> None:
    thrifty(NOW)
    soon = NOW + timedelta(minutes=1)
    if news == "line":
        owe(world.branch, NOVEMBER, kind="committee")
    elif news == "appointment":
        appoint(make_user("successor"), world.branch, Role.SECRETARY)
    else:
        Obligation.objects.update(due_on=date(2026, 12, 4), period_end=date(2026, 12, 4))  # told afresh
        assert thrifty(soon).planned.announced == 0
    if news == "audit":
        record_event(actor=None, action="x", subject=world.branch)
    moments = {
        "day": at(TUESDAY + timedelta(days=1), 0),
        "quarter of an hour": NOW + timedelta(minutes=15),
        "clock back": NOW - timedelta(minutes=5),
    }
    assert thrifty(moments.get(news, soon)).planned.announced == 1


def test_what_was_left_to_another_hand_is_looked_at_in_the_next_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = source_of("obligation")
    assert source is not None
    with monkeypatch.context() as patch:
        patch.setitem(registered, "obligation", replace(source, hold=lambda matters: {}))
        planned = thrifty(NOW).planned
        assert (planned.announced, planned.left, planned.failed) == (0, ("obligation",), ())
    assert thrifty(NOW + timedelta(minutes=1)).planned.announced == 1
    assert not pulse.plan_needed(NOW + timedelta(minutes=2)).is_due


@pytest.mark.parametrize("what", ["left", "failed"])
def test_what_another_round_noted_meanwhile_is_not_forgotten(world: World, what: str) -> None:
    """It was left to this one, perhaps, which had looked already. Two do not tell it to each other for ever."""
    soon, later = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    seen = pulse.newest_rows()
    mine, other = pulse.plan_needed(NOW), pulse.plan_needed(NOW)
    pulse.note_planned(other, now=NOW, with_slow=True, seen=seen, **{what: ("obligation",)})  # type: ignore[arg-type]
    pulse.note_planned(mine, now=NOW, with_slow=True, seen=seen)
    mine = pulse.plan_needed(soon)
    assert (mine.is_due, mine.with_slow) == (True, False)
    other = pulse.plan_needed(soon)
    pulse.note_planned(other, now=soon, with_slow=False, seen=seen)
    pulse.note_planned(mine, now=soon, with_slow=False, seen=seen)
    assert not pulse.plan_needed(later).is_due


def test_a_slow_kind_that_failed_is_tried_again_at_once(world: World) -> None:
    seen, soon = pulse.newest_rows(), NOW + timedelta(minutes=1)
    pulse.note_planned(pulse.plan_needed(NOW), now=NOW, with_slow=True, seen=seen, failed=("term",))
    assert pulse.plan_needed(soon).with_slow


def test_slow_kinds_are_looked_through_once_an_hour(world: World) -> None:
    def slow_at() -> str:
        return str(Pulse.objects.get(name="planned").facts["slow_at"])

    thrifty(NOW)
    first = slow_at()
    owe(world.branch, NOVEMBER, kind="committee")
    thrifty(NOW + timedelta(minutes=30))
    assert slow_at() == first
    thrifty(NOW + timedelta(minutes=60))
    assert slow_at() != first


def test_what_is_written_while_a_round_plans_is_news_for_the_next(world: World) -> None:
    """The marks are read before planning begins."""
    thrifty(NOW)
    AuditEvent.objects.all().delete()
    seen = Pulse.objects.get(name="planned").facts["seen"]
    assert seen == pulse.newest_rows()


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(hours=2), timedelta(hours=-2)])
def test_a_clock_set_by_hours_stops_everything_until_somebody_confirms(world: World, jump: timedelta) -> None:
    with time_machine.travel(NOW, tick=False):
        run_reminders()
    told = Notice.objects.count()
    with time_machine.travel(NOW + jump, tick=False):
        with pytest.raises(pulse.ClockJumped):
            run_reminders()
        with pytest.raises(CommandError, match="clock"):
            call_command("send_reminders")
        assert Notice.objects.count() == told
        call_command("send_reminders", "--accept-clock", verbosity=0)
        run_reminders()
    with time_machine.travel(NOW + jump, tick=False):
        run_reminders()


def test_a_clock_that_comes_back_by_itself_needs_nobody(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        run_reminders()
    with time_machine.travel(NOW + timedelta(days=400), tick=False), pytest.raises(pulse.ClockJumped):
        run_reminders()
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        run_reminders()
    assert not Letter.objects.filter(next_attempt_at__gt=NOW + timedelta(days=30)).exists()


def test_small_corrections_are_none_of_it(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        run_reminders()
    with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
        run_reminders()
    with time_machine.travel(NOW - timedelta(seconds=30), tick=False):
        run_reminders()


def test_a_machine_that_was_off_for_a_week_has_no_clock_that_jumped(world: World) -> None:
    """After a new start the clock that counts begins anew and says nothing about the time before."""
    with time_machine.travel(NOW, tick=False):
        run_reminders()
    for beat in Pulse.objects.filter(name__startswith="clock"):
        beat.facts["boot"] = "another"
        beat.save()
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        run_reminders()


# --- snooze ----------------------------------------------------------------------------------


def put_off(world: World, days: int = 3, reason: str = "等待党委批复") -> Snooze:
    reminder = world.secretary.reminders.in_app().latest("pk")
    return snooze_reminder(
        reminder=reminder, until=TUESDAY + timedelta(days=days), reason=reason, actor=world.secretary, now=NOW
    )


def bell(world: World) -> int:
    return world.secretary.notices.unread().count()


def test_put_off_until_a_day_and_back_by_itself(world: World) -> None:
    plan_lines(NOW)
    snooze = put_off(world)
    assert bell(world) == 0
    assert plan_lines(at(date(2026, 12, 3))).reopened == 0
    assert plan_lines(at(date(2026, 12, 4))).reopened == 1
    assert bell(world) == 1
    assert AuditEvent.objects.get(action="reminder.snooze").difference == {
        "until": "2026-12-04",
        "reason": "等待党委批复",
    }
    assert str(snooze) == "应开展的组织生活 · 沈玉芳 · 2026-12-04"


def test_a_stage_reached_meanwhile_is_told_when_it_is_over(world: World) -> None:
    plan_lines(NOW)
    put_off(world, days=10)
    assert plan_lines(at(date(2026, 12, 8))).announced == 1  # the committee hears of it all the same
    assert world.reviewer.notices.count() == 1
    assert plan_lines(at(date(2026, 12, 11))).announced == 1
    assert world.secretary.notices.current().get().reminder.falls_on == date(2026, 12, 8)


def test_mail_that_waits_is_not_sent(world: World) -> None:
    type(world.secretary).objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    plan_lines(NOW)
    put_off(world)
    assert run_reminders(now=NOW).letters == {"resolved": 1}


def test_lifted_by_hand(world: World) -> None:
    plan_lines(NOW)
    snooze = put_off(world)
    with pytest.raises(PermissionDenied):
        lift_snooze(snooze=snooze, actor=world.reviewer)
    lift_snooze(snooze=snooze, actor=world.secretary, now=NOW)
    assert plan_lines(NOW).reopened == 1
    assert bell(world) == 1


def test_done_meanwhile_stays_quiet(world: World) -> None:
    plan_lines(NOW)
    put_off(world)
    Obligation.objects.update(counted=1)
    assert plan_lines(at(date(2026, 12, 4))).reopened == 0
    assert bell(world) == 0


def test_put_off_again_takes_the_place_of_the_first(world: World) -> None:
    plan_lines(NOW)
    put_off(world)
    put_off(world, days=5)
    assert [str(each.until) for each in Snooze.objects.active(TUESDAY)] == ["2026-12-06"]


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (-1, "x"), (15, "x"), (3, "  ")])
def test_a_snooze_has_a_reason_and_an_end(world: World, days: int, reason: str) -> None:
    plan_lines(NOW)
    with pytest.raises(ValidationError):
        put_off(world, days=days, reason=reason)


def test_nobody_puts_off_what_others_are_reminded_of(world: World) -> None:
    plan_lines(NOW)
    reminder = world.secretary.reminders.in_app().get()
    with pytest.raises(PermissionDenied):
        snooze_reminder(reminder=reminder, until=date(2026, 12, 4), reason="x", actor=world.reviewer, now=NOW)
