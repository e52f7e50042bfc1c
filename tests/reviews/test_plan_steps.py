"""The steps pressed on the page of a plan: what they do, and how they are refused."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from meetings.models import Meeting
from reviews.enums import PlanState
from reviews.models import Finding, Plan
from tests.reviews.planning import NOW, findings_data, make_plan
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def text(response: Any) -> str:
    return response.content.decode()


def step(client: Client, plan: Plan, action: str, **more: Any) -> Any:
    return client.post(f"/plans/{plan.pk}/step/{action}/", {"version": plan.version, **more})


def test_approve_with_an_opinion(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.reviewer)
    response = step(client, plan, "approve", comment="同意")
    assert (response.status_code, response.url) == (302, f"/plans/{plan.pk}/")
    plan.refresh_from_db()
    assert plan.state == PlanState.APPROVED
    assert plan.items.get().meeting.day == date(2026, 12, 9)
    assert "同意" in text(client.get(response.url))


def test_return_with_findings(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    item = plan.items.get()
    client.force_login(world.reviewer)
    rows = [
        {"item": item.pk, "field": "day", "reason": "unclear", "sentence": "与党委会同日"},
        {"item": "", "field": "plan", "reason": "missing", "sentence": "缺党课"},
    ]
    data = findings_data(*rows, version=plan.version, comment="请改")
    assert client.post(f"/plans/{plan.pk}/step/return/", data).status_code == 302
    found = Finding.objects.values_list("item", "field", "reason", "sentence")
    assert list(found) == [(item.pk, "day", "unclear", "与党委会同日"), (None, "plan", "missing", "缺党课")]
    client.force_login(world.secretary)
    assert "与党委会同日" in text(client.get(f"/plans/{plan.pk}/edit/"))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "退回至少要有一条意见"),
        ({"field": "day", "reason": "unclear", "sentence": "x"}, "请选择所指的事项"),
        ({"item": "ITEM", "field": "plan", "reason": "unclear", "sentence": "x"}, "请指出该事项有问题的栏目"),
        ({"item": "ITEM", "field": "day", "reason": "", "sentence": "x"}, "这个字段是必填项"),
        ({"item": "ITEM", "field": "day", "reason": "unclear", "sentence": " \u200b"}, "这个字段是必填项"),
        ({"item": "ITEM", "field": "attendance", "reason": "unclear", "sentence": "x"}, "选择一个有效的选项"),
        ({"item": "99999", "field": "day", "reason": "unclear", "sentence": "x"}, "选择一个有效的选项"),
    ],
)
def test_a_return_that_says_too_little_is_refused(
    world: World, client: Client, row: dict[str, str], sentence: str
) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    if row.get("item") == "ITEM":
        row = row | {"item": str(plan.items.get().pk)}
    client.force_login(world.reviewer)
    response = client.post(f"/plans/{plan.pk}/step/return/", findings_data(row, version=plan.version))
    assert response.status_code == 400
    assert sentence in text(response)
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED
    assert not Finding.objects.exists()


@pytest.mark.parametrize("rows", ["", "0", "x", "-1", "9" * 40])
def test_a_mangled_return_is_refused_not_broken(world: World, client: Client, rows: str) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.reviewer)
    data = {"version": plan.version} | (
        {"findings-TOTAL_FORMS": rows, "findings-INITIAL_FORMS": "0"} if rows else {}
    )
    assert client.post(f"/plans/{plan.pk}/step/return/", data).status_code == 400
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED


def test_a_text_one_has_not_seen_is_not_decided_on(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.reviewer)
    response = client.post(f"/plans/{plan.pk}/step/approve/", {"version": plan.version - 1})
    assert response.status_code == 409
    assert "有人先办了" in text(response)
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED


def test_a_step_from_another_state_is_a_conflict(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.APPROVED)
    client.force_login(world.reviewer)
    assert step(client, plan, "approve").status_code == 409


@pytest.mark.parametrize("role", ["secretary", "administrator"])
def test_who_may_not_is_refused(world: World, client: Client, role: str) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(getattr(world, role))
    assert step(client, plan, "approve").status_code == 403
    assert client.post(f"/plans/{plan.pk}/step/return/", {}).status_code == 403
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED


@pytest.mark.parametrize("version", ["", "x", "0", "9" * 40])
def test_a_mangled_version_is_refused(world: World, client: Client, version: str) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.reviewer)
    response = client.post(f"/plans/{plan.pk}/step/approve/", {"version": version})
    assert response.status_code == 400
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED


def test_steps_that_do_not_exist(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.reviewer)
    assert step(client, plan, "explode").status_code == 404
    assert step(client, plan, "archive").status_code == 404
    assert client.get(f"/plans/{plan.pk}/step/approve/").status_code == 405


def test_withdraw_change_and_hand_in_again(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.secretary)
    assert step(client, plan, "withdraw").status_code == 302
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT
    assert step(client, plan, "submit").status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.round) == (PlanState.SUBMITTED, 2)


def test_an_empty_draft_is_not_handed_in(world: World, client: Client) -> None:
    plan = make_plan(world, items=())
    client.force_login(world.secretary)
    response = step(client, plan, "submit")
    assert response.status_code == 400
    assert "计划至少要有一项" in text(response)


def test_a_day_after_the_branch_was_dissolved_stops_the_approval(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    world.branch.dissolved_on = date(2026, 12, 1)
    world.branch.save()
    client.force_login(world.reviewer)
    response = step(client, plan, "approve")
    assert response.status_code == 400
    assert "第1项：办公室党支部已于2026年12月1日撤销" in text(response)
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED
    assert not Meeting.objects.exists()


def test_english(world: World, client: Client) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    client.force_login(world.reviewer)
    client.cookies["django_language"] = "en"
    page = text(client.get(f"/plans/{plan.pk}/"))
    assert "办公室党支部 · plan for Fourth quarter of 2026" in page
    assert "Return with findings" in page
