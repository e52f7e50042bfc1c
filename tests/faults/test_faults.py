"""More than a hundred faults on real processes: nothing is lost, nothing is doubled; a naive task is found out."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import campaign
from tests.faults.faults import table
from tests.faults.oracle import judge
from tests.faults.scene import Scene, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
NUMBER = int(os.environ.get("FAULTS", "110"))
PLANNERS = 60


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as ready:
        yield ready


def test_nothing_is_lost_and_nothing_doubled(stage: Scene) -> None:
    faults = table(PLANNERS)
    report = campaign.run(stage, faults, NUMBER, chaos=4)
    assert report.troubles == []
    assert report.injected >= NUMBER
    assert set(report.tallies) >= {fault.kind for fault in faults}


def test_without_a_fault_everything_arrives_once(stage: Scene) -> None:
    stage.start_over("reconcile")
    stage.clean_round()
    assert len(stage.relay.taken()) == 5
    assert judge(stage) == campaign.Verdict()
