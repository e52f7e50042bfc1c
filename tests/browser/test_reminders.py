"""Being reminded, on a phone screen: the bell, the page of what is due, putting off, the calendar in a pocket."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from icalendar import Calendar
from playwright.sync_api import BrowserContext, Page, expect

from branchlife.models import User
from meetings.services.obligations import generate_obligations
from tests.browser.conftest import PHONE
from tests.browser.demo import NOW
from tests.meetings.reminder_ledger import plan_lines, remind_only_of
from tests.world import World, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]
REASON = "书记出差，下周补开"


@pytest.fixture
def world(live_server: Any) -> Any:
    with time_machine.travel(NOW):
        world = build_world()
        remind_only_of("obligation")
        generate_obligations(as_of=NOW.date())
        plan_lines(NOW)
        yield world


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def page(
    request: pytest.FixtureRequest,
    world: World,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[Page, User], Page],
) -> Page:
    context = new_context(viewport=PHONE, is_mobile=True, has_touch=True, java_script_enabled=request.param)
    return sign_in(context.new_page(), world.secretary)


def test_reminded_put_off_and_read_by_a_calendar(world: World, page: Page) -> None:
    bell_counts(page, world.secretary)
    put_off(page, world.secretary)
    take_up_again(page, world.secretary)
    feed_is_read(page, world)


def visit(page: Page, address: str) -> None:
    """Nothing sticks out at the side of a phone."""
    page.goto(address)
    width = page.locator("html").bounding_box()
    assert width and width["width"] <= PHONE["width"]


def bell_counts(page: Page, reader: User) -> None:
    unread = reader.notices.unread().count()
    assert unread > 2
    visit(page, "/")
    expect(page.locator(".bell .count")).to_contain_text(str(unread))
    page.locator(".bell").click()
    expect(page.locator("main")).to_contain_text("已逾期")


def put_off(page: Page, reader: User) -> None:
    visit(page, "/reminders/")
    before = reader.notices.unread().count()
    line = page.locator("ul.work li", has=page.get_by_role("link", name="暂缓")).first
    sentence = line.locator(".work-title").inner_text()
    line.get_by_role("link", name="暂缓").click()
    expect(page.locator("main")).to_contain_text(sentence)
    page.locator("[name=until]").fill(str(NOW.date() + timedelta(days=7)))
    page.locator("[name=reason]").fill(REASON)
    page.locator("main button[type=submit]").click()
    expect(page.locator("section[aria-labelledby=snoozed-head]")).to_contain_text(sentence)
    expect(page.locator("section[aria-labelledby=snoozed-head]")).to_contain_text(REASON)
    expect(page.locator(".bell .count")).to_contain_text(str(before - 1))
    assert plan_lines(NOW).announced == 0


def take_up_again(page: Page, reader: User) -> None:
    before = reader.notices.unread().count()
    page.locator("section[aria-labelledby=snoozed-head] button").click()
    expect(page.locator("section[aria-labelledby=snoozed-head]")).to_have_count(0)
    plan_lines(NOW)
    visit(page, "/reminders/")
    expect(page.locator(".bell .count")).to_contain_text(str(before + 1))


def feed_is_read(page: Page, world: World) -> None:
    """By a program that knows the address and nothing else, until the address is made void."""
    visit(page, "/reminders/settings/")
    page.locator("form[action='/reminders/calendar/'] button").click()
    address = urlsplit(page.locator("#feed-address").input_value()).path
    answer = fetch(page, address)
    assert answer.status == 200
    calendar = Calendar.from_ical(answer.text())
    titles = [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]
    assert any("主题党日" in title and world.branch.name in title for title in titles)
    assert not any(member.name in answer.text() for member in world.members)
    page.locator("form[action='/reminders/calendar/void/'] button").click()
    if page.locator("#confirm-dialog[open]").count():
        page.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(page.locator("form[action='/reminders/calendar/void/']")).to_have_count(0)
    assert fetch(page, address).status == 404


def fetch(page: Page, address: str) -> Any:
    browser = page.context.browser
    assert browser
    stranger = browser.new_context()
    return stranger.request.get(urlsplit(page.url)._replace(path=address, query="").geturl())
