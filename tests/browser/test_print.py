"""A record on paper: what is signed, without the furniture of the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from meetings.enums import MeetingState
from meetings.models import Meeting
from tests.browser.demo import REVIEWER, SECRETARY, demonstration, enter
from tests.browser.test_loop import BRANCH, COMMITTEE

pytestmark = pytest.mark.django_db(transaction=True)
# Of the screen alone: rating, procedure, evaluation, course of the review, questions, findings.
FURNITURE = ("#rating", "#steps", "#questions", "#agenda", "#leave", ".timeline", ".finding", ".btn", "input")


@pytest.fixture(autouse=True)
def _demo(live_server: Any, settings: Any) -> Iterator[None]:
    with demonstration(settings):
        yield


def on_paper(page: Page, meeting: Meeting) -> Page:
    page.goto(f"/meetings/{meeting.pk}/")
    expect(page.locator("main")).not_to_contain_text("主持人签字", use_inner_text=True)
    page.emulate_media(media="print")
    return page


@pytest.mark.parametrize(("role", "place"), [(SECRETARY, BRANCH), (REVIEWER, COMMITTEE)])
def test_a_record_is_signed_on_paper(desktop: Page, role: str, place: str) -> None:
    closed = Meeting.objects.filter(state__in=(MeetingState.ACCEPTED, MeetingState.ARCHIVED))
    meeting = closed.filter(organization__name=BRANCH).latest("day")
    page = on_paper(enter(desktop, role, place), meeting)
    lines = page.locator(".signatures p")
    expect(lines).to_have_count(2)
    for line, words in zip(lines.all(), ("主持人签字", "记录人签字"), strict=True):
        expect(line).to_be_visible()
        expect(line).to_contain_text(words)
        expect(line).to_contain_text("日期")
        assert all(rule.bounding_box()["width"] > 80 for rule in line.locator("i").all())
    seen = page.locator("main").inner_text()
    assert all(words in seen for words in (meeting.theme, "基本情况", "到会情况", "内容与决议"))
    assert not [words for words in ("督查评议", "办理过程", "流程", "这次会议") if words in seen]
    for each in FURNITURE:
        assert not [found for found in page.locator(f"main {each}").all() if found.is_visible()], each


def test_what_is_only_planned_is_not_signed(desktop: Page) -> None:
    meeting = Meeting.objects.filter(state=MeetingState.SCHEDULED).earliest("day")
    page = on_paper(enter(desktop, REVIEWER, COMMITTEE), meeting)
    expect(page.locator(".signatures")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("基本情况")
    for each in FURNITURE:
        assert not [found for found in page.locator(f"main {each}").all() if found.is_visible()], each
