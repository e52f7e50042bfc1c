"""The faults as a table: what is done, under which heading it is counted, what may come of it."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.core.management import call_command

from branchlife.models import User
from meetings.models import Letter
from meetings.services.reminders.plan import plan_reminders
from tests.faults import backup, brokers
from tests.faults.processes import (
    arm,
    crash_database,
    fork,
    kill_myself,
    lose_database,
    stop_myself,
    trip,
)
from tests.faults.scene import NOW, Scene

LEASE_OVER = timedelta(minutes=11)
ONCE = ("round.planned", "announce.rows_written", "announce.before_commit")
PER_LETTER = (
    "claim.taken", "send.checked", "mail.before_dot", "mail.final_step_committed", "mail.after_dot",
    "send.answered", "journal.written", "send.noted",
)  # fmt: skip
POINTS = [(point, 1) for point in ONCE] + [(point, nth) for point in PER_LETTER for nth in (1, 3, 5)]
VERBS = ("HELLO", "EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT")
# Set by what starts a PostgreSQL for one run only.
OWN_SERVER = "TEST_DATABASE_IS_OURS"


@dataclass(frozen=True)
class Fault:
    """``inject`` says whether the fault really took place. ``may_die``: refused for good."""

    kind: str
    name: str
    inject: Callable[[Scene], bool]
    may_die: bool = False


def at_point(action: Callable[[], None], point: str, nth: int, code: int | None, scene: Scene) -> bool:
    """``code``: how the process must have ended; None: anyhow."""
    ended = scene.process(partial(arm, point, action, nth)).wait()
    return code is None or ended == code


def sleeps_past_the_lease(point: str, nth: int, scene: Scene) -> bool:
    sleeper = scene.process(partial(arm, point, stop_myself, nth))
    sleeper.wait()
    if not sleeper.is_stopped:
        return False
    scene.later(LEASE_OVER)
    scene.clean_round()
    sleeper.go_on()
    return sleeper.wait() == 0


def clock_was_ahead(point: str, scene: Scene) -> bool:
    """A sender dies whose clock is hours ahead: its leases reach far into the future."""
    scene.now = NOW + timedelta(hours=5)
    died = at_point(kill_myself, point, 2, -9, scene)
    scene.now = NOW + LEASE_OVER
    return died


def clocks_apart(point: str, ahead: timedelta, scene: Scene) -> bool:
    """A sender whose clock is ahead is in the middle of a letter when another comes by, which leaves it to him."""
    scene.now = NOW + ahead
    sender = scene.process(partial(arm, point, stop_myself, 2))
    sender.wait()
    scene.now = NOW
    if not sender.is_stopped:
        return False
    scene.clean_round()
    left_alone = Letter.objects.filter(state__in=("claimed", "finalizing")).count() == 1
    sender.go_on()
    return sender.wait() == 0 and left_alone


def at_once(number: int, scene: Scene) -> bool:
    read, write = os.pipe()

    def wait() -> None:
        os.close(write)
        os.read(read, 1)

    children = [scene.process(wait) for _ in range(number)]
    for each in (read, write):
        os.close(each)
    # Within SQLite's patience nobody fails; PostgreSQL lets them all in.
    return [child.wait() for child in children] == [0] * number


def mail(verb: str, deed: str, times: int, scene: Scene) -> bool:
    scene.relay.misbehave(verb, deed, times=times)
    scene.clean_round()
    return True


def mail_server_away(scene: Scene) -> bool:
    return scene.process(EMAIL_PORT=closed_port()).wait() == 0


def poison(address: str, scene: Scene) -> bool:
    """Nobody can have this address; everybody else's letters go out."""
    poisoned = User.objects.filter(pk=scene.world.secretary.pk)
    poisoned.update(email=address)
    scene.clean_round()
    others = {each.to for each in scene.relay.taken()}
    poisoned.update(email=scene.world.secretary.email)
    return len(others) == 4


def always_trips(scene: Scene) -> bool:
    """The first letter of every round fails in our own code."""
    for _ in range(3):
        scene.process(partial(arm, "send.checked", trip)).wait()
        scene.later(timedelta(minutes=3))
    return bool(scene.relay.taken())


def planners(number: int, scene: Scene) -> bool:
    """One after the other, fifty to a process."""

    def plan(first: int) -> None:
        for count in range(first, min(first + 50, number)):
            plan_reminders(now=scene.now + timedelta(seconds=count))

    return all(fork(partial(plan, first)).wait() == 0 for first in range(0, number, 50))


