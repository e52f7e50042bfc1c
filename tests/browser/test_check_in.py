"""A member's phone reads the code off the secretary's screen and checks in; the recorder has the last word."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from io import BytesIO
from typing import Any

import pytest
import time_machine
import zxingcpp
from django.core.management.base import CommandError
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from time_machine import Traveller

from meetings.models import Attendance, CheckIn, Meeting, Obligation
from meetings.services.obligations import generate_obligations
from meetings.services.record import MeetingFacts, schedule_meeting
from tests.browser.conftest import PHONE, reconcile
from tests.browser.demo import NOW
from tests.browser.test_pages import violations
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, Any], Page]


@dataclass
class Stage:
    world: World
    meeting: Meeting  # begins in ten minutes
    clock: Traveller


@pytest.fixture
def stage(live_server: Any, expect_fault: Callable[[str], None]) -> Iterator[Stage]:
    expect_fault("status of 409")  # the copied link
    with time_machine.travel(NOW) as clock:
        world = build_world()
        facts = MeetingFacts(
            kinds=("general",), theme="十一月党员大会", day=NOW.date(), starts=time(17, 10), ends=time(18, 30),
            place="三楼会议室",
        )  # fmt: skip
        yield Stage(
            world, schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary), clock
        )


def turn_on(page: Page, meeting: Meeting) -> Page:
    page.goto(f"/meetings/{meeting.pk}/")
    page.get_by_role("link", name="扫码签到").click()
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_alt_text("签到二维码")).to_be_visible()
    return page


def read_off(screen: Page) -> str:
    """What a camera held before the whole screen finds there; it looks until the picture has come."""
    for _look in range(40):
        found = zxingcpp.read_barcodes(Image.open(BytesIO(screen.screenshot())))
        if found:
            return str(found[0].text)
        screen.wait_for_timeout(250)
    raise AssertionError(f"no code to be seen on {screen.url}")


def test_a_phone_reads_the_code_off_the_screen(
    desktop: Page, phone: Page, new_context: Callable[..., BrowserContext], sign_in: SignIn, stage: Stage
) -> None:
    screen = turn_on(sign_in(desktop, stage.world.secretary), stage.meeting)
    assert violations(screen) == []
    link = read_off(screen)
    phone.goto(link)  # not signed in to the site yet: the door first, then back to the question
    phone.locator("#id_username").fill("member")
    phone.locator("#id_password").fill("correct-horse-9")
    phone.get_by_role("button", name="登录").tap()
    expect(phone.get_by_text("点一下即表示您已到会")).to_be_visible()
    assert violations(phone) == []
    phone.get_by_role("button", name="我已到会").tap()
    expect(phone.get_by_text("签到成功")).to_be_visible()
    made = CheckIn.objects.get()
    assert (made.meeting, made.presence) == (stage.meeting, "present")
    # The screen shows it by itself, with a code of its own half minute.
    expect(screen.get_by_text("已签到 1 人")).to_be_visible(timeout=20_000)
    assert read_off(screen).startswith(link.rsplit("/", 2)[0])
    # The same link in somebody else's hands, later: the half minutes are over.
    stage.clock.shift(61)  # seconds
    other = sign_in(new_context(viewport=PHONE).new_page(), stage.world.group_leader)
    other.goto(link)
    expect(other.get_by_text("此签到码已失效")).to_be_visible()
    assert CheckIn.objects.count() == 1
    stage.clock.shift(600)  # the meeting has begun
    record_names_the_source(screen, stage.meeting, made)


def record_names_the_source(page: Page, meeting: Meeting, made: CheckIn) -> None:
    page.goto(f"/meetings/{meeting.pk}/record/")
    expect(page.locator(".person", has_text=made.member.name)).to_contain_text("签到")
    page.get_by_role("button", name="保存草稿").click()
    row = Attendance.objects.get(meeting=meeting, member=made.member)
    assert (row.presence, row.source) == ("present", "self")
    # The recorder's word is the last.
    card = page.locator(".person", has_text=made.member.name)
    card.locator("select").select_option("excused")
    card.locator("[name$=-reason]").fill("会前离开")
    page.get_by_role("button", name="保存草稿").click()
    row.refresh_from_db()
    assert (row.presence, row.reason, row.source) == ("excused", "会前离开", "web")


def test_without_javascript(
    new_context: Callable[..., BrowserContext], sign_in: SignIn, stage: Stage
) -> None:
    def plain() -> Page:
        return new_context(java_script_enabled=False, viewport=PHONE).new_page()

    screen = turn_on(sign_in(plain(), stage.world.secretary), stage.meeting)
    link = read_off(screen)
    screen.get_by_role("link", name="刷新签到码").click()
    assert screen.locator("meta[http-equiv=refresh]").count() == 1
    member = sign_in(plain(), stage.world.member)
    member.goto(link)
    member.get_by_role("button", name="我已到会").click()
    expect(member.get_by_text("签到成功")).to_be_visible()
    screen.reload()
    expect(screen.get_by_text("已签到 1 人")).to_be_visible()


def test_a_ledger_out_of_step_would_be_seen(stage: Stage) -> None:
    """The check after each browser test can fail."""
    generate_obligations(as_of=NOW.date())
    assert reconcile().startswith("0 of ")
    line = Obligation.objects.earliest("pk")
    Obligation.objects.filter(pk=line.pk).update(counted=2)
    with pytest.raises(CommandError, match="1 ledger line differs"):
        reconcile()
    Obligation.objects.filter(pk=line.pk).update(counted=0)
