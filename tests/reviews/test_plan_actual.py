"""The plan beside what became of it."""

from datetime import date

import pytest
from django.test import Client

from meetings.enums import MeetingState
from meetings.models import Meeting
from reviews.compliance.actual import actual_of
from reviews.enums import PlanState
from tests.held import attended, hold
from tests.reviews.pages import MOST_QUERIES, queries
from tests.reviews.planning import NOW, draft, make_plan
from tests.world import World

pytestmark = pytest.mark.django_db


def test_item_by_item(world: World, client: Client) -> None:
    lines = tuple(
        draft(day=date(2026, 12, day), theme=theme, budget=100) for day, theme in enumerate("甲乙丙丁", 1)
    )
    plan = make_plan(world, PlanState.APPROVED, items=lines)
    Meeting.objects.filter(theme="甲").update(state=MeetingState.HELD, recorded_at=NOW, spent=100)
    Meeting.objects.filter(theme="乙").update(
        state=MeetingState.ACCEPTED, recorded_at=NOW, day=date(2026, 12, 5), theme="乙改", spent=180
    )
    Meeting.objects.filter(theme="丙").update(state=MeetingState.CANCELLED)
    attended(Meeting.objects.get(theme="甲"), world.members[2])
    outside = hold(world.branch, "lecture", date(2026, 12, 20))
    actual = actual_of(plan)
    assert (actual.held, actual.on_day, actual.cancelled, actual.open) == (2, 1, 1, 1)
    assert (actual.budget, actual.spent) == (400, 280)
    first, second = actual.lines[:2]
    assert (first.present, first.expected, first.moved) == (8, 9, 0)
    assert (second.moved, second.theme_changed, second.over_budget) == (3, True, 80)
    assert actual.unplanned == [outside]
    client.force_login(world.secretary)
    for show, themes in (("held", ["甲", "乙"]), ("on_day", ["甲"]), ("open", ["丁"]), ("cancelled", ["丙"])):
        page = client.get(f"/plans/{plan.pk}/actual/?show={show}")
        assert [line.item.theme for line in page.context["lines"]] == themes


def test_the_queries_do_not_grow(world: World) -> None:
    short = make_plan(world, PlanState.APPROVED, branch=world.small_branch, author=world.small_secretary)
    long = make_plan(world, PlanState.APPROVED, items=tuple(draft(day=date(2026, 12, n)) for n in (1, 2, 3)))
    one = queries(world.reviewer, f"/plans/{short.pk}/actual/")
    assert queries(world.reviewer, f"/plans/{long.pk}/actual/") == one <= MOST_QUERIES
