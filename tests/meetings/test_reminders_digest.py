"""One letter a person and day, at the hour they like, on working days; what happens when it has gone."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from branchlife.models import User
from meetings.digest import USUAL, Habits
from meetings.models import Letter, Reminder, ReminderPreference
from meetings.services.reminders.letters import rehome
from meetings.services.reminders.run import running_clock
from meetings.services.reminders.send import send_letters
from meetings.workdays import WorkCalendar
from tests.meetings.reminder_ledger import at, owe, plan_lines
from tests.world import World, build_world

NOVEMBER = date(2026, 11, 1)
TUESDAY = date(2026, 12, 1)
PLAIN = WorkCalendar()


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


@pytest.mark.parametrize(
    ("now", "goes_out"),
    [
        (local(TUESDAY, 0), local(TUESDAY, 8, 30)),
        (local(TUESDAY, 9), local(TUESDAY, 9)),  # as soon as there is something to say
        (local(TUESDAY, 21), local(date(2026, 12, 2), 8)),
        (local(date(2026, 12, 4), 21), local(date(2026, 12, 7), 8)),  # Friday evening: on Monday
        (local(date(2026, 12, 5), 12), local(date(2026, 12, 7), 8)),  # Saturday
    ],
)
def test_the_usual_hours(now: datetime, goes_out: datetime) -> None:
    assert USUAL.digest_of(now.date(), now, PLAIN) == goes_out


def test_a_saturday_that_is_worked_on_counts() -> None:
    calendar = WorkCalendar({date(2026, 12, 5): True, date(2026, 12, 7): False})
    assert USUAL.may_send(local(date(2026, 12, 5), 12), calendar)
    assert USUAL.digest_of(date(2026, 12, 7), local(date(2026, 12, 7), 9), calendar) == local(
        date(2026, 12, 8), 8
    )


times = st.times(timezones=st.none()).map(lambda clock: clock.replace(microsecond=0, second=0))


@given(
    st.builds(Habits, digest_at=times, quiet_from=times, quiet_until=times, working_days_only=st.booleans()),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
)
def test_nothing_goes_out_in_quiet_hours(habits: Habits, now: datetime) -> None:
    moment = habits.next_moment(now, PLAIN)
    assert moment >= now
    assert habits.may_send(moment, PLAIN)
    assert moment - now <= timedelta(days=4)


@pytest.fixture
def world() -> World:
    world = build_world()
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    return world


def send(now: datetime) -> dict[str, int]:
    return {str(outcome): number for outcome, number in send_letters(clock=running_clock(now)).items()}


@pytest.mark.django_db
def test_what_is_found_at_midnight_is_said_in_the_morning_in_one_letter(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 0, 1))
    owe(world.branch, NOVEMBER, kind="committee")
    plan_lines(at(TUESDAY, 3))
    assert send(at(TUESDAY, 8, 29)) == {}
    assert send(at(TUESDAY, 8, 30)) == {"sent": 1}
    assert mail.outbox[0].body.count("逾期") == 2
    assert world.secretary.notices.count() == 2  # the bell knew at once


@pytest.mark.django_db
def test_what_comes_after_the_letter_is_said_tomorrow(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    assert send(at(TUESDAY, 9)) == {"sent": 1}
    owe(world.branch, NOVEMBER, kind="committee")
    owe(world.branch, NOVEMBER, kind="group", group=world.groups[0])
    plan_lines(at(TUESDAY, 10))
    assert send(at(TUESDAY, 19)) == {}
    assert send(at(TUESDAY + timedelta(days=1), 8, 30)) == {"sent": 1}
    days = [(str(letter.day), letter.reminders.count()) for letter in Letter.objects.order_by("day")]
    assert days == [("2026-12-01", 1), ("2026-12-02", 2)]


@pytest.mark.django_db
def test_a_worker_that_wakes_at_night_waits_for_the_morning(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    assert send(at(TUESDAY, 23)) == {"put_off": 1}
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts, letter.next_attempt_at) == (
        "pending", 0, at(date(2026, 12, 2), 8),
    )  # fmt: skip
    assert send(at(date(2026, 12, 2), 8)) == {"sent": 1}


@pytest.mark.django_db
def test_a_person_s_own_hour(world: World) -> None:
    ReminderPreference.objects.create(user=world.secretary, digest_at=time(14))
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    assert Letter.objects.get().next_attempt_at == at(TUESDAY, 14)


@pytest.mark.django_db
def test_whoever_wants_no_mail_gets_none_and_is_told_in_the_app(world: World) -> None:
    ReminderPreference.objects.create(user=world.secretary, by_mail=False)
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    assert not Letter.objects.exists()
    assert world.secretary.notices.count() == 1


@pytest.mark.django_db
def test_whoever_stops_wanting_mail_gets_no_letter_that_waits(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    ReminderPreference.objects.create(user=world.secretary, by_mail=False)
    assert send(at(TUESDAY, 9)) == {"resolved": 1}


@pytest.mark.django_db
def test_an_address_that_changes_before_sending_is_the_one_written_to(world: World) -> None:
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    User.objects.filter(pk=world.secretary.pk).update(email="new@example.org")
    send(at(TUESDAY, 9))
    assert mail.outbox[0].to == ["new@example.org"]


@pytest.mark.django_db
def test_what_was_put_into_a_letter_that_had_gone_goes_into_the_next(world: World) -> None:
    """A planner that was slower than the sender."""
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    letter = Letter.objects.get()
    second = owe(world.branch, NOVEMBER, kind="committee")
    plan_lines(at(TUESDAY, 9))
    late = Reminder.objects.get(channel="email", subject=second.pk)
    Reminder.objects.filter(pk=late.pk).update(state="resolved")
    send(at(TUESDAY, 9))
    Reminder.objects.filter(pk=late.pk).update(state="pending")
    assert Letter.objects.get().state == "sent"
    assert rehome(now=at(TUESDAY, 9, 1)) == 1
    late.refresh_from_db()
    assert late.letter != letter
    assert send(at(date(2026, 12, 2), 9)) == {"sent": 1}
    assert rehome(now=at(date(2026, 12, 2), 9)) == 0


@pytest.mark.django_db
def test_a_clock_that_stood_wrong_does_not_put_a_letter_out_of_reach(world: World) -> None:
    """Claimed, and planned, by a machine that lived in another year."""
    owe(world.branch, NOVEMBER)
    plan_lines(at(TUESDAY, 9))
    Letter.objects.update(next_attempt_at=at(date(2036, 12, 1)))
    assert send(at(TUESDAY, 9)) == {"sent": 1}
    far = at(date(2036, 12, 1))
    Letter.objects.update(state="claimed", lease_until=far, sent_at=None)
    Reminder.objects.filter(channel="email").update(state="pending")
    assert send(at(TUESDAY, 10)) == {"sent": 1}
