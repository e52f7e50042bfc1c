"""Every cell of the transition tables: state × action × role, the forbidden ones as well.

What is expected is written here by hand, not read from the table that is tested.
"""

from typing import Any

import pytest

from meetings.enums import ACCEPTED_STATES, MeetingState, Role
from meetings.models import Meeting
from reviews.enums import Action, PlanState
from reviews.models import Plan
from reviews.workflow import PLAN, RECORD
from tests.held import hold
from tests.reviews.planning import NOW, TODAY, finding, make_plan
from tests.reviews.trying import assert_buttons, expected, outcomes, tries
from tests.world import World, appoint, build_world, make_user

pytestmark = pytest.mark.django_db

PLAN_STEPS = {
    ("draft", "submit"): ("submitted", {"secretary"}),
    ("submitted", "withdraw"): ("draft", {"secretary"}),
    ("submitted", "approve"): ("approved", {"reviewer"}),
    ("submitted", "return"): ("returned", {"reviewer"}),
    ("returned", "submit"): ("submitted", {"secretary"}),
    ("approved", "amend"): ("amended", {"secretary"}),
    ("amended", "submit"): ("submitted", {"secretary"}),
    ("amended", "discard"): ("approved", {"secretary"}),
    # Nobody here: what these ask for besides is tried one by one below and in test_chains.
    ("submitted", "forward"): ("submitted", set()),
    ("submitted", "take_back"): ("amended", set()),
    ("returned", "discard"): ("approved", set()),
    ("approved", "close"): ("closed", set()),
}
WRITERS = {"secretary", "group_leader"}
RECORD_STEPS = {
    ("scheduled", "record"): ("held", WRITERS),
    ("scheduled", "cancel"): ("cancelled", WRITERS),
    ("scheduled", "drop"): ("cancelled", {"reviewer"}),
    ("held", "submit"): ("submitted", WRITERS),
    ("submitted", "withdraw"): ("held", WRITERS),
    ("submitted", "forward"): ("submitted", set()),
    ("submitted", "accept"): ("accepted", {"reviewer"}),
    ("submitted", "return"): ("returned", {"reviewer"}),
    ("submitted", "hold_again"): ("hold_again", {"reviewer"}),
    ("accepted", "archive"): ("archived", {"reviewer"}),
    ("returned", "submit"): ("submitted", WRITERS),
    ("hold_again", "record"): ("held", WRITERS),
}


@pytest.fixture
def world() -> World:
    return build_world()


def given(action: Action, actor: Any) -> dict[str, Any]:
    return {"findings": [finding()]}


@pytest.mark.parametrize("state", PlanState.values)
def test_each_step_of_a_plan(world: World, state: str) -> None:
    plan = make_plan(world, state)
    cells = outcomes(world, plan, given)
    assert cells == expected(PLAN_STEPS, state)
    assert_buttons(world, plan, cells)


@pytest.mark.parametrize("state", MeetingState.values)
def test_each_step_of_a_record(world: World, state: str) -> None:
    meeting = hold(world.branch, "group", TODAY, group=world.groups[0], state=state)
    # The record was written in the same breath; how that is done is tested with the records.
    Meeting.objects.exclude(state__in=ACCEPTED_STATES).update(recorded_at=NOW)
    assert outcomes(world, meeting, given) == expected(RECORD_STEPS, state)


def test_the_tables_have_no_step_beyond_these() -> None:
    assert set(PLAN) == set(PLAN_STEPS)
    assert set(RECORD) == set(RECORD_STEPS)


def test_the_group_leader_has_nothing_to_do_with_the_other_group(world: World) -> None:
    meeting = hold(world.branch, "group", TODAY, group=world.groups[1], state=MeetingState.HELD)
    with tries(meeting, given) as outcome:
        assert outcome(Action.SUBMIT, world.group_leader) == "forbidden"
        assert outcome(Action.SUBMIT, world.secretary) == "submitted"


def test_nobody_reviews_a_plan_they_wrote(world: World) -> None:
    """The author became a reviewer afterwards."""
    plan = make_plan(world, PlanState.SUBMITTED)
    world.secretary.appointments.update(role=Role.REVIEWER, organization=world.committee)
    author = type(world.secretary).objects.get(pk=world.secretary.pk)
    with tries(plan, given) as outcome:
        assert outcome(Action.APPROVE, author) == "forbidden"
        assert outcome(Action.APPROVE, world.reviewer) == "approved"
    assert not Plan.objects.reviewable_by(author).exists()


def test_nobody_reviews_the_branch_they_lead(world: World) -> None:
    """A committee's reviewer who is secretary of the branch, too, with a plan somebody else wrote."""
    plan = make_plan(world, PlanState.SUBMITTED)
    both = make_user("both")
    appoint(both, world.branch, Role.SECRETARY)
    appoint(both, world.committee, Role.REVIEWER)
    with tries(plan, given) as outcome:
        assert outcome(Action.APPROVE, both) == "forbidden"
        assert outcome(Action.RETURN, both) == "forbidden"
    assert not Plan.objects.reviewable_by(both).exists()
    assert Plan.objects.reviewable_by(world.reviewer).get() == plan


def test_an_ended_appointment_opens_no_step(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    world.reviewer.appointments.update(end_on="2026-01-01")
    former = type(world.reviewer).objects.get(pk=world.reviewer.pk)
    with tries(plan, given) as outcome:
        assert outcome(Action.APPROVE, former) == "forbidden"
