"""More than a hundred faults on real processes: nothing is lost, nothing is doubled; a naive task is found out."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import pytest

from meetings.models import Letter, Reminder
from tests.faults import campaign, naive
from tests.faults.__main__ import read_options, run_program
from tests.faults.faults import at_point, sleeps_past_the_lease
from tests.faults.groups import with_robots
from tests.faults.oracle import Verdict, judge, judge_mail_only
from tests.faults.processes import kill_myself
from tests.faults.scene import Scene, scene
from tests.faults.table import table

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
NUMBER = 100
PLANNERS = 12
NaiveRound = Callable[[Scene, datetime], None]


@pytest.fixture
def stage() -> Iterator[Scene]:
    with scene() as ready:
        yield ready


def test_nothing_is_lost_and_nothing_doubled(stage: Scene) -> None:
    faults = table(PLANNERS)
    report = campaign.run(stage, faults, NUMBER, chaos=2)
    assert report.troubles == []
    assert report.injected >= NUMBER
    assert set(report.tallies) >= {fault.kind for fault in faults}


def test_without_a_fault_everything_arrives_once(stage: Scene) -> None:
    stage.start_over("reconcile")
    with_robots(stage)
    stage.clean_round()
    assert (len(stage.relay.taken()), len(stage.groups.taken())) == (5, 2)
    assert judge(stage) == Verdict()


@pytest.mark.parametrize(
    ("naive_round", "found"), [(naive.sends_then_marks, "doubled"), (naive.marks_then_sends, "lost")]
)
def test_a_naive_task_is_found_out(stage: Scene, naive_round: NaiveRound, found: str) -> None:
    """The harness sees what it is there to see: killed between the two steps it doubles, or loses."""
    stage.start_over("hold", partial(naive_round, stage))
    assert at_point(kill_myself, "naive.between", 3, -9, stage)
    stage.clean_round()
    verdict = judge_mail_only(stage)
    assert len(getattr(verdict, found)) == 1
    assert len(verdict.lost + verdict.doubled) == 1


def test_two_beats_double_a_naive_task(stage: Scene) -> None:
    """One of them sleeps between reading and sending."""
    stage.start_over("hold", partial(naive.sends_then_marks, stage))
    assert sleeps_past_the_lease("naive.read", 1, stage)
    assert len(judge_mail_only(stage).doubled) == 1


@pytest.mark.parametrize("policy", campaign.POLICIES)
def test_a_doubled_or_lost_letter_of_ours_would_be_seen(stage: Scene, policy: str) -> None:
    """With the guard off: a journal and a log that are gone, and letters marked as if nothing had happened."""
    stage.start_over(policy)
    with_robots(stage)
    stage.clean_round()
    Letter.objects.update(state="pending", next_attempt_at=stage.now, sent_at=None, evidence="")
    Reminder.objects.exclude(letter=None).update(state="pending", sent_at=None)
    shutil.rmtree(stage.folder / "journal")
    stage.clean_round()
    assert len(judge(stage).doubled) == 12 + 4
    for server in (stage.relay, stage.groups):
        server.mailbox.write_text("")
    assert len(judge(stage).lost) == 12 + 4


@pytest.mark.parametrize(
    ("options", "code", "row"),
    [
        (["2", "--chaos", "0", "--only", "group robot drops"], 0, "| **all** | 2 | 0 | 0 |"),
        (["--control"], 1, "| naive task | 1 | 0 | 1 | 0 |"),
    ],
)
def test_the_program_prints_its_table_and_says_how_it_went(
    options: list[str], code: int, row: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_program(read_options(options)) == code
    said = capsys.readouterr().out
    assert row in said
    assert ("naive task, killed" in said) == bool(code), "what was doubled is named"
