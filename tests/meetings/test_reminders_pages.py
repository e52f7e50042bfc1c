"""What one is reminded of on one page; snooze, settings, calendar, robots; letters and health for those who look
after the service."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from icalendar import Calendar

from branchlife.models import AuditEvent, User
from meetings.models import CalendarFeed, Letter, Member, Pulse, ReminderPreference, Robot, Snooze
from meetings.services.reminders.choices import make_feed
from meetings.services.reminders.run import run_reminders
from tests.held import hold
from tests.meetings.reminder_ledger import at, at_any_hour, owe, plan_lines, remind_only_of
from tests.world import World, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]
NOVEMBER = date(2026, 11, 1)
TUESDAY = date(2026, 12, 1)
NOW = at(TUESDAY)


@pytest.fixture
def world() -> World:
    world = build_world()
    remind_only_of("obligation")
    owe(world.branch, NOVEMBER)
    plan_lines(NOW)
    return world


@pytest.fixture(autouse=True)
def _that_tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_list_says_it_in_groups_with_a_constant_number_of_queries(
    world: World, django_assert_max_num_queries
) -> None:
    client = as_user(world.secretary)
    with django_assert_max_num_queries(12):
        page = client.get("/reminders/").content.decode()
    assert "已逾期" in page and "2026年11月的主题党日已逾期" in page
    for kind in ("committee", "general"):
        owe(world.branch, NOVEMBER, kind=kind)
    plan_lines(NOW)
    with django_assert_max_num_queries(12):
        assert client.get("/reminders/").content.decode().count("暂缓<span") == 3


def test_put_off_and_back(world: World) -> None:
    client = as_user(world.secretary)
    reminder = world.secretary.reminders.in_app().get()
    address = f"/reminders/{reminder.pk}/put-off/"
    assert "2026年11月的主题党日" in client.get(address).content.decode()
    refused = client.post(address, {"until": "2026-12-30", "reason": "x"})
    assert refused.status_code == 400
    assert "请选择明天起14天以内的日期。" in refused.content.decode()
    assert client.post(address, {"until": "2026-12-04", "reason": "等批复"}).status_code == 302
    page = client.get("/reminders/").content.decode()
    assert "等批复" in page and "恢复提醒" in page
    assert client.get(address).status_code == 404
    client.post(f"/reminders/put-off/{Snooze.objects.get().pk}/lift/")
    plan_lines(NOW)
    client.get("/reminders/")  # says that it is done
    assert "恢复提醒" not in client.get("/reminders/").content.decode()
    assert world.secretary.notices.unread().count() == 1


def test_settings_are_one_s_own_choice(world: World) -> None:
    client = as_user(world.secretary)
    sent = {"digest_at": "14:00", "quiet_from": "19:00", "quiet_until": "09:00"}
    assert client.post("/reminders/settings/", sent).status_code == 302
    preference = ReminderPreference.objects.get()
    assert (preference.by_mail, str(preference.digest_at), preference.working_days_only) == (
        False, "14:00:00", False,
    )  # fmt: skip
    assert 'value="14:00"' in client.get("/reminders/settings/").content.decode()
    assert client.post("/reminders/settings/", sent | {"digest_at": "x"}).status_code == 400


def test_the_calendar_s_address_is_shown_once_and_can_be_made_void(world: World) -> None:
    client = as_user(world.secretary)
    page = client.post("/reminders/calendar/", follow=True).content.decode()
    address = page.split('readonly value="')[1].split('"')[0]
    assert address not in client.get("/reminders/settings/").content.decode()
    path = address.removeprefix("http://127.0.0.1:8000")
    assert Client().get(path).status_code == 200
    client.post("/reminders/calendar/")  # a new one
    assert Client().get(path).status_code == 404
    client.post("/reminders/calendar/void/")
    assert not CalendarFeed.objects.exists()
    assert path.split("/")[-1].removesuffix(".ics") not in str(AuditEvent.objects.values_list("difference"))


def feed(user: User) -> Calendar:
    path = make_feed(user=user).removeprefix("http://127.0.0.1:8000")
    answer = Client().get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    return Calendar.from_ical(answer.content)


def test_the_calendar_holds_meetings_and_last_days_and_no_names(world: World) -> None:
    meeting = hold(
        world.branch, "theme_day", TUESDAY + timedelta(days=3), state="scheduled", theme="批评陈军"
    )
    hold(world.other_branch, "theme_day", TUESDAY + timedelta(days=3), state="scheduled")
    calendar = feed(world.secretary)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    line = world.branch.obligations.get()
    assert set(events) == {f"meeting-{meeting.pk}@127.0.0.1", f"obligation-{line.pk}-20261130@127.0.0.1"}
    held = events[f"meeting-{meeting.pk}@127.0.0.1"]
    assert str(held["summary"]) == "主题党日（办公室党支部）"
    assert held["dtstart"].dt.isoformat() == "2026-12-04T15:00:00+08:00"
    due = events[f"obligation-{line.pk}-20261130@127.0.0.1"]
    assert due["dtstart"].dt == date(2026, 11, 30)
    assert "陈军" not in calendar.to_ical().decode()


def test_a_member_sees_the_own_branch_s_meetings_only(world: World) -> None:
    hold(world.branch, "theme_day", TUESDAY + timedelta(days=3), state="scheduled")
    hold(world.branch, "group", TUESDAY, group=world.groups[0], state="scheduled")
    assert [str(event["summary"]) for event in feed(world.member).walk("VEVENT")] == [
        "主题党日（办公室党支部）"
    ]


def test_who_oversees_the_branch_has_no_other_group_s_meetings(world: World) -> None:
    """A reviewer sits in the second group of a branch below: its meetings are the own ones."""
    Member.objects.filter(pk=world.members[6].pk).update(user=world.reviewer)
    soon = TUESDAY + timedelta(days=3)
    hold(world.branch, "committee", soon, state="scheduled")
    expected = {
        hold(world.branch, "theme_day", soon, state="scheduled").pk,
        hold(world.branch, "group", soon, group=world.groups[1], state="scheduled").pk,
    }
    hold(world.branch, "group", soon, group=world.groups[0], state="scheduled")
    shown = {str(event["uid"]) for event in feed(world.reviewer).walk("VEVENT")}
    assert shown == {f"meeting-{pk}@127.0.0.1" for pk in expected}


def test_a_disabled_account_s_calendar_is_gone(world: World) -> None:
    path = make_feed(user=world.secretary).removeprefix("http://127.0.0.1:8000")
    User.objects.filter(pk=world.secretary.pk).update(is_active=False)
    assert Client().get(path).status_code == 404


# --- letters, robots, health -----------------------------------------------------------------


def troubled(world: World, state: str) -> Letter:
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    at_any_hour(world.secretary)
    owe(world.branch, NOVEMBER, kind="committee")
    plan_lines(NOW)
    letter = Letter.objects.get()
    letter.reminders.update(state=state)
    Letter.objects.filter(pk=letter.pk).update(state=state, last_error="550 no such mailbox")
    return letter


def test_an_administrator_sends_again_what_was_refused(world: World, django_assert_max_num_queries) -> None:
    letter = troubled(world, "dead")
    client = as_user(world.administrator)
    with django_assert_max_num_queries(12):
        assert "550 no such mailbox" in client.get("/reminders/letters/").content.decode()
    assert client.post(f"/reminders/letters/{letter.pk}/again/").status_code == 302
    assert run_reminders(now=NOW).letters == {"sent": 1}
    assert len(mail.outbox) == 1
    assert client.post(f"/reminders/letters/{letter.pk}/again/").status_code == 409
    assert AuditEvent.objects.filter(action="letter.send_again").count() == 1


def test_of_a_held_letter_somebody_knows_that_it_arrived(world: World) -> None:
    letter = troubled(world, "held")
    as_user(world.administrator).post(f"/reminders/letters/{letter.pk}/arrived/")
    letter.refresh_from_db()
    assert (letter.state, letter.evidence) == ("sent", "person")
    assert set(letter.reminders.values_list("state", flat=True)) == {"sent"}


def test_put_aside_leaves_the_list(world: World) -> None:
    letter = troubled(world, "dead")
    client = as_user(world.administrator)
    client.post(f"/reminders/letters/{letter.pk}/aside/")
    assert "550" not in client.get("/reminders/letters/").content.decode()
    assert "550" in client.get("/reminders/letters/?show=aside").content.decode()


def test_a_robot_s_address_is_checked_and_never_shown(world: World) -> None:
    client = as_user(world.secretary)
    facts = {"organization": world.branch.pk, "channel": "wecom", "name": "支部群", "is_active": "on"}
    wrong = client.post("/robots/new/", facts | {"url": "https://evil.example/?key=k-1"})
    assert wrong.status_code == 400
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1"
    assert client.post("/robots/new/", facts | {"url": address}).status_code == 302
    robot = Robot.objects.get()
    assert "k-1" not in client.get(f"/robots/{robot.pk}/").content.decode()
    assert client.post(f"/robots/{robot.pk}/", facts | {"name": "新名"}).status_code == 302
    robot.refresh_from_db()
    assert (robot.name, robot.url) == ("新名", address)
    other = facts | {"organization": world.small_branch.pk, "url": address}
    assert client.post("/robots/new/", other).status_code == 400
    client.post(f"/robots/{robot.pk}/remove/")
    assert not Robot.objects.exists()


def check(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_reminders", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_check_says_fine_and_what_is_not(world: World) -> None:
    code, text = check("--format", "json")
    assert code == 2  # no round yet
    assert [trouble["code"] for trouble in json.loads(text)["troubles"]] == ["round"]
    run_reminders()
    assert check()[0] == 0
    assert json.loads(check("--format", "json")[1])["grade"] == "fine"


def test_the_check_names_each_trouble(world: World, settings, tmp_path) -> None:
    run_reminders()
    troubled(world, "dead")
    settings.REMINDER_JOURNAL = tmp_path / "file" / "x"
    (tmp_path / "file").write_text("")
    Pulse.objects.filter(name="planned").update(facts={"failed": ["term"], "slow_at": NOW.isoformat()})
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        code, text = check("--format", "json")
    assert code == 2
    found = {trouble["code"] for trouble in json.loads(text)["troubles"]}
    assert found == {"clock", "round", "planning", "journal", "letters"}


def test_a_letter_that_waits_for_hours_is_told(world: World) -> None:
    troubled(world, "pending")
    Letter.objects.update(state="pending")
    run_reminders_is_fresh()
    Letter.objects.update(due_at=NOW - timedelta(hours=2))
    code, text = check("--format", "json")
    assert code == 2
    assert json.loads(text)["oldest_unsent_seconds"] == 7200


def run_reminders_is_fresh() -> None:
    Pulse.objects.update_or_create(name="round", defaults={"at": NOW})


def test_the_health_page_is_the_system_officer_s(world: World) -> None:
    run_reminders()
    officer = as_user(world.system_officer)
    assert "运行正常" in officer.get("/reminders/service/").content.decode()
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        officer = as_user(world.system_officer)
        assert "时钟现已正确" in officer.get("/reminders/service/").content.decode()
        assert officer.post("/reminders/service/clock/").status_code == 302
        run_reminders()
