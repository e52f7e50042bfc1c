"""Reviewing by hand: many routine plans at once, and a plan that comes back twice with findings at its fields."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from meetings.enums import OrganizationKind, Role
from meetings.models import Organization
from reviews.enums import PlanState
from reviews.models import Plan
from reviews.services.plans import create_plan
from tests.browser.conftest import PHONE
from tests.browser.demo import REVIEWER, SECRETARY, Hand, demonstration, enter
from tests.browser.test_loop import BRANCH, COMMITTEE, confirm, hand_in_plan, item, open_details, option_with
from tests.reviews.planning import Q1, draft, make_plan
from tests.reviews.recording import submitted
from tests.world import FOUNDED, appoint, build_world, make_user

pytestmark = pytest.mark.django_db(transaction=True)
PLANS, MOST_MOVES = 30, 5


def test_thirty_routine_plans_in_five_moves(
    desktop: Page, sign_in: Callable[[Page, Any], Page], live_server: Any
) -> None:
    world = build_world()
    for number in range(PLANS):
        facts = {"name": f"第{number}党支部", "kind": OrganizationKind.BRANCH, "founded_on": FOUNDED}
        branch = Organization.objects.add_child(Organization.objects.get(pk=world.committee.pk), facts)
        author = make_user(f"s{number}")
        appoint(author, branch, Role.SECRETARY)
        line = draft(day=Q1.start.replace(day=13))
        create_plan(organization=branch, span=Q1, items=[line], actor=author, submit=True)
    page = sign_in(desktop, world.reviewer)
    page.goto("/")
    hand = Hand(page)
    hand.click(page.locator("nav a:visible, aside a:visible").filter(has_text="待审核").first)
    hand.click(page.locator("[data-batch-all]"))
    hand.click(page.locator("[data-batch-bar] button[value=approve]"))
    hand.click(page.locator("main form .btn-approve"))
    expect(page.locator("body")).to_contain_text(f"已批准{PLANS}份计划")
    assert hand.moves <= MOST_MOVES
    assert Plan.objects.filter(state=PlanState.APPROVED).count() == PLANS


@pytest.mark.parametrize("kind", ["plan", "record"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_refused_return_says_so_at_the_top(
    scripts: bool,
    kind: str,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[Page, Any], Page],
    expect_fault: Callable[[str], None],
) -> None:
    world = build_world()
    paper = make_plan(world, PlanState.SUBMITTED) if kind == "plan" else submitted(world)
    expect_fault("400")
    page = sign_in(new_context(viewport=PHONE, java_script_enabled=scripts).new_page(), world.reviewer)
    page.goto(f"/{'plans' if kind == 'plan' else 'meetings'}/{paper.pk}/")
    open_details(page, "填写意见并退回")
    page.locator("[name$=-sentence]:visible").first.fill("缺签到")
    page.locator("form[action$='/return/'] button.btn-return").first.click()
    summary = page.locator("main [data-form-errors]")
    expect(summary).to_contain_text("意见1 · 原因")
    expect(summary).to_be_in_viewport()
    if scripts:
        expect(summary).to_be_focused()
    summary.get_by_role("link", name="意见1 · 原因").click()
    expect(page.locator("#id_findings-0-reason")).to_be_in_viewport()
    expect(page.locator("[name$=-sentence]:visible").first).to_have_value("缺签到")


@pytest.fixture
def demo(live_server: Any, settings: Any) -> Iterator[None]:
    with demonstration(settings):
        yield


def test_a_plan_comes_back_twice(demo: None, new_context: Callable[..., BrowserContext]) -> None:
    """Each finding stands at the field it speaks of; the round is counted; what changed is shown."""
    secretary = enter(new_context().new_page(), SECRETARY, BRANCH)
    reviewer = enter(new_context().new_page(), REVIEWER, COMMITTEE)
    hand_in_plan(secretary)
    give_back(reviewer, "problem", "请写明要解决什么问题")
    mend(secretary, "problem", "请写明要解决什么问题", "窗口排队时间长")
    give_back(reviewer, "theme", "主题请再具体一些")
    mend(secretary, "theme", "主题请再具体一些", "窗口服务大家谈：错峰安排")

    reviewer.goto("/review/")
    reviewer.locator("main a", has_text=BRANCH).first.click()
    expect(reviewer.locator("main")).to_contain_text("第3轮")
    reviewer.get_by_role("link", name="比较各轮改动").click()
    expect(reviewer.locator("main")).to_contain_text("窗口服务大家谈：错峰安排")
    assert Plan.objects.get(state=PlanState.SUBMITTED, organization__name=BRANCH).round == 3


def give_back(page: Page, field: str, sentence: str) -> None:
    page.goto("/review/")
    page.locator("main a", has_text=BRANCH).first.click()
    open_details(page, "填写意见并退回")
    page.locator("[name$=-item]").first.select_option(label=option_with(page, "窗口服务大家谈"))
    page.locator("[name$=-field]").first.select_option(field)
    page.locator("[name$=-reason]").first.select_option("unclear")
    page.locator("[name$=-sentence]").first.fill(sentence)
    page.get_by_role("button", name="退回").last.click()
    confirm(page)
    expect(page.locator("main")).to_contain_text("已退回")


def mend(page: Page, field: str, sentence: str, text: str) -> None:
    page.goto("/")
    page.locator("main .work a.btn", has_text="修改").first.click()
    row = item(page, "主题党日", "2026-11")
    box = row.locator(f"[name$=-{field}]")
    # At the field itself: the nearest finding, seen from the box, is this one.
    beside = box.locator("xpath=ancestor::*[.//*[contains(@class, 'finding')]][1]")
    expect(beside).to_contain_text(sentence)
    box.fill(text)
    page.get_by_role("button", name="保存并提交").click()
    expect(page.locator("main")).to_contain_text("待审核")
