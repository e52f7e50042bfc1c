"""Every cell of the tables of inspections and visits: state × action × role, the forbidden ones as well.

What is expected is written here by hand, not read from the tables that are tested.
"""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from meetings.enums import Role
from reviews.enums import Action, InspectionState, VisitState
from reviews.models import Inspection, Visit
from reviews.services.workflow import perform
from reviews.workflow import INSPECTION, VISIT, steps_open_to
from tests.reviews.inspecting import bring_to, fill_in, make_inspection, make_visit, mend_all
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import at
from tests.reviews.trying import ROLES, assert_buttons, expected, outcomes, tries
from tests.world import World, appoint, build_world, make_user

pytestmark = pytest.mark.django_db
INSPECTORS = {"small_secretary", "reviewer"}
INSPECTION_STEPS = {
    ("open", "draw"): ("drawn", {"reviewer"}),
    ("open", "call_off"): ("called_off", {"reviewer"}),
    ("drawn", "start"): ("visiting", {"reviewer"}),
    # Nobody: visits are still to be made. What else is tried below.
    ("drawn", "conclude"): ("closed", set()),
    ("visiting", "conclude"): ("closed", set()),
}
VISIT_STEPS = {
    ("planned", "begin"): ("checking", INSPECTORS),
    ("planned", "call_off"): ("called_off", {"reviewer"}),
    # The checklist is empty: neither.
    ("checking", "report"): ("mending", set()),
    ("checking", "clear"): ("closed", set()),
    ("mending", "recheck"): ("mending", {"reviewer"}),
    # Nothing is verified yet.
    ("mending", "confirm"): ("closed", set()),
}


@pytest.fixture
def world() -> World:
    with at():
        yield build_world()


def given(action: Action, actor: Any) -> dict[str, Any]:
    checked = {"checked_by": actor, "checked_at": NOW}
    columns = {
        Action.DRAW: {"drawn_by": actor, "drawn_at": NOW},
        Action.REPORT: checked | {"recheck_on": TODAY},
        Action.CLEAR: checked,
    }
    return {"columns": columns.get(action, {})}


@pytest.mark.parametrize("state", InspectionState.values)
def test_each_step_of_an_inspection(world: World, state: str) -> None:
    inspection = make_inspection(world, state)
    cells = outcomes(world, inspection, given)
    assert cells == expected(INSPECTION_STEPS, state)
    assert_buttons(world, inspection, cells)


@pytest.mark.parametrize("state", VisitState.values)
def test_each_step_of_a_visit(world: World, state: str) -> None:
    visit = make_visit(world, state)
    cells = outcomes(world, visit, given)
    assert cells == expected(VISIT_STEPS, state)
    assert_buttons(world, visit, cells)


def whom_it_leads(world: World, subject: Inspection | Visit, action: Action, state: str) -> set[str]:
    with tries(subject, given) as outcome:
        return {role for role in ROLES if outcome(action, getattr(world, role)) == state}


def test_the_tables_have_no_step_beyond_these() -> None:
    assert set(INSPECTION) == set(INSPECTION_STEPS)
    assert set(VISIT) == set(VISIT_STEPS)


@pytest.mark.parametrize(("faults", "steps"), [(0, {"clear"}), (2, {"report"})])
def test_a_complete_checklist_says_which_way_it_goes(world: World, faults: int, steps: set[str]) -> None:
    visit = make_visit(world, VisitState.CHECKING)
    fill_in(visit, world, faults=faults)
    for role in ROLES:
        assert set(steps_open_to(getattr(world, role), visit)) == (steps if role in INSPECTORS else set())


def test_a_visit_is_confirmed_when_all_is_verified(world: World) -> None:
    visit = make_visit(world, VisitState.MENDING)
    mend_all(visit, world)
    with tries(visit, given) as outcome:
        assert outcome(Action.CONFIRM, world.reviewer) == "forbidden"
    perform(visit.items().get(), Action.VERIFY, actor=world.reviewer, now=NOW)
    assert whom_it_leads(world, visit, Action.CONFIRM, "closed") == {"reviewer"}


def test_the_inspector_begins_the_round(world: World) -> None:
    inspection = make_inspection(world, "drawn")
    bring_to(inspection.visits.get(organization=world.branch), world, VisitState.PLANNED)
    assert whom_it_leads(world, inspection, Action.START, "visiting") == INSPECTORS


def test_a_round_without_open_visits_is_closed_by_its_reviewer(world: World) -> None:
    inspection = make_inspection(world, "drawn")
    for visit in inspection.visits.all():
        bring_to(visit, world, VisitState.CALLED_OFF)
    assert whom_it_leads(world, inspection, Action.CONCLUDE, "closed") == {"reviewer"}


@pytest.mark.parametrize("state", [VisitState.PLANNED, VisitState.MENDING])
def test_nobody_decides_about_the_branch_they_lead(world: World, state: str) -> None:
    visit = make_visit(world, state)
    both = make_user("both")
    appoint(both, world.branch, Role.SECRETARY)
    appoint(both, world.committee, Role.REVIEWER)
    visit.inspectors.add(both)
    with tries(visit, given) as outcome:
        for action in (Action.BEGIN, Action.CALL_OFF, Action.RECHECK):
            assert outcome(action, both) in ("forbidden", "stale")


def test_these_steps_say_why(world: World) -> None:
    for subject, action in (
        (make_inspection(world, "open"), Action.CALL_OFF),
        (make_visit_after(world), Action.RECHECK),
    ):
        with pytest.raises(ValidationError):
            perform(subject, action, actor=world.reviewer, comment=" ", now=NOW)


def make_visit_after(world: World) -> Visit:
    Inspection.objects.update(state="called_off")
    return make_visit(world, VisitState.MENDING)
