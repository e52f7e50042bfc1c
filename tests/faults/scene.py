"""The place where faults are injected: five people who are owed reminders, a clock that is set, one round."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest import mock

from django.db import OperationalError, connection, connections
from django.test import override_settings

from branchlife.models import User
from meetings.models import Letter, Notice, Obligation, Pulse, Reminder, ReminderRule, Robot
from meetings.reminding import _sources as registered
from meetings.services.reminders import announce, journal
from meetings.services.reminders.run import run_reminders
from tests.faults import relay as relays
from tests.faults.processes import Child, fork
from tests.faults.relay import Relay
from tests.meetings.reminder_ledger import at, at_any_hour, owe, remind_only_of
from tests.world import World, build_world

OCTOBER = date(2026, 10, 1)
NOW = at(date(2026, 12, 2))
TIMEOUT = 0.3  # seconds a sender waits for the mail server
# When the rounds after a fault take place: past a pause, past a lease, past the next full look, and later.
AFTERWARDS = tuple(timedelta(minutes=each) for each in (2, 13, 30, 50, 75, 150, 300, 600))

Round = Callable[[datetime], object]


def our_round(now: datetime) -> object:
    """What the worker does when it is woken."""
    return run_reminders(now=now, thrifty=True)


@dataclass
class Scene:
    folder: Path
    relay: Relay
    groups: Relay
    world: World
    policy: str = "hold"
    round: Round = our_round
    now: datetime = NOW
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start_over(self, policy: str, round_: Round = our_round) -> None:
        """Nothing is announced yet. ``policy``: reconcile (there is a log of the mail server), resend, hold."""
        self.policy, self.round, self.now = policy, round_, NOW
        for model in (Notice, Reminder, Letter, Robot, Pulse):
            model.objects.all().delete()
        self.folder = self._next_folder()
        for server in (self.relay, self.groups):
            server.start_over(self.folder / server.folder.name)
        journal.site_name()
        wanted = "resend" if policy == "resend" else "hold"
        ReminderRule.objects.filter(code="obligation").update(when_unsure=wanted)

    def settings(self, **others: object) -> override_settings:
        ours: dict[str, object] = {
            "EMAIL_BACKEND": "branchlife.mail.SmtpBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.relay.port,
            "EMAIL_TIMEOUT": TIMEOUT,
            "ROBOT_HOSTS": [f"http://127.0.0.1:{self.groups.port}"],
            "ROBOT_TIMEOUT": TIMEOUT,
            "REMINDER_JOURNAL": self.folder / "journal",
            "RELAY_LOG": self.relay.log if self.policy == "reconcile" else None,
        }
        return override_settings(**ours | others)

    def process(self, prepare: Callable[[], object] = lambda: None, **settings: object) -> Child:
        """One round in a process of its own; ``prepare`` arms the fault there."""

        def work() -> None:
            with self.settings(**settings):
                prepare()
                self.round(self.now)

        return fork(work)

    def later(self, by: timedelta) -> None:
        """No server keeps a client that is silent for so long."""
        self.now += by
        for server in (self.relay, self.groups):
            server.hang_up()
        self.relay.note_time(self.now)

    def clean_round(self) -> None:
        assert self.process().wait() == 0

    def settle(self) -> None:
        """The faults are over; rounds follow as they would by the clock."""
        for server in (self.relay, self.groups):
            server.behave()
        wait_for_database()
        start = self.now
        for number, after in enumerate(AFTERWARDS):
            if number >= 2 and self.is_settled():
                return
            self.now = start + after
            self.relay.note_time(self.now)
            with self.settings():
                self.round(self.now)

    def is_settled(self) -> bool:
        moving = Letter.objects.filter(state__in=("pending", "claimed", "finalizing"))
        return not (moving.exists() or Reminder.objects.unsent().exists())

    def owed(self) -> dict[User, list[Obligation]]:
        """Who is to be told of what: whoever answers for the branch, and the organization above."""
        w, lines = self.world, Obligation.objects.all()
        branches = {
            w.branch.pk: (w.secretary, w.reviewer),
            w.small_branch.pk: (w.small_secretary, w.reviewer),
        }
        branches[w.other_branch.pk] = (w.other_secretary, w.other_reviewer)
        told: dict[User, list[Obligation]] = {}
        for line in lines.select_related("organization"):
            for person in branches[line.organization_id]:
                told.setdefault(person, []).append(line)
        return told

    def _next_folder(self) -> Path:
        folder = self.folder.parent / f"case-{next(self._numbers)}"
        if self.folder.name.startswith("case-"):
            shutil.rmtree(self.folder)
        folder.mkdir()
        return folder


def wait_for_database() -> None:
    """PostgreSQL recovers from a crash in a moment."""

    def answers() -> bool:
        connections.close_all()
        try:
            connection.ensure_connection()
        except OperationalError:
            return False
        return True

    relays.wait_for(answers)


def build_scene_world() -> World:
    """Two kinds owed by each of three branches."""
    world = build_world()
    remind_only_of("obligation")
    people = [
        world.secretary, world.small_secretary, world.reviewer, world.other_secretary, world.other_reviewer,
    ]  # fmt: skip
    for person in people:
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.org")
        person.refresh_from_db()
    at_any_hour(*people)
    for branch in (world.branch, world.small_branch, world.other_branch):
        owe(branch, OCTOBER)
        owe(branch, OCTOBER, kind="committee")
    return world


@contextmanager
def scene() -> Iterator[Scene]:
    """On a disk in memory where there is one: a killed process loses nothing it wrote, on any disk."""
    _keep_what_is_committed()
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    with (
        _one_kind_of_deadline(),
        mock.patch.object(announce, "BATCH", 4),  # so that there are several, and two writers
        tempfile.TemporaryDirectory(prefix="bl-faults-", dir=place) as name,
        relays.running(Path(name) / "relay") as relay,
        relays.running(Path(name) / "groups", relays.GROUPS) as groups,
    ):
        first = Path(name) / "first"
        first.mkdir()
        ready = Scene(first, relay, groups, build_scene_world())
        _warm_up(ready)
        yield ready


def _keep_what_is_committed() -> None:
    """Test servers run with synchronous_commit off, and a crash would rightly forget the last commits."""
    if connection.vendor == "postgresql":
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
        connections.close_all()


@contextmanager
def _one_kind_of_deadline() -> Iterator[None]:
    """Nothing else is owed here, and looking for it in every round would take a third of the time."""
    everything = dict(registered)
    for code in everything.keys() - {"obligation"}:
        del registered[code]
    try:
        yield
    finally:
        registered.clear()
        registered.update(everything)


def _warm_up(ready: Scene) -> None:
    """What a first round imports and compiles is there for every process forked later."""
    ready.start_over("hold")
    with ready.settings():
        ready.round(ready.now)
