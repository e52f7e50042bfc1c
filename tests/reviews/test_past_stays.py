"""Papers from before there were desks: where each lay is told from the steps that were taken with it."""

import importlib

import pytest
from django.apps import apps

from meetings.enums import MeetingState
from reviews.enums import Action, PlanState
from reviews.models import Stay
from reviews.services.workflow import perform
from tests.held import hold
from tests.reviews.planning import NOW, TODAY, make_plan
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
WORDS = ("plan", "meeting", "organization", "task", "step", "last", "handed_in_by", "since", "until")


@pytest.fixture
def world() -> World:
    return build_world()


def told() -> list[tuple[object, ...]]:
    return sorted(Stay.objects.values_list(*WORDS), key=str)


@pytest.mark.parametrize(
    "state", [PlanState.SUBMITTED, PlanState.RETURNED, PlanState.APPROVED, PlanState.AMENDED]
)
def test_the_same_desks_as_if_they_had_been_written_down(world: World, state: str) -> None:
    make_plan(world, state)
    meeting = hold(world.branch, "theme_day", TODAY, state=MeetingState.HELD)
    perform(meeting, Action.SUBMIT, actor=world.secretary, now=NOW)
    written = told()
    Stay.objects.all().delete()
    importlib.import_module("reviews.migrations.0006_first_desks").find_desks(apps, None)
    assert told() == written
    assert written
