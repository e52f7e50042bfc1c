"""Walks beside the loop: a transfer between two branches, a vote that lacks people, a line somebody is let off."""

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from branchlife.models import User
from meetings.enums import LeaveState, Role, TransferState
from meetings.models import Appointment, Leave, Meeting, Member, Obligation, Organization, Transfer
from meetings.services.leave import ask_leave
from meetings.services.record import MeetingFacts, schedule_meeting
from tests.browser.demo import REVIEWER, demonstration, enter

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Page, Any], Page]
OFFICE, FINANCE, DATA = "办公室党支部", "规划财务处党支部", "数据中心党支部"
VOTE_ON = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _demo(live_server: Any, settings: Any) -> Iterator[None]:
    with demonstration(settings):
        yield


def branch(name: str) -> Organization:
    return Organization.objects.get(name=name)


def secretary_of(name: str) -> User:
    return Appointment.objects.get(organization__name=name, role=Role.SECRETARY).user


def test_a_transfer_is_returned_proposed_again_and_received(
    desktop: Page, phone: Page, sign_in: SignIn
) -> None:
    member = Member.objects.of_branch(branch(OFFICE), date(2026, 11, 23)).filter(user=None)[3]
    sender, receiver = sign_in(desktop, secretary_of(OFFICE)), sign_in(phone, secretary_of(FINANCE))
    propose(sender, member)
    receiver.goto("/")
    receiver.get_by_role("link", name=f"{OFFICE}拟将{member.name}的组织关系").first.tap()
    receiver.locator("summary", has_text="退回").tap()
    receiver.locator("[name=opinion]").fill("工作单位尚未调整到位")
    receiver.get_by_role("button", name="按此原因退回").tap()
    expect(receiver.locator("main")).to_contain_text("已退回")
    propose(sender, member)
    receiver.goto("/transfers/")
    receiver.locator("main").get_by_role("link", name=member.name).first.tap()
    receiver.get_by_role("button", name="接收").tap()
    expect(receiver.locator("main")).to_contain_text("已接收")
    states = list(Transfer.objects.filter(member=member).order_by("pk").values_list("state", flat=True))
    assert states == [TransferState.RETURNED, TransferState.ACCEPTED]
    assert member.memberships.get(end_on=None).organization.name == FINANCE
    sender.goto("/notices/")
    expect(sender.locator("main")).to_contain_text(f"{FINANCE}已接收{member.name}")


def propose(page: Page, member: Member) -> None:
    page.goto(f"/members/{member.pk}/")
    page.get_by_role("link", name="提出组织关系转接").click()
    page.locator("[name=to_organization]").select_option(str(branch(FINANCE).pk))
    page.get_by_role("button", name="提出转接").click()
    expect(page.locator("main")).to_contain_text("已通知接收")


def test_a_vote_that_lacks_people_is_seen_before_the_day(desktop: Page, phone: Page, sign_in: SignIn) -> None:
    place, secretary = branch(FINANCE), secretary_of(FINANCE)
    facts = MeetingFacts(
        kinds=("general",), theme="四季度党员大会", day=VOTE_ON, starts=time(15), place="三楼会议室"
    )
    meeting = schedule_meeting(organization=place, facts=facts, actor=secretary)
    away = [
        with_account(each)
        for each in Member.objects.of_branch(place, VOTE_ON)
        if each.is_full_on(VOTE_ON) and each.user_id != secretary.pk
    ][:4]
    for each in away[:3]:
        ask_leave(meeting=meeting, reason="出差", actor=each.user)
    screen = sign_in(desktop, secretary)
    screen.goto("/meetings/forecast/")
    row = screen.locator("tr", has_text="四季度党员大会")
    expect(row).to_contain_text("到会人数可以达到")
    member = sign_in(phone, away[3].user)
    member.goto(f"/meetings/{meeting.pk}/")
    member.get_by_role("link", name="请假").tap()
    member.locator("[name=reason]").fill("家中有事")
    member.get_by_role("button", name="请假").tap()
    expect(member.locator("main")).to_contain_text("待答复")
    screen.reload()
    expect(row).to_contain_text("差 1 人")
    short = "有表决权 6 人，需 3 人到会，预计 2 人：还差 1 人"
    screen.goto("/")
    screen.get_by_role("link", name=f"「四季度党员大会」（2026年11月27日）{short}").first.click()
    expect(screen.locator("main")).to_contain_text(short)
    screen.locator("main").get_by_role("link", name="请假情况").click()
    expect(screen.locator("main")).to_contain_text(short)
    refuse(screen, Leave.objects.get(member=away[3]), meeting)


def refuse(page: Page, leave: Leave, meeting: Meeting) -> None:
    asked = page.locator(f"#leave-{leave.pk}")
    asked.locator("[name=answer]").fill("本次会议需要表决，请安排时间到会")
    asked.get_by_role("button", name="不准假").click()
    expect(page.locator("main")).to_contain_text("预计 3 人：可以达到")
    leave.refresh_from_db()
    assert leave.state == LeaveState.REFUSED
    page.goto("/")
    expect(page.locator("main")).not_to_contain_text("还差 1 人")


def with_account(member: Member) -> Member:
    if member.user is None:
        member.user = User.objects.create_user(username=f"m{member.pk}", password=None, name=member.name)
        member.save()
    return member


def test_a_line_is_waived_and_the_waiver_lifted_without_javascript(without_javascript: Page) -> None:
    line = Obligation.objects.overdue(date(2026, 11, 23)).filter(organization=branch(DATA)).earliest("pk")
    page = enter(without_javascript, REVIEWER, "机关党委")
    page.goto(f"/obligations/{line.pk}/")
    page.locator("[name=reason]").fill("全员参加防汛值守")
    page.get_by_role("button", name="豁免").click()
    expect(page.locator("main")).to_contain_text("已豁免，不再提醒")
    line.refresh_from_db()
    assert (line.waiver_reason, line.waived_by.appointments.get().role) == ("全员参加防汛值守", Role.REVIEWER)
    page.goto(f"/obligations/{line.pk}/")
    page.get_by_role("button", name="撤销豁免").click()
    line.refresh_from_db()
    assert line.waived_at is None
