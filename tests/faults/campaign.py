"""Injecting faults one after the other, each into a scene of its own, and counting what came of them."""

import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.faults import naive
from tests.faults.chaos import everything_at_once
from tests.faults.faults import Fault, at_point
from tests.faults.oracle import Verdict, judge, judge_mail_only
from tests.faults.processes import kill_myself
from tests.faults.scene import Scene

POLICIES = ("reconcile", "hold", "resend")
CHAOS = "everything at once"


@dataclass
class Tally:
    injected: int = 0
    lost: int = 0
    doubled: int = 0
    flagged: int = 0


@dataclass
class Report:
    tallies: dict[str, Tally] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def injected(self) -> int:
        return sum(tally.injected for tally in self.tallies.values())

    @property
    def is_good(self) -> bool:
        return not self.troubles

    def note(self, kind: str, name: str, verdict: Verdict, number: int = 1) -> None:
        tally = self.tallies.setdefault(kind, Tally())
        tally.injected += number
        tally.lost += len(verdict.lost)
        tally.doubled += len(verdict.doubled)
        tally.flagged += len(verdict.flagged)
        if not verdict.is_good:
            self.troubles.append(f"{kind}, {name}: lost {verdict.lost}, doubled {verdict.doubled}")


def choose(faults: Sequence[Fault], number: int, seed: int) -> Iterator[tuple[Fault, str]]:
    """Every kind first, then the rest in an order of chance; each under a policy, which change."""
    chance = random.Random(seed)
    order = chance.sample(faults, len(faults))
    kinds = {fault.kind: fault for fault in reversed(order)}
    ordered = [*kinds.values(), *(fault for fault in order if kinds[fault.kind] is not fault)]
    for count, fault in enumerate(itertools.islice(itertools.cycle(ordered), number)):
        yield fault, POLICIES[(count + count // len(ordered)) % len(POLICIES)]


def run(
    scene: Scene,
    faults: Sequence[Fault],
    number: int,
    *,
    seed: int = 1,
    chaos: float = 0,
    say: Callable[[str], None] = lambda line: None,
) -> Report:
    """So many single faults, then ``chaos`` seconds of all of them."""
    report = Report()
    began = time.monotonic()
    for count, (fault, policy) in enumerate(choose(faults, number, seed), start=1):
        verdict = run_one(scene, fault, policy)
        report.note(fault.kind, f"{fault.name} ({policy})", verdict)
        if count % 50 == 0:
            say(f"{count} of {number}, {time.monotonic() - began:.0f} s, troubles: {len(report.troubles)}")
    if chaos:
        for policy, injected, verdict in everything_at_once(scene, POLICIES, chaos, seed):
            report.note(CHAOS, policy, verdict, injected)
    report.seconds = time.monotonic() - began
    return report


def control(scene: Scene) -> Report:
    """A task without a ledger, killed between sending and marking: if nothing is found, the harness is blind."""
    report = Report()
    scene.start_over("hold", partial(naive.sends_then_marks, scene))
    at_point(kill_myself, "naive.between", 3, -9, scene)
    scene.clean_round()
    report.note("naive task", "killed between sending and marking", judge_mail_only(scene))
    return report


def run_one(scene: Scene, fault: Fault, policy: str) -> Verdict:
    scene.start_over(policy)
    try:
        took_place = fault.inject(scene)
    except AssertionError as error:  # a process hung, or a round without a fault failed
        return Verdict(lost=[str(error)])
    scene.settle()
    verdict = judge(scene, fault.may_die)
    if not took_place:
        verdict.lost.append(f"the fault did not take place: {fault.kind}, {fault.name}")
    return verdict


def lines(report: Report) -> list[str]:
    """A Markdown table."""
    head = ["| fault | injected | lost | doubled | flagged |", "|---|---:|---:|---:|---:|"]
    rows = [
        f"| {kind} | {t.injected} | {t.lost} | {t.doubled} | {t.flagged} |"
        for kind, t in sorted(report.tallies.items())
    ]
    total = Tally(*(sum(getattr(t, name) for t in report.tallies.values()) for name in vars(Tally())))
    return [
        *head,
        *rows,
        f"| **all** | {total.injected} | {total.lost} | {total.doubled} | {total.flagged} |",
    ]
