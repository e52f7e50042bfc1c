"""An inspection from the draw to the re-check (回头看), on a phone screen, by the hands of three people."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from playwright.sync_api import BrowserContext, Page, expect

from branchlife.models import User
from meetings.services.obligations import generate_obligations
from reviews.enums import RectificationState, VisitState
from reviews.models import Rectification, Visit
from tests.browser.conftest import PHONE
from tests.browser.demo import NOW
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
FAULT = "三月请假原因只写“有事”"


@pytest.fixture
def world(live_server: Any) -> Any:
    with time_machine.travel(NOW):
        generate_obligations(as_of=NOW.date())
        yield build_world()


def test_from_the_draw_to_the_recheck(
    world: World,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[Page, User], Page],
) -> None:
    def phone(user: User) -> Page:
        options = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
        return sign_in(new_context(**options).new_page(), user)

    reviewer, inspector = phone(world.reviewer), phone(world.small_secretary)
    secretary = phone(world.secretary)
    open_and_draw(reviewer)
    visit = Visit.objects.get(organization=world.branch)
    sees_nothing(secretary)
    name_inspector(reviewer, visit, "解涵杰")
    inspect(inspector, visit)
    report_as_done(secretary)
    look_again(reviewer, visit, mended=False)
    report_as_done(secretary)
    look_again(reviewer, visit, mended=True)
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED
    assert Rectification.objects.get().state == RectificationState.CLOSED


def fits(page: Page) -> None:
    """Nothing sticks out at the side of a phone."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def open_and_draw(page: Page) -> None:
    page.goto("/inspections/new/")
    page.locator("[name=purpose]").fill("四季度暗访")
    page.locator("[name=number]").fill("2")
    page.locator("[name=ends_on]").fill("2026-12-18")
    page.get_by_role("button", name="发起并公布校验码").click()
    fits(page)
    commitment = page.locator("#sums code").first.inner_text()
    page.get_by_role("link", name="抽取支部").click()
    page.get_by_role("button", name="抽取支部").click()
    expect(page.locator("#visits")).to_contain_text("办公室党支部")
    page.get_by_role("link", name="核验抽取").click()
    expect(page.locator("h1 + .tag, .page-head")).to_contain_text("抽取结果属实")
    expect(page.locator("#sums")).to_contain_text(commitment)
    fits(page)


def sees_nothing(page: Page) -> None:
    """The branch knows that there is an inspection, not where it goes."""
    page.goto("/inspections/")
    page.get_by_role("link", name="四季度暗访").click()
    expect(page.locator("#visits")).to_contain_text("全部现场检查结束后公布")


def name_inspector(page: Page, visit: Visit, name: str) -> None:
    page.goto(f"/visits/{visit.pk}/inspectors/")
    page.get_by_label(name).check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#visits")).to_contain_text(name)


def inspect(page: Page, visit: Visit) -> None:
    page.goto("/inspections/")
    page.locator("#to-make a.work-title", has_text="办公室党支部").click()
    page.get_by_role("button", name="开始现场检查").click()
    fits(page)
    questions = page.locator("fieldset.check-question")
    assert questions.count() == visit.answers.count() > 5
    first = questions.first
    expect(first.locator("[name^=note_]")).to_be_hidden()
    for index in range(1, questions.count()):
        questions.nth(index).locator("label", has_text="是").first.click()
    first.locator("label", has_text="否").click()
    first.locator("[name^=note_]").fill(FAULT)
    page.get_by_role("button", name="反馈检查结果").click()
    expect(page.locator("#items")).to_contain_text(FAULT)
    fits(page)


def report_as_done(page: Page) -> None:
    item = Rectification.objects.get()
    page.goto(f"/rectifications/{item.pk}/step/claim/")
    page.locator("[name=comment]").fill("已补齐请假单")
    page.locator("main form .btn-primary").click()
    page.wait_for_load_state()


def look_again(page: Page, visit: Visit, *, mended: bool) -> None:
    page.goto("/inspections/")
    page.locator("#to-recheck a.work-title", has_text="办公室党支部").click()
    expect(page.locator("main")).to_contain_text("可以开展回头看了")
    page.get_by_role("link", name="回头看").click()
    fits(page)
    if mended:
        page.locator("label", has_text="已整改到位").click()
    else:
        page.locator("label", has_text="未整改到位").click()
        page.locator("[name^=missing_]").fill("仍有一处")
    page.get_by_role("button", name="完成回头看").click()
    expect(page.locator("main")).to_contain_text("已办结" if mended else "已重新打开")
