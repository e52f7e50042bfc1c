"""Writing a plan in the browser: prefill, errors by name, drafts and handing in."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import AuditEvent
from meetings.enums import Role
from meetings.models import Obligation, PartyGroup
from meetings.services.obligations import generate_obligations
from reviews.enums import PlanState
from reviews.models import Plan, PlanItem
from tests.reviews.planning import NOW, TODAY, item_data, make_plan, sheet_data
from tests.world import World, appoint, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def world_of_module(module_database: None) -> World:
    """With the ledger as it stands today."""
    with time_machine.travel(NOW, tick=False):
        world = build_world()
        generate_obligations(as_of=TODAY)
    return world


@pytest.fixture
def writer(world: World, client: Client) -> Client:
    client.force_login(world.secretary)
    return client


@pytest.fixture(scope="module")
def sheet(world_of_module: World) -> HttpResponse:
    """The sheet as the secretary finds it, opened once for all who look at it."""
    client = Client()
    with time_machine.travel(NOW, tick=False):
        client.force_login(copy.deepcopy(world_of_module.secretary))
        return client.get("/plans/new/")


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


def test_the_sheet_is_filled_from_what_is_owed(sheet: HttpResponse) -> None:
    assert sheet.status_code == 200
    paper = sheet.context["paper"]
    kinds = [kind for form in paper.items.initial_forms for kind in form.initial["kinds"]]
    assert sorted(kinds) == sorted(
        ["theme_day", "committee", "group", "group"] * 2
        + ["general", "lecture", "organizational_life", "appraisal"]
    )
    assert len(paper.items.extra_forms) == 3
    assert "12月主题党日" in text(sheet)
    assert text(sheet).count("删除此项") == len(kinds) + 3 + 1  # spare rows, and the row the script adds
    assert not Plan.objects.exists()


def test_the_sheet_takes_the_same_queries_however_much_is_owed(world: World, writer: Client) -> None:
    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page = writer.get(f"/plans/new/?{query}")
        return len(seen) if page.context["paper"].items.initial_form_count() else 0

    queries("")  # time limits and the calendar are remembered from here on
    Obligation.objects.exclude(kind="general").update(counted=9)
    one = queries("period=2027Q1")
    Obligation.objects.update(counted=0)
    assert queries("period=2027Q1") == one <= MOST_QUERIES
    assert queries("") <= MOST_QUERIES


def test_the_sheet_sent_back_as_it_is_makes_a_plan(writer: Client, sheet: HttpResponse) -> None:
    """What a browser would send from the prefilled page, pressed without a change."""
    formset = sheet.context["paper"].items
    items = [{name: form[name].value() or "" for name in form.fields} for form in formset.initial_forms]
    for item in items:
        item.pop("DELETE")
        item["starts"] = f"{item['starts']:%H:%M}"
    response = create(writer, *items, submit="1")
    plan = Plan.objects.get()
    assert (response.status_code, response.url) == (302, f"/plans/{plan.pk}/")
    assert (plan.state, plan.items.count(), plan.author.username) == (
        PlanState.SUBMITTED,
        len(items),
        "secretary",
    )


def test_the_next_quarter_is_offered_when_this_one_has_its_plan(world: World, writer: Client) -> None:
    make_plan(world)
    page = writer.get("/plans/new/")
    assert page.context["choice"].cleaned_data["period"].code == "2027Q1"
    again = writer.get("/plans/new/?period=2026Q4")
    assert "该党支部已有这一期间的计划" in text(again)
    assert again.context.get("paper") is None


def test_only_who_leads_several_branches_chooses_one(
    world: World, writer: Client, sheet: HttpResponse
) -> None:
    assert 'type="hidden" name="organization"' in text(sheet)
    appoint(world.secretary, world.small_branch, Role.SECRETARY)
    page = text(writer.get("/plans/new/"))
    assert f'<option value="{world.small_branch.pk}"' in page
    assert "外单位" not in page


def test_a_draft_is_saved_and_only_the_branch_sees_it(world: World, writer: Client) -> None:
    create(writer, item_data(), draft="1")
    plan = Plan.objects.get()
    assert plan.state == PlanState.DRAFT
    assert list(plan.transitions.values_list("action", flat=True)) == ["create"]
    assert AuditEvent.objects.filter(action="plan.create", subject_id=str(plan.pk)).exists()
    writer.force_login(world.reviewer)
    assert writer.get(f"/plans/{plan.pk}/").status_code == 404


def test_save_and_hand_in_is_one_press(writer: Client) -> None:
    create(writer, item_data(), submit="1")
    plan = Plan.objects.get()
    assert (plan.state, plan.round) == (PlanState.SUBMITTED, 1)
    assert list(plan.transitions.values_list("action", flat=True)) == ["create", "submit"]


def test_the_same_press_twenty_times_makes_one_plan(writer: Client) -> None:
    answers = [create(writer, item_data(), submit="1") for _press in range(20)]
    plan = Plan.objects.get()
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, f"/plans/{plan.pk}/")}
    assert (plan.items.count(), plan.transitions.count(), plan.version) == (1, 2, 2)
    assert "已经保存过" in text(writer.get(f"/plans/{plan.pk}/"))


def test_an_empty_plan_can_be_kept_but_not_handed_in(writer: Client) -> None:
    refused = create(writer, submit="1")
    assert refused.status_code == 400
    assert "计划至少要有一项" in text(refused)
    assert not Plan.objects.exists()
    assert create(writer, draft="1").status_code == 302


def test_rows_left_out_and_spare_rows_are_not_saved(writer: Client) -> None:
    create(writer, item_data(), item_data(theme="不要的", DELETE="on"), initial=1, draft="1")
    assert [item.theme for item in PlanItem.objects.all()] == ["学习全会精神"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"day": "2027-01-04"}, "第2项 · 日期</a>: 日期不在计划期间内（2026年10月1日至2026年12月31日）。"),
        ({"day": ""}, "第2项 · 日期</a>: 请填写日期，或选择固定日"),
        ({"day": "十一月的某天"}, "第2项 · 日期</a>: "),
        ({"theme": ""}, "第2项 · 主题</a>: 这个字段是必填项"),
        ({"theme": "\u200b\u200b"}, "第2项 · 主题</a>: 这个字段是必填项"),
        ({"theme": "长" * 201}, "第2项 · 主题</a>: "),
        ({"kinds": []}, "第2项 · 会议类型</a>: 这个字段是必填项"),
        ({"kinds": ["staff"]}, "第2项 · 会议类型</a>: "),
        ({"kinds": ["group"]}, "第2项 · 党小组</a>: 党小组会须选择党小组"),
        ({"group": "1"}, "第2项 · 党小组</a>: 只有党小组会需要选择党小组"),
        ({"budget": "-1"}, "第2项 · 经费（元）</a>: "),
        ({"budget": "9" * 30}, "第2项 · 经费（元）</a>: "),
        ({"starts": "25点"}, "第2项 · 开始时间</a>: "),
    ],
)
def test_what_is_wrong_is_named_by_item_and_field(
    world: World, writer: Client, change: dict[str, Any], sentence: str
) -> None:
    if change.get("group"):
        change = {"group": world.groups[0].pk}
    response = create(writer, item_data(), item_data(**{"day": "2026-12-16"} | change), submit="1")
    assert response.status_code == 400
    assert sentence in text(response)
    assert not Plan.objects.exists()


def test_full_width_digits_and_invisible_characters_are_read(writer: Client) -> None:
    create(
        writer,
        item_data(
            day="２０２６-１２-０９", theme="学习\u200b全会\x00精神 ", starts="15：30", budget="３００"
        ),
        draft="1",
    )
    item = PlanItem.objects.get()
    assert (item.day.isoformat(), item.theme, f"{item.starts:%H:%M}", item.budget) == (
        "2026-12-09",
        "学习全会精神",
        "15:30",
        300,
    )


def test_the_groups_offered_are_the_branch_s_own(world: World, writer: Client) -> None:
    strange = PartyGroup.objects.create(
        organization=world.other_branch, name="外小组", founded_on="2020-01-01"
    )
    assert "外小组" not in text(writer.get("/plans/new/"))
    response = create(writer, item_data(kinds=("group",), group=strange.pk), draft="1")
    assert response.status_code == 400
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"items-TOTAL_FORMS": "x"},
        {"items-TOTAL_FORMS": "99999"},
        {"items-TOTAL_FORMS": ""},
        {"version": "9" * 40},
    ],
)
def test_a_mangled_form_is_refused_not_broken(writer: Client, bad: dict[str, str]) -> None:
    response = create(writer, item_data(), draft="1", **bad)
    assert response.status_code == 400
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "query", ["period=2026Q9", "period=x", "organization=0", "organization=" + "9" * 5000, "organization=abc"]
)
def test_a_mangled_choice_is_refused(writer: Client, query: str) -> None:
    assert writer.get(f"/plans/new/?{query}").status_code == 400


def test_nobody_plans_for_another_branch(world: World, writer: Client) -> None:
    assert create(writer, item_data(), organization=world.small_branch, draft="1").status_code == 400
    for role in ("reviewer", "administrator", "member", "group_leader", "outsider"):
        writer.force_login(getattr(world, role))
        assert writer.get("/plans/new/").status_code == 403
        assert create(writer, item_data(), draft="1").status_code == 403
    assert not Plan.objects.exists()
