"""The main job end to end, by the hands of three people: plan, return, correct, approve, hold, log, accept.

Once as the pages are meant, once with JavaScript switched off.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from meetings.enums import MeetingState
from meetings.models import Meeting, Notice, Obligation
from tests.browser.demo import MEMBER, REVIEWER, SECRETARY, Hand, demonstration, enter

pytestmark = pytest.mark.django_db(transaction=True)
BRANCH, COMMITTEE = "规划财务处党支部", "机关党委"
MOST_MOVES = 12  # for logging a held meeting from its plan
FINDING = "请写明要解决什么问题"
EXCUSED = ("因公出差", "病假")


@pytest.fixture
def demo(live_server: Any, settings: Any) -> Iterator[None]:
    with demonstration(settings):
        yield


@pytest.mark.parametrize("javascript", [True, False], ids=["as meant", "without JavaScript"])
def test_the_whole_loop(demo: None, new_context: Callable[..., BrowserContext], javascript: bool) -> None:
    def desk(role: str, place: str) -> Page:
        return enter(new_context(java_script_enabled=javascript).new_page(), role, place)

    secretary, reviewer, member = desk(SECRETARY, BRANCH), desk(REVIEWER, COMMITTEE), desk(MEMBER, BRANCH)
    assert dashboard_cell(reviewer) == ("c-due", "0/1")
    assert theme_day_notices(secretary) == 1

    hand_in_plan(secretary)
    return_plan(reviewer)
    correct_plan(secretary)
    approve_plan(reviewer)

    moves = log_meeting(secretary)
    assert moves <= MOST_MOVES, f"{moves} moves to log a meeting"
    accept_record(reviewer)

    assert dashboard_cell(reviewer) == ("c-met", "1/1")
    assert theme_day_notices(secretary) == 0
    sees_own_attendance(member)


def hand_in_plan(page: Page) -> None:
    """The proposal already holds what is owed; the theme day is moved to today."""
    page.goto("/")
    hand = Hand(page)
    hand.click(page.get_by_role("link", name="制定计划"))
    assert page.locator("fieldset.row-item").count() >= 5
    theme_day = item(page, "主题党日", "2026-11")
    hand.type(theme_day.locator("[name$=-day]"), "2026-11-23")
    hand.type(theme_day.locator("[name$=-theme]"), "窗口服务大家谈")
    hand.click(page.get_by_role("button", name="保存并提交"))
    expect(page.locator("main")).to_contain_text("待审核")


def item(page: Page, kind: str, month: str) -> Locator:
    rows = page.locator("fieldset.row-item", has=page.locator("label:has(input:checked)", has_text=kind))
    return rows.filter(has=page.locator(f"[name$=-day][value^='{month}']"))


def return_plan(page: Page) -> None:
    page.goto("/review/")
    page.locator("main a", has_text=BRANCH).first.click()
    open_details(page, "填写意见并退回")
    page.locator("[name$=-item]").first.select_option(label=option_with(page, "窗口服务大家谈"))
    page.locator("[name$=-field]").first.select_option("problem")
    page.locator("[name$=-reason]").first.select_option("missing")
    page.locator("[name$=-sentence]").first.fill(FINDING)
    page.get_by_role("button", name="退回").last.click()
    confirm(page)
    expect(page.locator("main")).to_contain_text("已退回")


def option_with(page: Page, text: str) -> str:
    return page.locator("[name$=-item] option", has_text=text).first.inner_text()


def open_details(page: Page, label: str) -> None:
    page.locator("summary", has_text=label).first.click()


def confirm(page: Page) -> None:
    """With JavaScript some steps ask once more."""
    dialog = page.locator("dialog[open] [data-confirm-yes]")
    if dialog.count():
        dialog.click()
    page.wait_for_load_state()


def correct_plan(page: Page) -> None:
    page.goto("/")
    expect(page.locator("main")).to_contain_text("退回")
    page.locator("main .work a.btn", has_text="修改").first.click()
    expect(page.locator("main")).to_contain_text(FINDING)
    item(page, "主题党日", "2026-11").locator("[name$=-problem]").fill("窗口排队时间长")
    page.get_by_role("button", name="保存并提交").click()
    expect(page.locator("main")).to_contain_text("待审核")


def approve_plan(page: Page) -> None:
    page.goto("/review/")
    page.locator("main a", has_text=BRANCH).first.click()
    page.get_by_role("button", name="批准").first.click()
    confirm(page)
    expect(page.locator("main")).to_contain_text("已批准")


def log_meeting(page: Page) -> int:
    """Everybody stands there as present; two are marked, end and content are typed, and it is handed in."""
    page.goto("/")
    hand = Hand(page)
    hand.click(page.locator("main .work li", has_text="窗口服务大家谈").locator("a.btn"))
    people = page.locator("li.person")
    assert people.count() == 7
    keepers = {page.locator(f"[name={who}] option:checked").inner_text() for who in ("chair", "recorder")}
    names = [name for name in people.locator(".person-name").all_inner_texts() if name not in keepers]
    for name, reason in zip(names, EXCUSED, strict=False):
        person = people.filter(has=page.get_by_text(name, exact=True))
        hand.choose(person.locator("select"), "excused")
        hand.type(person.locator("[name$=-reason]"), reason)
    hand.type("[name=ends]", "16:30")
    hand.type("[name=content]", "围绕窗口排队问题讨论，商定错峰安排。")
    hand.click(page.get_by_role("button", name="提交记录"))
    expect(page.locator("main")).to_contain_text("待审核")
    assert Meeting.objects.get(theme="窗口服务大家谈").attendances.here().count() == 5
    return hand.moves


def accept_record(page: Page) -> None:
    page.goto("/review/")
    page.locator("main a", has_text="窗口服务大家谈").first.click()
    page.get_by_role("button", name="通过").first.click()
    confirm(page)
    expect(page.locator("main")).to_contain_text("已通过")
    meeting = Meeting.objects.get(theme="窗口服务大家谈")
    assert meeting.state == MeetingState.ACCEPTED
    line = Obligation.objects.get(
        organization=meeting.organization, kind="theme_day", period_start="2026-11-01"
    )
    assert (line.counted, line.accepted) == (1, 1)


def dashboard_cell(page: Page) -> tuple[str | None, str]:
    """State and figures of what the branch owed in November."""
    page.goto("/dashboard/")
    row = page.locator("table tr", has=page.get_by_role("rowheader", name=BRANCH))
    cell = row.locator("td").nth(10)
    return cell.get_attribute("class"), cell.inner_text()


def theme_day_notices(page: Page) -> int:
    page.goto("/notices/")
    lines = page.locator("main li", has_text="2026年11月的主题党日").count()
    assert (
        lines
        == Notice.objects.filter(
            recipient__member__memberships__organization__name=BRANCH,
            code__startswith="reminder.obligation.",
            settled_at=None,
        ).count()
    )
    return lines


def sees_own_attendance(page: Page) -> None:
    page.goto("/me/")
    open_details(page, "次会议")
    page.locator("main a", has_text="窗口服务大家谈").first.click()
    expect(page.locator("h1")).to_contain_text("窗口服务大家谈")
