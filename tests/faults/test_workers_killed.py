"""Real Celery workers that are killed, a clock whose file is spoiled, and how soon a notice is there."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from branchlife.models import User
from meetings.models import Letter, Notice, Obligation
from meetings.services.obligations import generate_obligations
from tests.faults import brokers
from tests.faults.faults import broker_lost
from tests.faults.relay import wait_for
from tests.faults.scene import OCTOBER, scene
from tests.meetings.reminder_ledger import about, at_any_hour, owe, remind_only_of
from tests.services.relay import Relay, running
from tests.services.workers import environment, poke, working
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
POKE = "meetings.poke_reminders"
OURS = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"}


@pytest.fixture
def world() -> World:
    world = build_world()
    User.objects.filter(pk=world.secretary.pk).update(email="shen@example.org")
    at_any_hour(world.secretary)
    remind_only_of("obligation")
    generate_obligations(as_of=timezone.localdate())
    return world


@pytest.fixture
def broker() -> Iterator[str]:
    with brokers.own_redis() as (url, _process):
        yield url


def told(world: World, line: Obligation) -> int:
    return Notice.objects.filter(recipient=world.secretary, **about(line)).count()


def owe_long_ago(world: World) -> Obligation:
    return owe(world.branch, OCTOBER.replace(year=timezone.localdate().year - 1))


def all_sent() -> bool:
    return not Letter.objects.exclude(state="sent").exists()


@pytest.mark.parametrize(
    ("whom", "point", "evidence"),
    [("child", "mail.before_dot", "answer"), ("parent", "journal.written", "journal")],
)
def test_a_killed_worker_loses_and_doubles_nothing(
    world: World, broker: str, tmp_path: Path, whom: str, point: str, evidence: str
) -> None:
    line, mark = owe_long_ago(world), tmp_path / "mark"
    mark.touch()
    with running(Relay()) as relay:
        fault = {"FAULT_POINT": point, "FAULT_WHOM": whom, "FAULT_MARK": str(mark)}
        usual = {"REDIS_URL": broker, "EMAIL_URL": f"smtp://127.0.0.1:{relay.port}"} | OURS
        with working(environment(tmp_path, **usual, **fault), "--concurrency", "2") as worker:
            wait_for(lambda: not mark.exists(), 60)
            if whom == "parent":
                worker.process.wait(timeout=60)
            else:
                _poke_until_sent(broker)
        if whom == "parent":
            with working(environment(tmp_path, **usual), "--pool", "solo"):
                _poke_until_sent(broker)
    assert [message["To"] for message in relay.taken] == ["shen@example.org"]
    assert Letter.objects.get().evidence == evidence
    assert told(world, line) == 1


def _poke_until_sent(broker: str) -> None:
    """Every two seconds; the lease must be over first."""
    end = time.monotonic() + 60
    while not all_sent():
        assert time.monotonic() < end
        poke(broker)
        time.sleep(2)


def test_the_clock_pokes_at_least_once_a_minute() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["poke-reminders"]
    assert entry["task"] == POKE
    assert entry["schedule"] <= 60
    assert entry["options"]["expires"] < 60  # calls nobody took do not pile up


def test_what_is_owed_is_told_after_the_next_poke(world: World, tmp_path: Path) -> None:
    """The clock's own file is spoiled; its minute is two seconds here."""
    (tmp_path / "celerybeat-schedule").write_bytes(b"spoiled" * 100)
    env = environment(tmp_path, FAULT_BEAT_EVERY="2", **OURS)
    with working(env, "-B", "--pool", "solo") as worker:
        worker.wait_until_done(POKE)
        worker.wait_until_done(POKE)  # by the clock: the worker starts with one of its own
        line, began = owe_long_ago(world), time.monotonic()
        wait_for(lambda: told(world, line) > 0, 60)
        assert time.monotonic() - began < 20  # a poke and the round itself, on a machine that is busy
    assert told(world, line) == 1


@pytest.mark.parametrize("loss", ["killed", "absent"])
def test_without_redis_the_next_call_by_cron_catches_up(loss: str) -> None:
    with scene() as stage:
        stage.start_over("hold")
        assert broker_lost(brokers.LOSSES[loss], stage)
        assert Notice.objects.count() == 12
        assert len(stage.relay.taken()) == 5
