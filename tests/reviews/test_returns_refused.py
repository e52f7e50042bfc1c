"""A return that was not taken: what is wrong stands at the top of the page, linked to its field; what came too
late is shown for copying."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from meetings.enums import Role
from meetings.models import Meeting
from reviews.enums import Action, PlanState
from reviews.models import Finding, Plan
from reviews.services.workflow import perform
from tests.reviews.pages import words
from tests.reviews.planning import findings_data, make_plan
from tests.reviews.recording import NOW, at, sign_in, step_url, submitted, text_of
from tests.world import World, appoint, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SUMMARY = re.compile(
    r'<main.*?<div class="note note-error" role="alert" tabindex="-1" data-form-errors>(.*?)</ul>', re.DOTALL
)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def return_url(paper: Plan | Meeting) -> str:
    return f"/plans/{paper.pk}/step/return/" if isinstance(paper, Plan) else step_url(paper, "return")


@pytest.fixture(params=["plan", "record"])
def paper(request: pytest.FixtureRequest, world: World, client: Client) -> Plan | Meeting:
    sign_in(client, world.reviewer)
    return make_plan(world, PlanState.SUBMITTED) if request.param == "plan" else submitted(world)


def refused(client: Client, paper: Plan | Meeting, *rows: dict[str, Any], **more: Any) -> tuple[str, str]:
    """The page, and the summary at its top with its links; each link leads to one field of the page."""
    response = client.post(return_url(paper), findings_data(*rows, version=paper.version, **more))
    assert response.status_code == 400
    html = text_of(response)
    assert html.count("data-form-errors") == 1
    found = SUMMARY.search(html)
    assert found and html.index("data-form-errors") < html.index("<section")
    for target in re.findall(r'href="#([^"]+)"', found[1]):
        assert len(re.findall(rf'\sid="{target}"', html)) == 1, target
    return html, found[1]


def test_each_field_is_named_and_linked(client: Client, paper: Plan | Meeting) -> None:
    rows = {"field": "day"}, {"reason": "unclear", "sentence": "缺签到"}
    _html, summary = refused(client, paper, *rows)
    assert "尚未退回，请先更正：" in words(summary)
    for target, label in (
        ("id_findings-0-reason", "意见1 · 原因"),
        ("id_findings-0-sentence", "意见1 · 问题说明"),
        ("id_findings-1-field", "意见2 · 栏目"),
    ):
        assert f'<a href="#{target}">{label}</a>: 这个字段是必填项。' in summary


def test_a_return_without_a_finding_leads_to_the_first(client: Client, paper: Plan | Meeting) -> None:
    _html, summary = refused(client, paper)
    assert '<a href="#id_findings-0-field">意见1</a>: 请说明问题：退回至少要有一条意见' in summary


def test_an_opinion_that_is_too_long_is_shown_in_the_form_of_the_return_only(
    client: Client, paper: Plan | Meeting
) -> None:
    row = {"field": "day", "reason": "unclear", "sentence": "缺签到"}
    html, summary = refused(client, paper, row, comment="长" * 1001)
    assert 'href="#return_comment"' in summary
    assert html.count("长" * 1001) == 1


def test_a_refused_opinion_with_the_approval_is_linked(client: Client, paper: Plan | Meeting) -> None:
    action = "approve" if isinstance(paper, Plan) else "accept"
    url = return_url(paper).replace("return", action)
    response = client.post(url, {"version": paper.version, "comment": "长" * 1001})
    assert response.status_code == 400
    found = SUMMARY.search(text_of(response))
    assert found and 'href="#id_comment"' in found[1] and "尚未办理" in found[1]


def test_taking_up_for_amendment_without_a_reason_is_linked(client: Client, world: World) -> None:
    plan = make_plan(world, PlanState.APPROVED)
    sign_in(client, world.secretary)
    response = client.post(f"/plans/{plan.pk}/step/amend/", {"version": plan.version, "comment": " "})
    assert response.status_code == 400
    found = SUMMARY.search(text_of(response))
    assert found and '<a href="#amend_comment">原因</a>: 请填写原因。' in found[1]
    assert 'id="amend_comment"' in text_of(response)


# --- too late -------------------------------------------------------------------------------

ROWS = (
    {"field": "day", "reason": "unclear", "sentence": "与党委会同日<b>"},
    {"field": "nowhere", "reason": "", "sentence": "缺签到"},
)


def approve(paper: Plan | Meeting, world: World) -> None:
    colleague = make_user("colleague")
    appoint(colleague, world.committee, Role.REVIEWER)
    perform(paper, Action.APPROVE if isinstance(paper, Plan) else Action.ACCEPT, actor=colleague, now=NOW)


def too_late(client: Client, url: str, data: dict[str, Any]) -> str:
    response = client.post(url, data)
    assert response.status_code == 409
    assert "日<b>" not in text_of(response)
    return words(text_of(response))


@pytest.mark.parametrize("moves", ["approved", "handed in again"])
def test_what_was_typed_too_late_is_shown_for_copying(
    client: Client, world: World, paper: Plan | Meeting, moves: str
) -> None:
    data = findings_data(*ROWS, version=paper.version, comment="请尽快改好\n再交")
    if moves == "approved":
        approve(paper, world)
    else:
        perform(paper, Action.WITHDRAW, actor=world.secretary, now=NOW)
        perform(paper, Action.SUBMIT, actor=world.secretary, now=NOW)
    shown = too_late(client, return_url(paper), data)
    assert "您填写的内容 未保存" in shown
    assert "与党委会同日<b>" in shown and "意见2 缺签到 意见 请尽快改好 再交" in shown
    assert not Finding.objects.exists()


def test_the_place_and_the_reason_are_shown_in_words(client: Client, world: World) -> None:
    plan = make_plan(world, PlanState.SUBMITTED)
    row = ROWS[0] | {"item": plan.items.get().pk}
    sign_in(client, world.reviewer)
    data = findings_data(row, version=plan.version)
    approve(plan, world)
    shown = too_late(client, return_url(plan), data)
    assert "1. 学习全会精神 · 日期 · 程序不清 · 与党委会同日<b>" in shown


def test_an_opinion_with_an_approval_is_shown_as_well(
    client: Client, world: World, paper: Plan | Meeting
) -> None:
    action = "approve" if isinstance(paper, Plan) else "accept"
    data = {"version": paper.version, "comment": "写得很好"}
    approve(paper, world)
    assert "写得很好" in too_late(client, return_url(paper).replace("return", action), data)


def test_without_words_nothing_is_offered_for_copying(
    client: Client, world: World, paper: Plan | Meeting
) -> None:
    data = findings_data(version=paper.version)
    approve(paper, world)
    assert "您填写的内容" not in too_late(client, return_url(paper), data)
