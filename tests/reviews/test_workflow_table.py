"""Every cell of the transition tables: state × action × role, the forbidden ones as well.

What is expected is written here by hand, not read from the table that is tested.
"""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from meetings.enums import ACCEPTED_STATES, MeetingState, Role
from meetings.models import Meeting
from reviews.enums import Action, PlanState
from reviews.models import Plan, Transition
from reviews.services.workflow import StaleState, perform
from reviews.workflow import PLAN, RECORD, steps_open_to
from tests.held import hold
from tests.reviews.planning import NOW, TODAY, finding, make_plan
from tests.world import World, appoint, build_world, make_user

pytestmark = pytest.mark.django_db

ROLES = (
    "secretary",
    "small_secretary",
    "other_secretary",
    "group_leader",
    "reviewer",
    "administrator",
    "member",
    "other_reviewer",
    "outsider",
)
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


def expected(steps: dict, state: str) -> dict[tuple[str, str], str]:
    cells = {}
    for action in Action.values:
        to_state, allowed = steps.get((state, action), ("", None))
        for role in ROLES:
            verdict = "stale" if allowed is None else to_state if role in allowed else "forbidden"
            cells[action, role] = verdict
    return cells


def outcomes(world: World, subject: Plan | Meeting) -> dict[tuple[str, str], str]:
    return {
        (action, role): outcome(subject, Action(action), getattr(world, role))
        for action in Action.values
        for role in ROLES
    }


def outcome(stored: Plan | Meeting, action: Action, actor: Any) -> str:
    """The state a step led to, or how it was refused; undone afterwards."""
    subject = type(stored).objects.get(pk=stored.pk)
    before = Transition.objects.count()
    with transaction.atomic():
        try:
            perform(subject, action, actor=actor, comment="理由", findings=[finding()], now=NOW)
        except StaleState:
            result = "stale"
        except PermissionDenied:
            result = "forbidden"
        else:
            result = type(stored).objects.get(pk=stored.pk).state
            before += 1
        assert Transition.objects.count() == before
        transaction.set_rollback(True)
    return result


@pytest.mark.parametrize("state", PlanState.values)
def test_each_step_of_a_plan(world: World, state: str) -> None:
    assert outcomes(world, make_plan(world, state)) == expected(PLAN_STEPS, state)


@pytest.mark.parametrize("state", MeetingState.values)
def test_each_step_of_a_record(world: World, state: str) -> None:
    meeting = hold(world.branch, "group", TODAY, group=world.groups[0], state=state)
    # The record was written in the same breath; how that is done is tested with the records.
    Meeting.objects.exclude(state__in=ACCEPTED_STATES).update(recorded_at=NOW)
    assert outcomes(world, meeting) == expected(RECORD_STEPS, state)


def test_the_tables_have_no_step_beyond_these() -> None:
    assert set(PLAN) == set(PLAN_STEPS)
    assert set(RECORD) == set(RECORD_STEPS)


def test_the_group_leader_has_nothing_to_do_with_the_other_group(world: World) -> None:
    meeting = hold(world.branch, "group", TODAY, group=world.groups[1], state=MeetingState.HELD)
    assert outcome(meeting, Action.SUBMIT, world.group_leader) == "forbidden"
    assert outcome(meeting, Action.SUBMIT, world.secretary) == "submitted"


@pytest.mark.parametrize("state", PlanState.values)
def test_the_buttons_are_exactly_the_steps_that_would_work(world: World, state: str) -> None:
    plan = make_plan(world, state)
    for role in ROLES:
        user = getattr(world, role)
        would_work = {
            action for action in Action.values if outcome(plan, Action(action), user) in PlanState.values
        }
        assert set(steps_open_to(user, plan)) == would_work


def test_nobody_reviews_a_plan_they_wrote(world: World) -> None:
    """The author became a reviewer afterwards."""
    plan = make_plan(world, PlanState.SUBMITTED)
    world.secretary.appointments.update(role=Role.REVIEWER, organization=world.committee)
    author = type(world.secretary).objects.get(pk=world.secretary.pk)
    assert outcome(plan, Action.APPROVE, author) == "forbidden"
    assert outcome(plan, Action.APPROVE, world.reviewer) == "approved"
    assert not Plan.objects.reviewable_by(author).exists()


def test_nobody_reviews_the_branch_they_lead(world: World) -> None:
    """A committee's reviewer who is secretary of the branch, too, with a plan somebody else wrote."""
    plan = make_plan(world, PlanState.SUBMITTED)
    both = make_user("both")
    appoint(both, world.branch, Role.SECRETARY)
    appoint(both, world.committee, Role.REVIEWER)
    assert outcome(plan, Action.APPROVE, both) == "forbidden"
    assert outcome(plan, Action.RETURN, both) == "forbidden"
    assert not Plan.objects.reviewable_by(both).exists()
    assert Plan.objects.reviewable_by(world.reviewer).get() == plan


def test_an_ended_appointment_opens_no_step(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    world.reviewer.appointments.update(end_on="2026-01-01")
    former = type(world.reviewer).objects.get(pk=world.reviewer.pk)
    assert outcome(plan, Action.APPROVE, former) == "forbidden"
