"""Every cell of the table of rectification items: state × action × role, the forbidden ones as well.

What is expected is written here by hand, not read from the table that is tested.
"""

import pytest
from django.core.exceptions import ValidationError

from meetings.enums import Role
from reviews.enums import Action, RectificationState
from reviews.services.workflow import perform
from reviews.workflow import RECTIFICATION
from tests.reviews.planning import NOW
from tests.reviews.rectifying import make_item
from tests.reviews.trying import assert_buttons, expected, nothing_more, outcomes, tries
from tests.world import World, appoint, build_world, make_user

pytestmark = pytest.mark.django_db
MENDERS = {"secretary", "member"}  # the member is responsible for the item
# Raised by the committee, reported as done by the secretary.
FROM_ABOVE = {
    ("open", "claim"): ("claimed", MENDERS),
    ("open", "revoke"): ("revoked", {"reviewer"}),
    ("claimed", "verify"): ("closed", {"reviewer"}),
    ("claimed", "reopen"): ("reopened", {"reviewer"}),
    ("reopened", "claim"): ("claimed", MENDERS),
    ("reopened", "revoke"): ("revoked", {"reviewer"}),
    ("closed", "reopen"): ("reopened", {"reviewer"}),
}
# Set by the branch itself, reported as done by the member responsible: the secretary may verify it.
OWN = FROM_ABOVE | {
    ("open", "revoke"): ("revoked", {"reviewer", "secretary"}),
    ("claimed", "verify"): ("closed", {"reviewer", "secretary"}),
    ("claimed", "reopen"): ("reopened", {"reviewer", "secretary"}),
    ("reopened", "revoke"): ("revoked", {"reviewer", "secretary"}),
    ("closed", "reopen"): ("reopened", {"reviewer", "secretary"}),
}


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.mark.parametrize("state", RectificationState.values)
def test_each_step_of_what_the_committee_asked_for(world: World, state: str) -> None:
    item = make_item(world, state, owner=world.member.member)
    cells = outcomes(world, item, nothing_more)
    assert cells == expected(FROM_ABOVE, state)
    assert_buttons(world, item, cells)


@pytest.mark.parametrize("state", RectificationState.values)
def test_each_step_of_what_the_branch_set_itself(world: World, state: str) -> None:
    item = make_item(
        world, state, raised_by=world.secretary, claimed_by=world.member, owner=world.member.member
    )
    cells = outcomes(world, item, nothing_more)
    assert cells == expected(OWN, state)
    assert_buttons(world, item, cells)


def test_the_table_has_no_step_beyond_these() -> None:
    assert set(RECTIFICATION) == set(FROM_ABOVE) == set(OWN)


def test_nobody_verifies_what_they_reported_as_done(world: World) -> None:
    """The secretary set the task and reported it as done: somebody else has to look."""
    item = make_item(world, RectificationState.CLAIMED, raised_by=world.secretary)
    with tries(item, nothing_more) as outcome:
        assert outcome(Action.VERIFY, world.secretary) == "forbidden"
        assert outcome(Action.VERIFY, world.reviewer) == "closed"


def test_nobody_verifies_after_changing_seats(world: World) -> None:
    item = make_item(world, RectificationState.CLAIMED)
    world.secretary.appointments.update(role=Role.REVIEWER, organization=world.committee)
    former = type(world.secretary).objects.get(pk=world.secretary.pk)
    with tries(item, nothing_more) as outcome:
        assert outcome(Action.VERIFY, former) == "forbidden"


def test_nobody_verifies_for_the_branch_they_lead(world: World) -> None:
    item = make_item(world, RectificationState.CLAIMED)
    both = make_user("both")
    appoint(both, world.branch, Role.SECRETARY)
    appoint(both, world.committee, Role.REVIEWER)
    with tries(item, nothing_more) as outcome:
        assert outcome(Action.VERIFY, both) == "forbidden"


def test_nobody_verifies_what_they_are_responsible_for(world: World) -> None:
    """The member responsible is a reviewer of the committee, too."""
    item = make_item(world, RectificationState.CLAIMED, owner=world.member.member)
    appoint(world.member, world.committee, Role.REVIEWER)
    member = type(world.member).objects.get(pk=world.member.pk)
    with tries(item, nothing_more) as outcome:
        assert outcome(Action.VERIFY, member) == "forbidden"


@pytest.mark.parametrize(
    ("state", "action"),
    [("open", Action.CLAIM), ("open", Action.REVOKE), ("claimed", Action.REOPEN), ("closed", Action.REOPEN)],
)
def test_these_steps_say_why(world: World, state: str, action: Action) -> None:
    item = make_item(world, state)
    actor = world.secretary if action == Action.CLAIM else world.reviewer
    with pytest.raises(ValidationError):
        perform(item, action, actor=actor, comment=" ", now=NOW)
    item.refresh_from_db()
    assert item.state == state
