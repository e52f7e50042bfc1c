"""By hand: what has to be put right comes back on each agenda until somebody else has verified it."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from meetings.models import Meeting
from meetings.services.record import MeetingFacts, schedule_meeting
from reviews.enums import RectificationState
from reviews.models import Rectification
from tests.browser.test_loop import confirm
from tests.reviews.recording import NOW, TODAY, put_on_calendar, record_url
from tests.reviews.rectifying import EVIDENCE, make_item
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEM, SAID = "缺席人员未写明原因", "逐人补写，已完成三人"


@pytest.fixture
def world(live_server: Any) -> Iterator[World]:
    with time_machine.travel(NOW):
        yield build_world()


def test_an_item_comes_back_until_another_has_verified_it(
    world: World, new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, Any], Page]
) -> None:
    item, held, following = make_item(world), put_on_calendar(world), next_meeting(world)
    Rectification.objects.update(raised_at=NOW - timedelta(days=30))
    secretary = sign_in(new_context().new_page(), world.secretary)
    reviewer = sign_in(new_context().new_page(), world.reviewer)

    secretary.goto(record_url(held))
    expect(secretary.locator("main")).to_contain_text(PROBLEM)
    secretary.locator(f"[name=agenda-{item.pk}]").fill(SAID)
    secretary.locator("[name=ends]").fill("16:30")
    secretary.locator("[name=content]").fill("围绕问题清单逐项讨论。")
    secretary.locator("[name=recorder]").select_option(index=2)
    secretary.get_by_role("button", name="提交记录").click()
    expect(secretary.locator("main")).to_contain_text(SAID)
    assert on_agenda(secretary, following)

    secretary.locator("main a", has_text=PROBLEM).first.click()
    expect(secretary.locator("#notes")).to_contain_text(SAID)
    secretary.get_by_role("link", name="报告完成").click()
    secretary.locator("main textarea").first.fill(EVIDENCE)
    secretary.locator("main form .btn-primary").click()
    expect(secretary.get_by_role("button", name="核实销号")).to_have_count(0)
    assert on_agenda(secretary, following)  # said to be done is not yet done

    reviewer.goto(reverse("rectification_detail", args=[item.pk]))
    reviewer.get_by_role("button", name="核实销号").click()
    confirm(reviewer)
    expect(reviewer.get_by_role("button", name="核实销号")).to_have_count(0)
    assert not on_agenda(secretary, following)
    assert Rectification.objects.get().state == RectificationState.CLOSED


def next_meeting(world: World) -> Meeting:
    facts = MeetingFacts(kinds=("committee",), theme="支委会", day=TODAY + timedelta(days=3), starts=time(9))
    return schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary, now=NOW)


def on_agenda(page: Page, meeting: Meeting) -> bool:
    page.goto(f"/meetings/{meeting.pk}/")
    return PROBLEM in page.locator("main").inner_text()
