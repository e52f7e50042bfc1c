"""Where each item stands, how much of the loop is closed, how long papers lie; every number opens its list."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from meetings.enums import MeetingState
from meetings.models import Meeting
from reviews.compliance.loop import STATIONS, branch_loops, desk_loops, planned_in, with_station
from reviews.enums import Action, PlanState, RectificationSource
from reviews.models import Plan, PlanItem, Stay
from reviews.services.plans import approve_plan
from reviews.services.rectification import ItemTerms, raise_item
from reviews.services.workflow import perform
from tests.reviews.pages import MOST_QUERIES, html_of, queries
from tests.reviews.planning import NOW, TODAY, draft, make_plan
from tests.world import World

pytestmark = pytest.mark.django_db
STATES = {
    "甲": MeetingState.SCHEDULED,
    "乙": MeetingState.SUBMITTED,
    "丙": MeetingState.ACCEPTED,
    "丁": MeetingState.ACCEPTED,
    "戊": MeetingState.CANCELLED,
}


def lived(world: World) -> Plan:
    """Five items at five places of the loop; something is to be put right at the fourth."""
    lines = tuple(draft(day=date(2026, 12, day), theme=theme) for day, theme in enumerate(STATES, 1))
    plan = make_plan(world, PlanState.APPROVED, items=lines)
    for theme, state in STATES.items():
        recorded = None if state in (MeetingState.SCHEDULED, MeetingState.CANCELLED) else NOW
        Meeting.objects.filter(theme=theme).update(state=state, recorded_at=recorded)
    raise_item(
        organization=world.branch, source=RectificationSource.MEETING, actor=world.reviewer,
        terms=ItemTerms(problem="缺席原因未写"), meeting=Meeting.objects.get(theme="丁"),
    )  # fmt: skip
    return plan


def test_each_item_stands_at_its_station(world: World) -> None:
    lived(world)
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    stations = dict(with_station(PlanItem.objects.all()).values_list("theme", "station"))
    assert stations == {
        "甲": "do", "乙": "check", "丙": "closed", "丁": "act", "戊": "cancelled", "学习全会精神": "plan",
    }  # fmt: skip


def test_the_figures_of_a_branch(world: World) -> None:
    lived(world)
    make_plan(world, branch=world.small_branch, author=world.small_secretary)  # a draft is nobody's figure
    (loop,) = branch_loops(planned_in(PlanItem.objects.all(), 2026), Stay.objects.all())
    assert loop.name == "办公室党支部"
    assert loop.counts == {"plan": 0, "do": 1, "check": 1, "act": 1, "closed": 1, "cancelled": 1}
    assert (loop.turns, loop.closed_percent) == (4, "25.0%")


def test_the_committees_own_waiting_is_measured(world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    approve_plan(plan=plan, actor=world.reviewer, now=NOW + timedelta(days=6))
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    (desk,) = desk_loops(Stay.objects.all(), TODAY + timedelta(days=10))
    assert (desk.name, desk.plan_days, desk.record_days) == ("市直机关党委", 6.0, None)
    # Decided after the limit of three working days, and one still there after it.
    assert (desk.decided, desk.open, desk.late_open, desk.late) == (1, 1, 1, 2)


def test_days_to_write_a_plan(world: World) -> None:
    plan = make_plan(world)
    perform(plan, Action.SUBMIT, actor=world.secretary, now=NOW + timedelta(hours=60))
    (loop,) = branch_loops(planned_in(PlanItem.objects.all(), 2026), Stay.objects.all())
    assert loop.plan_days == 2.5


@time_machine.travel("2026-12-04 10:00 +0800")
def test_every_number_opens_its_list(world: World, client: Client) -> None:
    lived(world)
    client.force_login(world.reviewer)
    page = client.get("/loop/")
    (row,) = page.context["branches"]
    for station in STATIONS:
        listed = client.get(f"/loop/items/?year=2026&branch={world.branch.pk}&station={station}")
        assert listed.context["page_obj"].paginator.count == row.counts[station]
    (desk,) = page.context["desks"]
    for lying, number in (("left", desk.decided), ("open", desk.open), ("late", desk.late)):
        listed = client.get(f"/loop/papers/?year=2026&desk={world.committee.pk}&task=review&lying={lying}")
        assert listed.context["page_obj"].paginator.count == number


def test_four_stations_with_dates_and_holders(world: World) -> None:
    make_plan(world, PlanState.SUBMITTED)
    page = html_of(world.secretary, "/loop/items/?year=2026")
    assert "市直机关党委" in page
    assert "11月23日" in page


def test_a_secretary_sees_the_own_branch_only(world: World, client: Client) -> None:
    lived(world)
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    client.force_login(world.small_secretary)
    page = client.get("/loop/?year=2026")
    assert [row.name for row in page.context["branches"]] == ["督查室党支部"]
    assert "办公室党支部" not in page.content.decode()


@pytest.mark.parametrize("path", ["/loop/?year=2026", "/loop/items/?year=2026", "/loop/papers/?year=2026"])
def test_the_queries_do_not_grow(world: World, path: str) -> None:
    make_plan(world, PlanState.SUBMITTED)
    one = queries(world.reviewer, path)
    make_plan(world, PlanState.APPROVED, branch=world.small_branch, author=world.small_secretary)
    assert queries(world.reviewer, path) <= max(one + 1, 0) <= MOST_QUERIES
