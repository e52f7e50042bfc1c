"""Correcting a plan: findings at their fields, two writers at once, too late, and rows of other plans."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from meetings.enums import Role
from meetings.services.obligations import generate_obligations
from reviews.enums import PlanState
from reviews.models import Plan, Transition
from reviews.services.plans import return_plan, save_plan
from tests.reviews.planning import NOW, TODAY, draft, finding, item_data, make_plan, sheet_data, stored_data
from tests.world import World, appoint, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world() -> World:
    world = build_world()
    generate_obligations(as_of=TODAY)
    return world


@pytest.fixture
def writer(world: World, client: Client) -> Client:
    client.force_login(world.secretary)
    return client


def text(response: Any) -> str:
    return response.content.decode()


def create(writer: Client, *items: dict[str, Any], **more: Any) -> Any:
    branch = more.pop("organization", None) or Plan._meta.get_field("organization").related_model.objects.get(
        name="办公室党支部"
    )
    data = sheet_data(
        *items, organization=getattr(branch, "pk", branch), period=more.pop("period", "2026Q4"), **more
    )
    return writer.post("/plans/new/", data)


def test_the_findings_stand_at_their_fields(world: World, writer: Client) -> None:
    items = (draft(), draft(day=TODAY.replace(month=12, day=16), theme="另一项"))
    plan = make_plan(world, PlanState.SUBMITTED, items=items)
    second = plan.items.get(theme="另一项")
    return_plan(
        plan=plan,
        findings=[finding(second, "place", "没有写明地点"), finding(sentence="整季没有党课")],
        actor=world.reviewer,
    )
    page = writer.get(f"/plans/{plan.pk}/edit/")
    first_form, second_form = page.context["paper"].items.initial_forms
    assert not first_form.findings
    assert [f.sentence for f in second_form.findings["place"]] == ["没有写明地点"]
    assert [f.sentence for f in page.context["paper"].head.findings["plan"]] == ["整季没有党课"]
    assert text(page).index("没有写明地点") > text(page).index("另一项")
    assert second_form.further_is_open


def test_correcting_keeps_the_row_so_the_finding_stays_with_it(world: World, writer: Client) -> None:
    plan = make_plan(world, PlanState.RETURNED)
    item = plan.items.get()
    response = writer.post(
        f"/plans/{plan.pk}/edit/", stored_data(plan, problem="解决窗口作风问题") | {"submit": "1"}
    )
    assert response.status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.round) == (PlanState.SUBMITTED, 2)
    assert plan.items.get().pk == item.pk
    assert plan.items.get().problem == "解决窗口作风问题"
    assert Transition.objects.get(action="return").findings.get().item == item


def test_a_lost_update_shows_both_texts(world: World, writer: Client) -> None:
    plan = make_plan(world)
    mine = stored_data(plan, theme="我写的主题")
    deputy = world.small_secretary
    appoint(deputy, world.branch, Role.SECRETARY)
    save_plan(plan=plan, version=1, items=[draft(theme="他写的主题")], note="他的说明", actor=deputy)
    response = writer.post(f"/plans/{plan.pk}/edit/", mine | {"draft": "1", "note": "我的说明"})
    assert response.status_code == 409
    for words in ("他写的主题", "他的说明", "我写的主题", "我的说明", "解涵杰"):
        assert words in text(response)
    assert text(response).count("有不同") == 2
    assert plan.items.get().theme == "他写的主题"
    # Nothing has to be typed again: the page sends the same words on top of the newer version.
    plan.refresh_from_db()
    assert f'name="version" value="{plan.version}"' in text(response)
    again = writer.post(f"/plans/{plan.pk}/edit/", mine | {"draft": "1", "version": plan.version})
    assert again.status_code == 302
    assert plan.items.get().theme == "我写的主题"


def test_words_typed_while_the_plan_was_handed_in_are_shown_too(world: World, writer: Client) -> None:
    plan = make_plan(world)
    mine = stored_data(plan, theme="我写的主题")
    save_plan(plan=plan, version=1, items=[draft()], note="", actor=world.secretary, submit=True)
    response = writer.post(f"/plans/{plan.pk}/edit/", mine | {"submit": "1"})
    assert response.status_code == 409
    assert "我写的主题" in text(response)
    assert "保存并提交" not in text(response)
    assert plan.items.get().theme == "学习全会精神"


def test_a_plan_handed_in_meanwhile_is_told_before_what_is_wrong_with_the_words(
    world: World, writer: Client
) -> None:
    plan = make_plan(world)
    mine = stored_data(plan, theme="我写的主题", day="2026-02-30")
    save_plan(plan=plan, version=1, items=[draft()], note="", actor=world.secretary, submit=True)
    response = writer.post(f"/plans/{plan.pk}/edit/", mine | {"submit": "1"})
    assert response.status_code == 409
    assert "我写的主题" in text(response), "still there to be copied"
    assert "保存并提交" not in text(response)
    emptied = {name: value for name, value in mine.items() if not name.startswith("items-0-")}
    assert writer.post(f"/plans/{plan.pk}/edit/", emptied | {"submit": "1"}).status_code == 409


def test_a_plan_saved_meanwhile_is_told_with_what_is_wrong(world: World, writer: Client) -> None:
    plan = make_plan(world)
    mine = stored_data(plan, theme="我写的主题", day="2026-02-30")
    save_plan(plan=plan, version=1, items=[draft(theme="他写的主题")], note="", actor=world.secretary)
    plan.refresh_from_db()
    response = writer.post(f"/plans/{plan.pk}/edit/", mine | {"draft": "1"})
    assert response.status_code == 409
    for words in ("他写的主题", "我写的主题", "is-invalid", f'name="version" value="{plan.version}"'):
        assert words in text(response)
    again = writer.post(f"/plans/{plan.pk}/edit/", mine | {"draft": "1", "version": plan.version})
    assert again.status_code == 400, "nobody else was faster now"


def test_the_same_words_saved_twice_are_no_conflict(world: World, writer: Client) -> None:
    plan = make_plan(world)
    data = stored_data(plan, theme="改过的主题") | {"draft": "1"}
    answers = [writer.post(f"/plans/{plan.pk}/edit/", data) for _press in range(3)]
    assert [answer.status_code for answer in answers] == [302] * 3
    plan.refresh_from_db()
    assert plan.version == 2


def test_two_who_start_the_same_plan_lose_nothing(world: World, writer: Client) -> None:
    make_plan(world, items=(draft(theme="他先写的主题"),))
    response = create(writer, item_data(theme="我后写的主题"), draft="1")
    assert response.status_code == 409
    assert "他先写的主题" in text(response)
    assert "我后写的主题" in text(response)
    assert Plan.objects.get().items.get().theme == "他先写的主题"


@pytest.mark.parametrize("state", [PlanState.SUBMITTED, PlanState.APPROVED])
def test_too_late_to_edit(world: World, writer: Client, state: str) -> None:
    plan = make_plan(world, state)
    assert writer.get(f"/plans/{plan.pk}/edit/").status_code == 409


def test_who_may_see_but_not_write_is_refused(world: World, writer: Client) -> None:
    plan = make_plan(world, PlanState.RETURNED)
    writer.force_login(world.reviewer)
    assert writer.get(f"/plans/{plan.pk}/edit/").status_code == 403
    assert writer.post(f"/plans/{plan.pk}/edit/", stored_data(plan, theme="改")).status_code == 403
    assert plan.items.get().theme == "学习全会精神"


def test_a_row_of_another_plan_is_not_taken_over(world: World, writer: Client) -> None:
    """The hidden number of a line names another branch's line: a new line is made, theirs stays."""
    theirs = make_plan(
        world, branch=world.small_branch, author=world.small_secretary, items=(draft(theme="别人的"),)
    )
    plan = make_plan(world)
    data = stored_data(plan, theme="我的", pk=theirs.items.get().pk) | {"draft": "1"}
    assert writer.post(f"/plans/{plan.pk}/edit/", data).status_code == 302
    assert theirs.items.get().theme == "别人的"
    assert plan.items.get().theme == "我的"
