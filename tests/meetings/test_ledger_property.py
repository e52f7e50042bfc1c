"""After any sequence of changes the ledger is what a plain recomputation from the raw rows says it must be.

``HYPOTHESIS_PROFILE=nightly`` runs 2,000 sequences; the usual run as many as fit beside the other tests.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from meetings.enums import DISCHARGING, MeetingState
from meetings.services import discharge, obligations, owed, record
from meetings.services.obligations import SyncResult
from meetings.services.reconcile import reconcile
from meetings.services.roster import changes
from tests.meetings import ledger_steps as roster
from tests.meetings import ledger_steps_meetings as meetings_of
from tests.meetings import ledger_steps_rules as rules
from tests.meetings.ledger_life import STEPS, Life, Step, start
from tests.meetings.ledger_model import differences
from tests.world import build_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 11)
Sequence = list[tuple[Step, int]]


def sequences(steps: list[Step] = STEPS) -> st.SearchStrategy[Sequence]:
    return st.lists(st.tuples(st.sampled_from(steps), st.integers(0, 2**31)), min_size=4, max_size=10)


@pytest.fixture
def life() -> Life:
    return start(build_world(), TODAY)


def live(life: Life, steps: Sequence) -> list[str]:
    """What is wrong with the ledger after these steps. The world is as before afterwards."""
    with transaction.atomic():
        own = Life(life.world, deepcopy(life.model))
        for taken, seed in steps:
            own.take(taken, seed)
        if not own.settled:
            own.settle()
        wrong = differences(own.model)
        wrong += [f"reconcile: {each}" for each in reconcile(as_of=own.model.today).differences]
        transaction.set_rollback(True)
    return wrong


def run(life: Life, given_steps: st.SearchStrategy[Sequence], **how: Any) -> None:
    @settings(suppress_health_check=[HealthCheck.nested_given], **how)
    @given(steps=given_steps)
    def holds(steps: Sequence) -> None:
        assert live(life, steps) == []

    holds()


def test_the_ledger_equals_a_recomputation_after_any_sequence_of_changes(life: Life) -> None:
    run(life, sequences())


# --- positive control: with one rule of the ledger off, the property fails -------------------


def every_branch_has_a_committee(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    monkeypatch.setattr(owed, "has_committee", lambda terms, day: True)
    return [roster.join]


def owed_from_the_first_part_of_a_period(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    monkeypatch.setattr(owed, "_exists_throughout", lambda bearer, span: bearer.founded_on <= span.end)
    return [roster.found, roster.found_group]


def any_event_counts_as_all_its_kinds(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    monkeypatch.setattr(
        discharge, "discharges", lambda fact, line: line.period_start <= fact.day <= line.period_end
    )
    return [rules.change_rule]


def what_is_held_again_still_counts(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    monkeypatch.setattr(discharge, "DISCHARGING", (*DISCHARGING, MeetingState.HOLD_AGAIN))
    return [meetings_of.review]


def the_roster_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    monkeypatch.setattr(changes, "sync_obligations", lambda **what: SyncResult())
    return [roster.join, roster.leave, roster.found_group, roster.merge]


def nothing_is_recounted_when_written(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    monkeypatch.setattr(record, "recount_branch", lambda **what: 0)
    return [meetings_of.write_down]


def the_clock_forgets_the_year_it_missed(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    monkeypatch.setattr(
        obligations, "_by_beginning", lambda organizations, first, since: {first: organizations}
    )
    return [meetings_of.time_goes_by]


CONTROLS = [
    every_branch_has_a_committee,
    owed_from_the_first_part_of_a_period,
    any_event_counts_as_all_its_kinds,
    what_is_held_again_still_counts,
    the_roster_is_not_followed,
    nothing_is_recounted_when_written,
    the_clock_forgets_the_year_it_missed,
]


@pytest.mark.parametrize("switch_off", CONTROLS)
def test_the_property_sees_a_rule_that_is_switched_off(
    life: Life, monkeypatch: pytest.MonkeyPatch, switch_off: Callable[[pytest.MonkeyPatch], list[Step]]
) -> None:
    steps = switch_off(monkeypatch)
    how = {"max_examples": 60, "derandomize": True, "database": None, "report_multiple_bugs": False}
    with pytest.raises(AssertionError):
        run(life, sequences(steps), phases=[Phase.generate], **how)
