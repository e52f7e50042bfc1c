"""The menu: what each role has, with counts, at the price of one query."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branchlife.models import User
from meetings.enums import MeetingState, Role
from meetings.models import Notice
from meetings.scope import scope_of
from meetings.services.obligations import sync_obligations
from reviews.enums import PlanState
from reviews.menu import Counts, counts_for
from tests.held import hold
from tests.reviews.pages import html_of
from tests.reviews.planning import TODAY, make_plan
from tests.reviews.recording import at
from tests.world import World, appoint, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def menu_of(user: User, path: str = "/") -> dict[str, str]:
    """Label and count of every entry."""
    html = html_of(user, path)
    side = html[html.index('<aside class="side">') : html.index("</aside>")]
    found = re.findall(r'<a class="menu-link".*?</svg>(.*?)</a>', side, re.DOTALL)
    entries = [re.sub("<.*?>", "", each).strip() for each in found]
    return {re.sub(r"\s*\d*$", "", each): (re.search(r"\d+$", each) or [""])[0] for each in entries}


def test_each_role_has_its_own(world: World) -> None:
    common = {"工作台", "应开展事项", "会议与活动", "花名册"}
    assert set(menu_of(world.secretary)) >= common | {"计划", "我的支部"}
    assert set(menu_of(world.group_leader)) >= common | {"我的支部"}
    assert set(menu_of(world.reviewer)) >= common | {"待审核", "计划", "达标看板", "党支部"}
    assert set(menu_of(world.administrator)) >= common | {"计划", "达标看板", "党支部"}
    assert set(menu_of(world.security_officer, "/accounts/")) == {"账号与角色"}
    assert set(menu_of(world.audit_officer, "/audit/")) == {"审计日志"}
    assert set(menu_of(world.member)) == {"工作台", "提醒", "会议与活动", "我的主页"}


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        ("secretary", {"待审核", "达标看板", "账号与角色", "数据导入"}),
        ("group_leader", {"待审核", "达标看板", "计划", "账号与角色"}),
        ("reviewer", {"账号与角色", "数据导入", "我的支部"}),
        ("administrator", {"待审核", "我的支部", "账号与角色"}),
        ("member", {"计划", "达标看板", "花名册", "应开展事项", "党支部"}),
    ],
)
def test_nobody_is_led_to_a_closed_door(world: World, who: str, missing: set[str]) -> None:
    user = getattr(world, who)
    assert missing.isdisjoint(menu_of(user))
    client = Client()
    client.force_login(user)
    html = html_of(user, "/")
    side = html[html.index('<aside class="side">') : html.index("</aside>")]
    for url in re.findall(r'<a class="menu-link" href="([^"]+)"', side):
        assert client.get(url, follow=True).status_code == 200, url


def test_the_place_one_is_at_is_marked(world: World) -> None:
    html = html_of(world.reviewer, f"/branches/{world.branch.pk}/")
    side = html[html.index('<aside class="side">') : html.index("</aside>")]
    assert re.findall(r'href="([^"]+)" aria-current="page"', side) == ["/branches/"]


def test_counts_of_a_secretary(world: World) -> None:
    sync_obligations(first=date(2026, 10, 1), last=date(2026, 10, 31))
    hold(world.branch, "theme_day", date(2026, 11, 20), state=MeetingState.SCHEDULED)
    hold(world.branch, "group", date(2026, 11, 20), group=world.groups[1], state=MeetingState.RETURNED)
    hold(world.branch, "theme_day", date(2026, 11, 24), state=MeetingState.SCHEDULED)
    hold(world.small_branch, "theme_day", date(2026, 11, 20), state=MeetingState.SCHEDULED)
    make_plan(world, PlanState.RETURNED)
    found = counts_for(world.secretary, TODAY)
    overdue = 1 + 1 + 2  # October: theme day, committee, two groups
    assert found == Counts(unread=1, overdue=overdue, to_record=2, returned=1)
    assert menu_of(world.secretary)["工作台"] == str(overdue + 2 + 1)


def test_counts_of_a_group_leader(world: World) -> None:
    sync_obligations(first=date(2026, 10, 1), last=date(2026, 10, 31))
    hold(world.branch, "group", date(2026, 11, 20), group=world.groups[0], state=MeetingState.SCHEDULED)
    hold(world.branch, "group", date(2026, 11, 20), group=world.groups[1], state=MeetingState.SCHEDULED)
    make_plan(world, PlanState.RETURNED)
    assert counts_for(world.group_leader, TODAY) == Counts(overdue=1, to_record=1)


def test_counts_of_a_reviewer(world: World) -> None:
    make_plan(world, PlanState.SUBMITTED)
    for branch in (world.branch, world.small_branch, world.other_branch):
        hold(branch, "theme_day", date(2026, 11, 20), state=MeetingState.SUBMITTED)
    hold(world.branch, "theme_day", date(2026, 11, 20), state=MeetingState.ACCEPTED)
    found = counts_for(world.reviewer, TODAY)
    assert (found.plans, found.records, found.to_review) == (1, 2, 3)
    assert menu_of(world.reviewer)["待审核"] == "3"
    assert counts_for(world.administrator, TODAY).to_review == 0


def test_read_and_settled_notices_are_not_counted(world: World) -> None:
    now = timezone.now()
    for extra in ({}, {"read_at": now}, {"settled_at": now}):
        Notice.objects.create(recipient=world.member, code="x", created_at=now, **extra)
    Notice.objects.create(recipient=world.secretary, code="x", created_at=now)
    assert counts_for(world.member, TODAY) == Counts(unread=1)


def test_counting_takes_one_query_whatever_the_roles(world: World) -> None:
    appoint(world.secretary, world.small_branch, Role.REVIEWER)
    for name in ("secretary", "reviewer", "member", "group_leader"):
        user = User.objects.get(username=name)
        scope_of(user)
        with CaptureQueriesContext(connection) as captured:
            counts_for(user, TODAY)
            counts_for(user, TODAY)
        assert len(captured) == 1


def test_whom_one_is_acting_as(world: World) -> None:
    assert "办公室党支部 · 支部书记" in html_of(world.secretary, "/")
    assert "办公室党支部 · 党小组组长" in html_of(world.group_leader, "/")
    assert "市直机关党委 · 审核人" in html_of(world.reviewer, "/")
    appoint(world.reviewer, world.small_branch, Role.SECRETARY)
    assert "督查室党支部 · 支部书记" in html_of(User.objects.get(pk=world.reviewer.pk), "/")
    assert 'class="acting-as"' not in html_of(world.member, "/")


def test_a_secretary_of_two_branches_is_led_to_the_list(world: World) -> None:
    appoint(world.secretary, world.small_branch, Role.SECRETARY)
    html = html_of(world.secretary, "/")
    assert 'class="menu-link" href="/branches/"' in html


def test_strangers_see_no_menu(world: World) -> None:
    html = Client().get("/sign-in/").content.decode()
    assert 'class="side"' not in html


def test_an_account_without_anything_has_a_menu_too() -> None:
    assert set(menu_of(make_user("nobody"))) == {"工作台", "提醒", "会议与活动", "我的主页"}
