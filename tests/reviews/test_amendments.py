"""An approved plan is amended: what was held stays, the calendar follows when the amendment is approved."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from meetings.enums import MeetingState
from meetings.models import Meeting
from reviews.enums import Action, PlanState
from reviews.models import Plan, PlanItem
from reviews.services.amendments import discard_amendment
from reviews.services.plans import ItemDraft, approve_plan, return_plan, save_plan, submit_plan
from reviews.services.proposals import ItemDraft as Draft
from reviews.services.workflow import perform
from tests.reviews.planning import NOW, draft, finding, make_plan, stored_data
from tests.world import World

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16)


@pytest.fixture
def plan(world: World) -> Plan:
    """Three lines; the first was held, and the plan is taken up for amendment."""
    lines = tuple(
        draft(day=day, theme=theme) for day, theme in ((FIRST, "甲"), (SECOND, "乙"), (THIRD, "丙"))
    )
    plan = make_plan(world, PlanState.APPROVED, items=lines)
    Meeting.objects.filter(theme="甲").update(state=MeetingState.HELD, recorded_at=NOW)
    perform(plan, Action.AMEND, actor=world.secretary, comment="改期", now=NOW)
    return plan


def drafts_of(plan: Plan) -> dict[str, ItemDraft]:
    return {
        item.theme: Draft(
            pk=item.pk, day=item.day, kinds=tuple(item.kinds), theme=item.theme, starts=item.starts
        )
        for item in PlanItem.objects.filter(plan=plan)
    }


def save(world: World, plan: Plan, lines: list[ItemDraft]) -> Plan:
    return save_plan(plan=plan, version=plan.version, items=lines, note="", actor=world.secretary, now=NOW)


def calendar() -> dict[str, tuple[date, str]]:
    return {each.theme: (each.day, each.state) for each in Meeting.objects.all()}


def test_the_calendar_follows_only_when_the_amendment_is_approved(world: World, plan: Plan) -> None:
    lines = drafts_of(plan)
    moved = replace(lines["乙"], day=date(2026, 12, 11), theme="乙改")
    save(world, plan, [lines["甲"], moved, draft(day=date(2026, 12, 23), theme="丁")])
    before = {"甲": (FIRST, "held"), "乙": (SECOND, "scheduled"), "丙": (THIRD, "scheduled")}
    assert calendar() == before
    submit_plan(plan=plan, actor=world.secretary, now=NOW)
    assert calendar() == before
    approve_plan(plan=plan, actor=world.reviewer, now=NOW)
    assert calendar() == {
        "甲": (FIRST, "held"),
        "乙改": (date(2026, 12, 11), "scheduled"),
        "丙": (THIRD, "cancelled"),
        "丁": (date(2026, 12, 23), "scheduled"),
    }
    assert (plan.state, plan.edition, plan.round) == (PlanState.APPROVED, 2, 2)


def test_what_was_held_cannot_be_changed_or_left_out(world: World, plan: Plan) -> None:
    lines = drafts_of(plan)
    with pytest.raises(ValidationError, match="不再改动"):
        save(world, plan, [replace(lines["甲"], theme="改写历史"), lines["乙"]])
    plan.refresh_from_db()
    save(world, plan, [lines["乙"]])
    assert set(plan.items.values_list("theme", flat=True)) == {"甲", "乙"}


def test_held_while_the_amendment_was_under_review(world: World, plan: Plan) -> None:
    """The reviewer is told which line; nothing is written."""
    lines = drafts_of(plan)
    save(world, plan, [lines["甲"], replace(lines["乙"], theme="乙改"), lines["丙"]])
    submit_plan(plan=plan, actor=world.secretary, now=NOW)
    Meeting.objects.filter(theme="乙").update(state=MeetingState.HELD, recorded_at=NOW)
    with pytest.raises(ValidationError, match="第2项"):
        approve_plan(plan=plan, actor=world.reviewer, now=NOW)
    assert Plan.objects.get().state == PlanState.SUBMITTED


def test_dropped_the_plan_is_as_it_was_approved(world: World, plan: Plan) -> None:
    def text() -> list[tuple[object, ...]]:
        rows = PlanItem.objects.order_by("day").values_list("pk", "day", "theme", "meeting", "starts")
        return list(rows)

    before, lines = text(), drafts_of(plan)
    save(world, plan, [lines["甲"], replace(lines["乙"], theme="乙改")])
    assert text() != before
    discard_amendment(plan=plan, actor=world.secretary, now=NOW)
    assert text() == before
    assert (plan.state, plan.edition) == (PlanState.APPROVED, 1)
    assert calendar()["丙"] == (THIRD, "scheduled")


def test_a_returned_amendment_is_corrected_or_dropped(world: World, plan: Plan) -> None:
    submit_plan(plan=plan, actor=world.secretary, now=NOW)
    return_plan(plan=plan, findings=[finding()], actor=world.reviewer, now=NOW)
    discard_amendment(plan=plan, actor=world.secretary, now=NOW)
    assert plan.state == PlanState.APPROVED
    # The old finding does not come back with the next amendment.
    perform(plan, Action.AMEND, actor=world.secretary, comment="再改", now=NOW)
    client = Client()
    client.force_login(world.secretary)
    assert "未写明拟解决的问题" not in client.get(f"/plans/{plan.pk}/edit/").content.decode()


def test_an_amendment_says_why(world: World) -> None:
    plan = make_plan(world, PlanState.APPROVED)
    with pytest.raises(ValidationError):
        perform(plan, Action.AMEND, actor=world.secretary, comment=" ", now=NOW)


def test_on_the_sheet_what_was_held_is_read_only(world: World, plan: Plan, client: Client) -> None:
    client.force_login(world.secretary)
    page = client.get(f"/plans/{plan.pk}/edit/")
    assert [item.theme for item in page.context["paper"].settled] == ["甲"]
    assert [form["theme"].value() for form in page.context["paper"].items][:2] == ["乙", "丙"]


def test_two_people_amend_the_same_plan(world: World, plan: Plan, client: Client) -> None:
    """The second sees both texts; nothing of either is lost."""
    Meeting.objects.filter(theme="甲").update(state=MeetingState.SCHEDULED)
    data = stored_data(plan, theme="第二人写的")
    lines = drafts_of(plan)
    save(world, plan, [replace(lines["甲"], theme="第一人写的"), lines["乙"], lines["丙"]])
    client.force_login(world.secretary)
    response = client.post(f"/plans/{plan.pk}/edit/", data)
    assert response.status_code == 409
    page = response.content.decode()
    assert "第一人写的" in page
    assert "第二人写的" in page


@pytest.mark.parametrize(("day", "closes"), [("2026-12-31", False), ("2027-01-04", True)])
def test_closed_when_the_period_is_over_and_nothing_is_open(world: World, day: str, closes: bool) -> None:
    plan = make_plan(world, PlanState.APPROVED)
    with time_machine.travel(f"{day} 10:00 +0800"):
        with pytest.raises(PermissionDenied):
            perform(plan, Action.CLOSE, actor=world.secretary)
        Meeting.objects.update(state=MeetingState.ACCEPTED, recorded_at=NOW)
        if closes:
            perform(plan, Action.CLOSE, actor=world.secretary)
        assert (plan.state == PlanState.CLOSED) is closes


def test_the_rounds_are_compared(world: World, plan: Plan, client: Client) -> None:
    lines = drafts_of(plan)
    save(world, plan, [lines["甲"], replace(lines["乙"], theme="乙改", place="会议室"), draft(theme="丁")])
    submit_plan(plan=plan, actor=world.secretary, now=NOW)
    client.force_login(world.reviewer)
    page = client.get(f"/plans/{plan.pk}/rounds/")
    changes = {line.title: (line.kind, [d.label for d in line.differences]) for line in page.context["lines"]}
    assert changes["乙改"] == ("changed", ["主题", "地点"])
    assert changes["丁"][0] == "added"
    assert changes["丙"][0] == "removed"
    assert "甲" not in changes
    assert client.get(f"/plans/{plan.pk}/rounds/?before=1&after=999999").status_code == 404
