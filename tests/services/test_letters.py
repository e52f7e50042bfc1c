"""Letters through a real mail server: what arrives, and what becomes of those that are refused."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from pytest_django import Settings

from branchlife.models import User
from meetings.models import Letter, Notice, Obligation, Reminder
from meetings.services.reminders import claim
from meetings.services.reminders.run import running_clock
from meetings.services.reminders.send import Outcome, send_letter, send_letters
from tests.meetings.reminder_ledger import at, at_any_hour, owe, plan_lines
from tests.services.relay import TAKEN, Relay, running, silent_port
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.services]
NOVEMBER = date(2026, 11, 1)
NOW = at(date(2026, 12, 2))
ADDRESS = "shen@example.org"


@pytest.fixture
def world() -> World:
    world = build_world()
    give_address(world.secretary, ADDRESS)
    at_any_hour(world.secretary)
    owe(world.branch, NOVEMBER)
    return world


@pytest.fixture
def relay(settings: Settings) -> Iterator[Relay]:
    with running(Relay()) as relay:
        use_port(settings, relay.port)
        yield relay


def use_port(settings: Settings, port: int, timeout: float = 10) -> None:
    settings.EMAIL_BACKEND = "branchlife.mail.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, timeout


def give_address(user: User, address: str) -> None:
    User.objects.filter(pk=user.pk).update(email=address)


def send(later: timedelta = timedelta()) -> dict[str, int]:
    return {str(outcome): n for outcome, n in send_letters(clock=running_clock(NOW + later)).items()}


def plan() -> Letter:
    plan_lines(NOW)
    return Letter.objects.get(recipient__email=ADDRESS)


def test_what_arrives(world: World, relay: Relay, settings: Settings) -> None:
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://life.example.org", "支部生活 <life@example.org>"
    owe(world.branch, NOVEMBER, kind="group", group=world.groups[0])
    letter = plan()
    assert send() == {"sent": 1}
    message = relay.taken[0]
    assert message["Subject"] == "支部生活：2项组织生活提醒"
    assert message["To"] == ADDRESS
    assert message["From"] == "支部生活 <life@example.org>"
    assert relay.senders == ["life@example.org"]
    assert message["Message-ID"] == letter.message_id
    assert letter.message_id.endswith("@example.org>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == [
        "沈玉芳同志，您好：",
        "",
        "以下事项需要您关注：",
        "",
        "- 办公室党支部：2026年11月的主题党日已逾期（应于2026年11月30日前完成）。",
        "- 办公室党支部 第一党小组：2026年11月的党小组会已逾期（应于2026年11月30日前完成）。",
        "",
        "查看全部通知： https://life.example.org/notices/",
        "",
        "本邮件由支部生活系统自动发送，请勿回复。",
    ]
    assert set(letter.reminders.values_list("state", flat=True)) == {"sent"}
    assert send() == {}


def test_no_member_is_named_in_a_letter(world: World, relay: Relay) -> None:
    """Whoever sees the mailbox learns nothing about who was or was not there."""
    owe(world.branch, NOVEMBER, kind="group", group=world.groups[0])
    plan()
    send()
    text = relay.taken[0].as_string() + relay.taken[0].get_content()
    named = [member.name for member in world.members if member.name in text]
    assert named == [world.secretary.name]


def test_the_reader_s_language(world: World, relay: Relay) -> None:
    User.objects.filter(pk=world.secretary.pk).update(language="en")
    plan()
    send()
    assert relay.taken[0]["Subject"] == "BranchLife: 1 reminder about organizational life"
    assert "办公室党支部: Theme day, November 2026, is overdue" in relay.taken[0].get_content()


def test_a_long_list_is_cut(world: World, relay: Relay) -> None:
    for month in range(1, 12):
        for kind in ("committee", "theme_day")[: 2 if month < 11 else 1]:
            owe(world.branch, date(2026, month, 1), kind=kind)
    plan()
    send()
    lines = [line for line in relay.taken[0].get_content().splitlines() if line.startswith("- ")]
    assert (len(lines), lines[-1]) == (21, "- 另有2项")


@pytest.mark.django_db(transaction=True)
def test_the_final_step_is_committed_before_the_server_has_the_letter(world: World, relay: Relay) -> None:
    states = []

    def look() -> None:
        states.append(Letter.objects.get().state)
        connection.close()

    relay.on_arrival = sync_to_async(look, thread_sensitive=False)
    plan()
    send()
    assert states == ["finalizing"]
    assert Letter.objects.get().state == "sent"


def test_who_dies_before_the_final_dot_has_sent_nothing(world: World, relay: Relay) -> None:
    """A sender that lost its lease hangs up in the middle; the server throws away what it got."""
    plan()
    sleeper = claim.claim_letter(now=NOW)
    assert sleeper is not None
    Letter.objects.update(token=sleeper.token + 1)
    assert send_letter(sleeper, clock=running_clock(NOW)) is Outcome.LOST
    assert relay.taken == []
    assert Letter.objects.get().state == "claimed"
    assert send(timedelta(minutes=11)) == {"sent": 1}
    assert len(relay.taken) == 1


@pytest.mark.parametrize("answer", ["421 4.3.0 too busy", "450 4.2.0 greylisted"])
def test_not_now_is_tried_again_with_the_same_message_id(world: World, relay: Relay, answer: str) -> None:
    relay.to_recipient = lambda address: answer
    letter = plan()
    assert send() == {"waiting": 1}
    letter.refresh_from_db()
    assert letter.state == "pending"
    assert answer[:3] in letter.last_error
    assert timedelta(seconds=45) <= letter.next_attempt_at - NOW <= timedelta(seconds=80)
    assert send() == {}
    relay.to_recipient = lambda address: TAKEN
    assert send(timedelta(minutes=2)) == {"sent": 1}
    assert [message["Message-ID"] for message in relay.taken] == [letter.message_id]


def test_a_refusal_after_the_final_dot_is_an_answer(world: World, relay: Relay) -> None:
    relay.to_message = "451 4.3.0 not now"
    plan()
    assert send() == {"waiting": 1}
    relay.to_message = TAKEN
    assert send(timedelta(minutes=2)) == {"sent": 1}


@pytest.mark.parametrize("place", ["recipient", "message"])
def test_never_is_given_up_and_told_in_the_app_once(world: World, relay: Relay, place: str) -> None:
    if place == "recipient":
        relay.to_recipient = lambda address: "550 5.1.1 no such mailbox"
    else:
        relay.to_message = "554 5.7.1 not wanted"
    letter = plan()
    assert send() == {"dead": 1}
    letter.refresh_from_db()
    assert letter.state == "dead"
    assert set(letter.reminders.values_list("state", flat=True)) == {"dead"}
    owe(world.branch, NOVEMBER, kind="committee")
    plan_lines(NOW)
    assert send(timedelta(days=1)) == {"dead": 1}
    told = world.secretary.notices.filter(code="reminder.mail_undeliverable")
    assert [notice.sentence for notice in told] == [
        f"发往{ADDRESS}的邮件被拒收。地址更正之前，提醒只在本系统内显示。"
    ]
    assert world.secretary.notices.filter(code="reminder.obligation.overdue").count() == 2
    relay.to_recipient, relay.to_message = lambda address: TAKEN, TAKEN
    owe(world.branch, date(2026, 7, 1), kind="general", period="quarter")
    plan_lines(NOW)
    assert send(timedelta(days=2)) == {"sent": 1}
    assert not told.current().exists()


def test_what_was_tried_for_three_days_is_given_up(world: World, relay: Relay) -> None:
    relay.to_recipient = lambda address: "450 4.2.0 mailbox full"
    plan()
    assert send(timedelta(days=2, hours=23)) == {"waiting": 1}
    assert send(timedelta(days=3, hours=1)) == {"dead": 1}


def test_no_letter_stops_the_others(world: World, relay: Relay) -> None:
    """One refused, one to an address that no mail can have, one put off; all others arrive."""
    relay.to_recipient = lambda address: {"no@example.org": "550 no", "later@example.org": "450 later"}.get(
        address, TAKEN
    )
    owe(world.small_branch, NOVEMBER)
    owe(world.other_branch, NOVEMBER)
    owe(world.branch, NOVEMBER, kind="group", group=world.groups[0])
    give_address(world.secretary, "no@example.org")
    give_address(world.small_secretary, "evil@example.org\nBcc: all@example.org")
    give_address(world.other_secretary, "later@example.org")
    give_address(world.group_leader, "good@example.org")
    plan_lines(NOW)
    assert send() == {"dead": 2, "waiting": 1, "sent": 1}
    assert [message["To"] for message in relay.taken] == ["good@example.org"]


def test_a_server_that_says_nothing_is_left_after_the_timeout(world: World, settings: Settings) -> None:
    owe(world.small_branch, NOVEMBER)
    owe(world.other_branch, NOVEMBER)
    owe(world.branch, NOVEMBER, kind="group", group=world.groups[0])
    for user in (world.small_secretary, world.other_secretary, world.group_leader):
        give_address(user, f"{user.username}@example.org")
    plan_lines(NOW)
    with silent_port() as port:
        use_port(settings, port, timeout=0.2)
        assert send() == {"unreachable": 3}  # the fourth is not even tried
    assert set(Letter.objects.values_list("state", flat=True)) == {"pending"}


def test_a_server_that_is_away_costs_no_letter_its_life(world: World, settings: Settings) -> None:
    use_port(settings, 1)
    plan()
    pauses = []
    for day in range(5):
        assert send(timedelta(days=day)) == {"unreachable": 1}
        pauses.append(Letter.objects.get().next_attempt_at - (NOW + timedelta(days=day)))
    assert pauses == sorted(pauses)


def test_a_letter_nobody_answered_for_is_not_sent_again(
    world: World, relay: Relay, settings: Settings
) -> None:
    relay.to_message = None
    settings.EMAIL_TIMEOUT = 0.3
    letter = plan()
    assert send() == {"unanswered": 1}
    assert send(timedelta(days=1)) == {}
    letter.refresh_from_db()
    assert letter.state == "finalizing"
    assert letter.last_error
    assert (
        Notice.objects.current()
        .filter(recipient=world.secretary, code="reminder.obligation.overdue")
        .exists()
    )


def test_what_was_held_meanwhile_is_left_out(world: World, relay: Relay) -> None:
    second = owe(world.branch, NOVEMBER, kind="committee")
    letter = plan()
    Obligation.objects.filter(pk=second.pk).update(counted=1)
    assert send() == {"sent": 1}
    assert relay.taken[0]["Subject"] == "支部生活：1项组织生活提醒"
    assert letter.reminders.get(subject=second.pk).state == "resolved"


@pytest.mark.parametrize("change", ["met", "role", "disabled", "address"])
def test_nothing_left_to_say_or_nobody_to_say_it_to(world: World, relay: Relay, change: str) -> None:
    letter = plan()
    if change == "met":
        Obligation.objects.update(counted=1)
    elif change == "role":
        world.secretary.appointments.update(end_on=date(2026, 12, 1))
    elif change == "disabled":
        User.objects.filter(pk=world.secretary.pk).update(is_active=False)
    else:
        give_address(world.secretary, "")
    assert send() == {"resolved": 1}
    assert relay.taken == []
    assert letter.reminders.get().state == Letter.objects.get().state == "resolved"
    assert not Reminder.objects.unsent().exists()