def restored(before: Callable[[Scene], object], scene: Scene) -> bool:
    before(scene)
    yesterday = backup.take()
    scene.later(LEASE_OVER)
    scene.clean_round()
    scene.later(LEASE_OVER)
    scene.clean_round()
    backup.restore(yesterday)
    return True


def broker_lost(loss: Callable[[], None], scene: Scene) -> bool:
    """The wake-up call is lost; cron comes by."""
    if fork(loss).wait() != 0:
        return False

    def cron() -> None:
        with scene.settings():
            call_command("send_reminders", now=scene.now.isoformat())

    return fork(cron).wait() == 0


def closed_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kills() -> Iterator[Fault]:
    for point, nth in POINTS:
        yield Fault("kill −9", f"{point} {nth}", partial(at_point, kill_myself, point, nth, -9))
        yield Fault("error in our own code", f"{point} {nth}", partial(at_point, trip, point, nth, None))
    for point in PER_LETTER:
        for nth in (1, 3):
            stop = partial(sleeps_past_the_lease, point, nth)
            yield Fault("SIGSTOP past the lease", f"{point} {nth}", stop)
    for point in ("claim.taken", "mail.final_step_committed", "mail.after_dot", "journal.written"):
        yield Fault("clock set back under a killed sender", point, partial(clock_was_ahead, point))


def crowds(most_planners: int) -> Iterator[Fault]:
    for number in (2, 5):
        yield Fault(f"{number} beats at once", str(number), partial(at_once, number))
    for ahead in (timedelta(seconds=5), timedelta(minutes=9)):
        for point in ("claim.taken", "mail.after_dot"):
            yield Fault("two clocks", f"{point}, {ahead}", partial(clocks_apart, point, ahead))
    yield Fault("many planners in a row", str(most_planners), partial(planners, most_planners))


def mail_faults() -> Iterator[Fault]:
    yield Fault("mail server away", "refuses connections", mail_server_away)
    for times in (1, 3, 1000):
        for verb in VERBS:
            for deed in ("451 4.3.0 not now", "hang", "drop"):
                kind = {"4": "mail server: not now", "h": "mail server hangs", "d": "mail server drops"}[
                    deed[0]
                ]
                yield Fault(kind, f"{verb} {times}", partial(mail, verb, deed, times))
        for deed in ("drop after taking", "hang after taking", "late"):
            kind = {"d": "drops after the dot", "h": "hangs after the dot", "l": "late 250"}[deed[0]]
            yield Fault(f"mail server {kind}", str(times), partial(mail, ".", deed, times))
    for verb in ("RCPT", "DATA", "."):
        refuse = partial(mail, verb, "554 5.7.1 not wanted", 1)
        yield Fault("mail server refuses for good", verb, refuse, may_die=True)
    yield Fault("mail server refuses for good", "MAIL", partial(mail, "MAIL", "550 5.7.1 not you", 1))


def odd_ones() -> Iterator[Fault]:
    for address in ("no one@@example.org", "line\nbreak@example.org", "@"):
        yield Fault("poison row", repr(address), partial(poison, address), may_die=True)
    yield Fault("poison row", "trips in every round", always_trips)
    points = [(point, 1) for point in ("announce.before_commit", "round.planned")]
    points += [(point, 3) for point in ("claim.taken", "journal.written", "send.noted")]
    yield Fault("restore of yesterday's database", "nothing announced", partial(restored, lambda scene: None))
    for point, nth in points:
        before = partial(at_point, kill_myself, point, nth, -9)
        yield Fault("restore of yesterday's database", f"{point} {nth}", partial(restored, before))
    for name, loss in brokers.LOSSES.items():
        yield Fault(f"Redis {name}", name, partial(broker_lost, loss))


def database_faults() -> Iterator[Fault]:
    for point, nth in POINTS:
        lost = partial(at_point, lose_database, point, nth, None)
        yield Fault("PostgreSQL ends the connection", f"{point} {nth}", lost)
    if os.environ.get(OWN_SERVER):
        for point in (*ONCE, *PER_LETTER):
            crash = partial(at_point, crash_database, point, 1, None)
            yield Fault("PostgreSQL crashes and restarts", point, crash)
