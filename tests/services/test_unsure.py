"""Letters nobody answered for, and databases that know less than was done: journal, relay log, the rule."""

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from branchlife import relay_log
from branchlife.models import User
from meetings.models import Letter, Notice, Reminder, ReminderRule
from meetings.services.reminders import claim, journal
from meetings.services.reminders.run import run_reminders, running_clock
from meetings.services.reminders.send import send_letters
from meetings.services.reminders.unsure import resolve_unsure
from tests.meetings.reminder_ledger import at, at_any_hour, owe, plan_lines, remind_only_of
from tests.services.relay import Relay, running
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.services]
NOVEMBER = date(2026, 11, 1)
NOW = at(date(2026, 12, 2))
LATER = NOW + timedelta(minutes=11)


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    settings.REMINDER_JOURNAL = tmp_path / "journal"
    world = build_world()
    remind_only_of("obligation")
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    at_any_hour(world.secretary)
    owe(world.branch, NOVEMBER)
    return world


@pytest.fixture
def relay(settings: Settings) -> Iterator[Relay]:
    with running(Relay()) as relay:
        settings.EMAIL_BACKEND = "branchlife.mail.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", relay.port, 5
        yield relay


@pytest.fixture
def log(settings: Settings, tmp_path: Path) -> Path:
    settings.RELAY_LOG = tmp_path / "mail.log"
    settings.RELAY_LOG.write_text("")
    return settings.RELAY_LOG


def left_behind() -> Letter:
    """Its sender died right after the final step was committed."""
    plan_lines(NOW)
    letter = claim.claim_letter(now=NOW)
    assert letter is not None
    claim.begin_final_step(letter, now=NOW)
    return letter


def write(log: Path, moment: datetime, *lines: str) -> None:
    log.write_text("".join(f"Dec  2 09:00:00 mail postfix/x[1]: {line}\n" for line in lines))
    os.utime(log, (moment.timestamp(), moment.timestamp()))


def send(now: datetime = LATER) -> dict[str, int]:
    return {str(outcome): number for outcome, number in send_letters(clock=running_clock(now)).items()}


def test_a_letter_whose_sender_may_live_is_left_alone(world: World) -> None:
    left_behind()
    assert resolve_unsure(now=NOW + timedelta(minutes=9)) == {}


def test_a_sender_whose_clock_is_a_little_ahead_lives(world: World) -> None:
    """Two rounds at once: this one read its clock a moment before the other took the letter."""
    left_behind()
    assert resolve_unsure(now=NOW - timedelta(seconds=1)) == {}
    Letter.objects.update(state="claimed")
    assert claim.claim_letter(now=NOW - timedelta(seconds=1)) is None
    Letter.objects.update(state="finalizing")
    assert resolve_unsure(now=NOW - timedelta(hours=1)) == {"held": 1}


def test_without_a_log_it_is_held_and_stands_in_the_app(world: World, relay: Relay) -> None:
    left_behind()
    assert resolve_unsure(now=LATER) == {"held": 1}
    letter = Letter.objects.get()
    assert (letter.state, letter.unsure) == ("held", 1)
    assert set(letter.reminders.values_list("state", flat=True)) == {"held"}
    assert send() == {}
    assert Notice.objects.current().filter(recipient=world.secretary).count() == 1
    assert resolve_unsure(now=LATER) == {}


def test_where_the_rule_says_so_it_is_sent_once_more_and_no_more(world: World, relay: Relay) -> None:
    ReminderRule.objects.filter(code="obligation").update(when_unsure="resend")
    letter = left_behind()
    assert resolve_unsure(now=LATER) == {"resent": 1}
    again = claim.claim_letter(now=LATER)
    assert again is not None
    assert again.message_id == letter.message_id
    claim.begin_final_step(again, now=LATER)
    assert resolve_unsure(now=LATER + timedelta(minutes=11)) == {"held": 1}
    assert Letter.objects.get().unsure == 2


def test_the_mail_server_s_log_says_it_was_taken(world: World, log: Path) -> None:
    letter = left_behind()
    write(log, LATER, f"4F2A1: message-id={letter.message_id}", "4F2A1: from=<life@x>, size=1, nrcpt=1")
    assert resolve_unsure(now=LATER) == {"taken": 1}
    letter.refresh_from_db()
    assert (letter.state, letter.evidence) == ("sent", "relay_log")
    assert letter.reminders.get().state == "sent"


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("4F2A1: message-id={id}",),  # read, but the client hung up before the final dot
        ("4F2A1: message-id=<other@x>", "4F2A1: from=<life@x>, size=1"),
        ("4F2A1: message-id={id}", "5555A: from=<life@x>, size=1"),
    ],
)
def test_the_mail_server_s_log_says_it_was_not_taken(
    world: World, log: Path, relay: Relay, lines: tuple[str, ...]
) -> None:
    letter = left_behind()
    write(log, LATER + timedelta(minutes=1), *[line.format(id=letter.message_id) for line in lines])
    assert resolve_unsure(now=LATER) == {"not_taken": 1}
    assert send() == {"sent": 1}
    assert [message["Message-ID"] for message in relay.taken] == [letter.message_id]
    assert Letter.objects.get().unsure == 0


