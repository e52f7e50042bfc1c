"""Everything at once: several beats, each round with a fault of its own, and mail that misbehaves."""

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from django.db import connection

from tests.faults.faults import LEASE_OVER, POINTS
from tests.faults.oracle import Verdict, judge
from tests.faults.processes import Child, arm, kill_myself, lose_database, stop_myself, trip
from tests.faults.scene import Scene

AT_ONCE = 4
BOUT = 2.0  # seconds
# Between two rounds, by the clock of the scene: a bout stays shorter than a lease.
STEP = timedelta(seconds=3)
MISDEEDS = ("451 4.3.0 not now", "hang", "drop", "late", "drop after taking")


def everything_at_once(
    scene: Scene, policies: Sequence[str], seconds: float, seed: int
) -> Iterator[tuple[str, int, Verdict]]:
    """Bouts under one policy after the other: the policy, how many faults were injected, what came of them."""
    chance = random.Random(seed)
    spent = 0.0
    for policy in itertools.cycle(policies):
        if spent >= seconds:
            return
        scene.start_over(policy)
        injected = _bout(scene, chance)
        spent += BOUT
        scene.settle()
        yield policy, injected, judge(scene)


def _bout(scene: Scene, chance: random.Random) -> int:
    verb = chance.choice(("HELLO", "RCPT", "DATA", ".", "."))
    scene.relay.misbehave(verb, chance.choice(MISDEEDS), chance=0.3)
    running: list[Child] = []
    stopped: list[Child] = []
    injected, end = 1, time.monotonic() + BOUT
    while time.monotonic() < end:
        alive = [child for child in running if child.is_running]
        stopped += [child for child in running if child.is_stopped]
        running = alive
        if len(running) < AT_ONCE:
            scene.now += STEP
            running.append(scene.process(partial(_arm, chance.randrange(2**32))))
            injected += 1
        time.sleep(0.005)
    for child in running:
        child.wait()
    _wake_late(scene, stopped + [child for child in running if child.is_stopped])
    return injected


def _wake_late(scene: Scene, sleepers: Sequence[Child]) -> None:
    """When their leases are over and others have their letters."""
    scene.relay.behave()
    scene.later(LEASE_OVER)
    scene.clean_round()
    for sleeper in sleepers:
        sleeper.go_on()
    for sleeper in sleepers:
        sleeper.wait()


def _arm(seed: int) -> None:
    """What a round of the bout meets: mostly it is killed somewhere."""
    chance = random.Random(seed)
    actions = [kill_myself, kill_myself, trip, lambda: None]
    if connection.vendor == "postgresql":
        actions.append(lose_database)
    point, nth = chance.choice(POINTS)
    # Who sleeps inside a transaction holds up everybody, on any database.
    if not point.startswith("announce."):
        actions.append(stop_myself)
    arm(point, chance.choice(actions), nth)
