"""The administrator changes a rule after looking at what it does, and moves a working day."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from meetings.models import MovedDay, Obligation, Requirement
from tests.browser.demo import ADMINISTRATOR, demonstration, enter

pytestmark = pytest.mark.django_db(transaction=True)
COMMITTEE = "青榆市公共服务局机关党委"


@pytest.fixture(autouse=True)
def _demo(live_server: Any, settings: Any, expect_fault: Callable[[str], None]) -> Iterator[None]:
    expect_fault("status of 400")  # the form that is refused
    with demonstration(settings):
        yield


def test_form_preview_and_change_without_javascript(without_javascript: Page) -> None:
    page = enter(without_javascript, ADMINISTRATOR, COMMITTEE)
    page.get_by_role("link", name="规则库").first.click()
    page.get_by_role("link", name="主题党日", exact=True).click()
    page.get_by_role("link", name="制定本级规定").click()
    page.get_by_label("适用于").select_option(label=COMMITTEE)
    page.get_by_label("至少几次").fill("2")
    page.get_by_label("期满后宽限天数").fill("5")
    page.get_by_role("button", name="查看影响").click()
    expect(page.get_by_role("alert")).to_contain_text("宽限更长：本级 5 天，上级 0 天。")
    page.get_by_label("期满后宽限天数").fill("0")
    page.get_by_role("button", name="查看影响").click()
    expect(page.get_by_text("尚未保存", exact=True)).to_be_visible()
    changing = int(page.locator(".stat", has_text="变更").locator("b").inner_text())
    assert not Requirement.objects.exclude(owner=None).exists()
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("至少几次")).to_have_value("2")
    page.get_by_role("button", name="查看影响").click()
    page.get_by_role("button", name="保存并更新台账").click()
    expect(page.get_by_text(f"变更 {changing} 条")).to_be_visible()
    assert Obligation.objects.filter(requirement__owner__name=COMMITTEE).count() == changing > 0
    page.get_by_role("link", name="规则库").first.click()
    expect(page.get_by_role("row", name="每月至少 2 次")).to_contain_text("2026年12月1日起")


def test_a_day_is_moved_on_a_phone(phone: Page) -> None:
    page = enter(phone, ADMINISTRATOR, COMMITTEE)
    page.goto("/workdays/2026/")
    page.get_by_role("button", name="2026年12月31日 · 工作日").tap()
    expect(page.get_by_role("button", name="2026年12月31日 · 休息日")).to_be_in_viewport()
    assert MovedDay.objects.get(day="2026-12-31").is_working is False
