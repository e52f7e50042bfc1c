"""Real workers: a message through a real broker becomes notices in the database and mail on the wire."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest
import redis
from django.db import connection
from django.utils import timezone

from branchlife.models import User
from meetings.models import Letter, Notice, Obligation, Reminder
from meetings.models.reminder_choice import ReminderPreference
from meetings.services.obligations import generate_obligations
from tests.meetings.reminder_ledger import about, owe, remind_only_of
from tests.services.relay import Relay, running
from tests.services.workers import environment, poke, working
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
POKE, SYNC = "meetings.poke_reminders", "meetings.sync_obligations"


@pytest.fixture
def world() -> World:
    world = build_world()
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    # At any hour of any day: the clock of these processes is the real one.
    ReminderPreference.objects.create(
        user=world.secretary,
        digest_at=time(0),
        quiet_from=time(0),
        quiet_until=time(0),
        working_days_only=False,
    )
    return world


@pytest.fixture
def broker(redis_url: str) -> Iterator[str]:
    """A database of its own inside Redis for each of the two test runs that may share the server."""
    number = {"sqlite": 1, "postgresql": 2}[connection.vendor]
    url = f"{redis_url.rpartition('/')[0]}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


def overdue_line(world: World, kind: str = "theme_day") -> Obligation:
    """Overdue on any day of this year, and outside the part of the ledger the worker keeps in step."""
    return owe(world.branch, date(timezone.localdate().year - 1, 12, 1), kind=kind)


def told_about(line: Obligation) -> Counter[str]:
    return Counter(Notice.objects.filter(**about(line)).values_list("recipient__username", flat=True))


def said_in(letter: Letter) -> set[int]:
    return set(letter.reminders.values_list("subject", flat=True))


def doubled() -> list[tuple[tuple[str, int, int], int]]:
    rows = Notice.objects.current().values_list("reminder__source", "reminder__subject", "recipient")
    return [(pair, number) for pair, number in Counter(rows).items() if number > 1]


def test_pokes_through_redis_announce_once_and_mail_once(world: World, broker: str, tmp_path: Path) -> None:
    """Seven rounds by two processes make one digest, sent once; what comes later waits for tomorrow's."""
    remind_only_of("obligation")
    generate_obligations(as_of=timezone.localdate())  # or the first round would be before the worker's own
    line = overdue_line(world)
    with running(Relay()) as relay:
        env = environment(tmp_path, REDIS_URL=broker, EMAIL_URL=f"smtp://127.0.0.1:{relay.port}")
        poke(broker, times=6)
        with working(env, "--pool", "prefork", "--concurrency", "2") as worker:
            worker.wait_until_done(SYNC, *[POKE] * 7)  # one by itself, at the start
            digest = Letter.objects.get()
            later = overdue_line(world, "committee")
            poke(broker)
            worker.wait_until_done(POKE)
    assert told_about(line) == told_about(later) == {"secretary": 1, "reviewer": 1}
    assert doubled() == []
    assert [(message["To"], message["Message-ID"]) for message in relay.taken] == [
        ("shen@example.org", digest.message_id)
    ]
    assert digest.state == "sent"
    assert line.pk in said_in(digest)
    assert said_in(digest) == set(Reminder.objects.in_app().filter(recipient=world.secretary).exclude(
        subject=later.pk).values_list("subject", flat=True))  # fmt: skip
    tomorrow = Letter.objects.exclude(pk=digest.pk).get()
    assert (tomorrow.state, said_in(tomorrow)) == ("pending", {later.pk})
    assert tomorrow.day > digest.day


def test_without_redis_a_starting_worker_catches_up(world: World, tmp_path: Path) -> None:
    """As on a machine without services: messages are files, one process works and carries the clock."""
    line = overdue_line(world)
    printed = []
    for options in (["-B"], []):
        with working(environment(tmp_path), *options, "--pool", "solo") as worker:
            worker.wait_until_done(SYNC, POKE)
        assert told_about(line) == {"secretary": 1, "reviewer": 1}
        printed += [text for text in worker.all_lines() if text.startswith("Message-ID:")]
    assert doubled() == []
    assert len(printed) == len(set(printed)) == Letter.objects.filter(state="sent").count() > 0


def test_a_worker_without_a_secret_key_does_not_start(tmp_path: Path, world: World) -> None:
    with working(environment(tmp_path, SECRET_KEY=""), "--pool", "solo") as worker:
        worker.wait_for("SECRET_KEY is not set")
        assert worker.process.wait(timeout=60) != 0