def test_a_log_that_does_not_reach_so_far_is_waited_for(world: World, log: Path) -> None:
    left_behind()
    write(log, NOW - timedelta(hours=1), "4F2A1: message-id=<other@x>")
    assert resolve_unsure(now=LATER) == {"waiting": 1}
    assert resolve_unsure(now=NOW + timedelta(hours=2)) == {"held": 1}


def test_a_log_that_is_gone_tells_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.RELAY_LOG = tmp_path / "none.log"
    assert relay_log.was_taken("<x@y>", NOW) is None


def test_the_older_file_of_a_rotated_log_is_read_too(world: World, log: Path) -> None:
    letter = left_behind()
    write(log, LATER, f"4F2A1: message-id={letter.message_id}", "4F2A1: from=<life@x>, size=1, nrcpt=1")
    log.rename(log.with_name("mail.log.1"))
    write(log, LATER, "x")
    assert resolve_unsure(now=LATER) == {"taken": 1}


def test_the_journal_is_believed_first(world: World, log: Path) -> None:
    """Killed after the answer was written down and before the database knew."""
    letter = left_behind()
    journal.write_down(letter, ["0" * 24], now=NOW)
    write(log, LATER + timedelta(minutes=1))
    assert resolve_unsure(now=LATER) == {"taken": 1}
    assert Letter.objects.get().evidence == "journal"


def test_a_sleeper_that_wakes_after_its_letter_was_given_away_changes_nothing(world: World) -> None:
    letter = left_behind()
    letter.state = "finalizing"
    resolve_unsure(now=LATER)
    assert not claim.put_back(letter, error="", now=LATER)
    assert not claim.finish(letter, evidence="answer", now=LATER)
    assert Letter.objects.get().state == "held"


def restored(work: Callable[[], object]) -> None:
    """What happens in ``work`` is forgotten by the database, as after restoring a backup; the world outside
    remembers it."""
    backup = transaction.savepoint()
    work()
    transaction.savepoint_rollback(backup)


def test_a_restored_database_sends_nothing_again(world: World, relay: Relay) -> None:
    journal.site_name()
    restored(lambda: run_reminders(now=NOW))
    assert len(relay.taken) == 1
    assert not Letter.objects.exists()
    result = run_reminders(now=NOW + timedelta(days=1))
    assert result.letters == {"sent": 1}
    assert len(relay.taken) == 1  # the letter was planned again, and not sent again
    assert Letter.objects.get().evidence == "journal"
    assert Notice.objects.current().filter(recipient=world.secretary).count() == 1
    assert not Reminder.objects.unsent().exists()


def test_without_the_journal_it_would_be_sent_again(world: World, relay: Relay, settings: Settings) -> None:
    """The control."""
    journal.site_name()
    restored(lambda: run_reminders(now=NOW))
    settings.REMINDER_JOURNAL = settings.REMINDER_JOURNAL.with_name("another")
    run_reminders(now=NOW + timedelta(days=1))
    assert len(relay.taken) == 2


def test_what_is_new_since_the_backup_is_sent(world: World, relay: Relay) -> None:
    journal.site_name()
    restored(lambda: run_reminders(now=NOW))
    owe(world.branch, NOVEMBER, kind="committee")
    run_reminders(now=NOW)
    assert len(relay.taken) == 2
    assert "支部委员会会议" in relay.taken[1].get_content()
    assert "主题党日" not in relay.taken[1].get_content()


def test_another_database_s_journal_says_nothing_about_ours(world: World, relay: Relay) -> None:
    """A demonstration set up anew beside the old folder."""
    restored(lambda: run_reminders(now=NOW))  # its name is forgotten, too
    run_reminders(now=NOW)
    assert len(relay.taken) == 2


def test_the_journal_names_nobody(world: World, relay: Relay, settings: Settings) -> None:
    run_reminders(now=NOW)
    (file,) = settings.REMINDER_JOURNAL.iterdir()
    text = file.read_text()
    assert "shen" not in text
    assert file.stat().st_mode & 0o077 == 0
    assert Letter.objects.get().message_id in text


def test_a_torn_line_is_not_believed(world: World, relay: Relay, settings: Settings) -> None:
    journal.site_name()
    restored(lambda: run_reminders(now=NOW))
    (file,) = settings.REMINDER_JOURNAL.iterdir()
    file.write_text(file.read_text()[:-5])
    run_reminders(now=NOW)
    assert len(relay.taken) == 2
