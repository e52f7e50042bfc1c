"""Walks beside the loop: a transfer between two branches, a vote that lacks people, a line somebody is let off."""

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from meetings.enums import LeaveState, TransferState
from meetings.models import Leave, Meeting, Member, Obligation, Organization, Transfer
from meetings.services.leave import ask_leave
from meetings.services.obligations import generate_obligations
from meetings.services.record import MeetingFacts, schedule_meeting
from tests.browser.demo import NOW
from tests.world import World, build_world, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, Any], Page]
VOTE_ON = date(2026, 11, 27)


@pytest.fixture
def world(live_server: Any) -> Iterator[World]:
    """A small committee is enough here, and quicker than the made-up one."""
    with time_machine.travel(NOW):
        world = build_world()
        generate_obligations(as_of=NOW.date())
        yield world


def test_a_transfer_is_returned_proposed_again_and_received(
    desktop: Page, phone: Page, sign_in: SignIn, world: World
) -> None:
    member = world.members[4]
    sender, receiver = sign_in(desktop, world.secretary), sign_in(phone, world.small_secretary)
    propose(sender, member, world.small_branch)
    receiver.goto("/")
    receiver.get_by_role("link", name=f"办公室党支部拟将{member.name}的组织关系").first.tap()
    receiver.locator("summary", has_text="退回").tap()
    receiver.locator("[name=opinion]").fill("工作单位尚未调整到位")
    receiver.get_by_role("button", name="按此原因退回").tap()
    expect(receiver.locator("main")).to_contain_text("已退回")
    propose(sender, member, world.small_branch)
    receiver.goto("/transfers/")
    receiver.locator("main").get_by_role("link", name=member.name).first.tap()
    receiver.get_by_role("button", name="接收").tap()
    expect(receiver.locator("main")).to_contain_text("已接收")
    states = list(Transfer.objects.filter(member=member).order_by("pk").values_list("state", flat=True))
    assert states == [TransferState.RETURNED, TransferState.ACCEPTED]
    assert member.memberships.get(end_on=None).organization == world.small_branch
    sender.goto("/notices/")
    expect(sender.locator("main")).to_contain_text(f"督查室党支部已接收{member.name}")


def propose(page: Page, member: Member, place: Organization) -> None:
    page.goto(f"/members/{member.pk}/")
    page.get_by_role("link", name="提出组织关系转接").click()
    page.locator("[name=to_organization]").select_option(str(place.pk))
    page.get_by_role("button", name="提出转接").click()
    expect(page.locator("main")).to_contain_text("已通知接收")


def test_a_vote_that_lacks_people_is_seen_before_the_day(
    desktop: Page, phone: Page, sign_in: SignIn, world: World
) -> None:
    facts = MeetingFacts(
        kinds=("general",), theme="四季度党员大会", day=VOTE_ON, starts=time(15), place="三楼会议室"
    )
    meeting = schedule_meeting(organization=world.small_branch, facts=facts, actor=world.small_secretary)
    away = [with_account(each) for each in world.small_members[1:]]
    for each in away[:2]:
        ask_leave(meeting=meeting, reason="出差", actor=each.user)
    screen = sign_in(desktop, world.small_secretary)
    screen.goto("/meetings/forecast/")
    row = screen.locator("tr", has_text="四季度党员大会")
    expect(row).to_contain_text("到会人数可以达到")
    member = sign_in(phone, away[2].user)
    member.goto(f"/meetings/{meeting.pk}/")
    member.get_by_role("link", name="请假").tap()
    member.locator("[name=reason]").fill("家中有事")
    member.get_by_role("button", name="请假").tap()
    expect(member.locator("main")).to_contain_text("待答复")
    screen.reload()
    expect(row).to_contain_text("差 1 人")
    short = "有表决权 4 人，需 2 人到会，预计 1 人：还差 1 人"
    screen.goto("/")
    screen.get_by_role("link", name=f"「四季度党员大会」（2026年11月27日）{short}").first.click()
    expect(screen.locator("main")).to_contain_text(short)
    screen.locator("main").get_by_role("link", name="请假情况").click()
    expect(screen.locator("main")).to_contain_text(short)
    refuse(screen, Leave.objects.get(member=away[2]), meeting)


def refuse(page: Page, leave: Leave, meeting: Meeting) -> None:
    asked = page.locator(f"#leave-{leave.pk}")
    asked.locator("[name=answer]").fill("本次会议需要表决，请安排时间到会")
    asked.get_by_role("button", name="不准假").click()
    expect(page.locator("main")).to_contain_text("预计 2 人：可以达到")
    leave.refresh_from_db()
    assert leave.state == LeaveState.REFUSED
    page.goto("/")
    expect(page.locator("main")).not_to_contain_text("还差 1 人")


def with_account(member: Member) -> Member:
    if member.user is None:
        member.user = make_user(f"m{member.pk}", member.name)
        member.save()
    return member


def test_a_line_is_waived_and_the_waiver_lifted_without_javascript(
    without_javascript: Page, sign_in: SignIn, world: World
) -> None:
    line = Obligation.objects.overdue(NOW.date()).filter(organization=world.branch).earliest("pk")
    page = sign_in(without_javascript, world.reviewer)
    page.goto(f"/obligations/{line.pk}/")
    page.locator("[name=reason]").fill("全员参加防汛值守")
    page.get_by_role("button", name="豁免").click()
    expect(page.locator("main")).to_contain_text("已豁免，不再提醒")
    line.refresh_from_db()
    assert (line.waiver_reason, line.waived_by) == ("全员参加防汛值守", world.reviewer)
    page.goto(f"/obligations/{line.pk}/")
    page.get_by_role("button", name="撤销豁免").click()
    line.refresh_from_db()
    assert line.waived_at is None
