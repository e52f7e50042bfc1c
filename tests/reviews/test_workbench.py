"""The first page by role."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pytest_django import Settings

from meetings.enums import MeetingState, Presence
from meetings.models import Attendance, Notice
from meetings.services.obligations import sync_obligations
from reviews.enums import PlanState
from tests.held import attended, hold
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries, words
from tests.reviews.planning import NOW, Q1, draft, make_plan
from tests.reviews.recording import at
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def owe(first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)) -> None:
    sync_obligations(first=first, last=last)


def test_it_greets_by_the_hour_in_shanghai(world: World) -> None:
    greetings = {}
    for hour in (2, 5, 11):  # 10, 13 and 19 o'clock
        with at(datetime(2026, 11, 23, hour, tzinfo=UTC)):
            greetings[hour] = words(html_of(world.secretary, "/"))
    assert "上午好，沈玉芳" in greetings[2]
    assert "下午好，沈玉芳" in greetings[5]
    assert "晚上好，沈玉芳" in greetings[11]
    assert "今天 2026年11月23日 星期一" in greetings[2]


# --- reviewer, administrator -----------------------------------------------------------------


def test_a_reviewer_sees_what_waits_and_who_is_behind(world: World) -> None:
    owe(date(2026, 10, 1), date(2026, 10, 31))
    make_plan(world, PlanState.SUBMITTED, now=datetime(2026, 11, 17, 2, tzinfo=UTC))
    meeting = hold(world.small_branch, "theme_day", date(2026, 11, 9), state=MeetingState.SUBMITTED)
    hold(world.other_branch, "theme_day", date(2026, 11, 9), state=MeetingState.SUBMITTED)
    html = html_of(world.reviewer, "/")
    text = words(html)
    assert "待我审核" in text
    assert "办公室党支部 · 2026年第四季度 共1项 4个工作日" in text
    assert "督查室党支部 · 主题党日" in text
    assert f'href="/meetings/{meeting.pk}/"' in html
    assert "逾期4项 办公室党支部" in text
    assert text.index("逾期4项 办公室党支部") < text.index("逾期1项 督查室党支部")
    assert "外单位" not in html
    assert "现在要做" not in html


def test_a_reviewer_with_nothing_to_do(world: World) -> None:
    text = words(html_of(world.reviewer, "/"))
    assert "没有待您审核的事项" in text
    assert "没有支部逾期" in text


def test_an_administrator_has_shortcuts_and_no_review(world: World) -> None:
    owe(date(2026, 10, 1), date(2026, 10, 31))
    make_plan(world, PlanState.SUBMITTED)
    html = html_of(world.administrator, "/")
    assert "常用入口" in html
    assert "逾期4项 办公室党支部" in words(html)
    assert "待我审核" not in html
    assert "常用入口" not in html_of(world.reviewer, "/")


@pytest.mark.parametrize("compact", [False, True])
def test_accounts_are_a_shortcut_for_those_who_keep_them(world: World, settings: Any, compact: bool) -> None:
    """The security officer does; in a small place the administrator as well."""
    settings.COMPACT_OFFICES = compact
    opens = open_page(world.administrator, "/accounts/").status_code == 200
    assert opens == compact
    assert ('href="/accounts/"' in html_of(world.administrator, "/")) == opens


# --- member, nobody --------------------------------------------------------------------------


def test_a_member_sees_what_is_coming_and_the_own_attendance(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 11, 23), state=MeetingState.SCHEDULED, theme="今天的会")
    hold(world.branch, "general", date(2026, 12, 9), state=MeetingState.SCHEDULED, theme="年底大会")
    hold(
        world.branch,
        "group",
        date(2026, 12, 9),
        group=world.groups[0],
        state=MeetingState.SCHEDULED,
        theme="别组的会",
    )
    hold(world.small_branch, "theme_day", date(2026, 12, 9), state=MeetingState.SCHEDULED, theme="别支部的会")
    attended(hold(world.branch, "general", date(2026, 3, 9), theme="去了的会"))
    me = world.members[5]
    attended(hold(world.branch, "theme_day", date(2026, 4, 9), theme="请假的会"), me, reason="住院")
    attended(
        hold(world.branch, "lecture", date(2026, 5, 9), theme="别人请假"), world.members[0], reason="家中有事"
    )
    attended(hold(world.branch, "lecture", date(2025, 5, 9), theme="去年的会"))
    html = html_of(world.member, "/")
    text = words(html)
    assert "今天的会" in text
    assert text.index("今天的会") < text.index("年底大会")
    assert "应到3次，实到2次 · 66.6%" in text
    assert "请假 请假的会 2026年4月9日 · 住院" in text
    for hidden in ("别组的会", "别支部的会", "家中有事", "去年的会", "现在要做", "需要帮助的支部"):
        assert hidden not in html
    assert Attendance.objects.filter(member=me, presence=Presence.EXCUSED).count() == 1


def test_a_member_without_any_meeting_yet(world: World) -> None:
    text = words(html_of(world.member, "/"))
    assert "还没有安排会议" in text
    assert "今年还没有您的到会记录" in text


@pytest.mark.parametrize(
    ("compact", "who"), [(False, "请联系安全保密管理员设置角色"), (True, "请联系党委管理员，为您设置角色")]
)
def test_somebody_without_anything_is_told_what_to_do(
    world: World, settings: Settings, compact: bool, who: str
) -> None:
    settings.COMPACT_OFFICES = compact
    text = words(html_of(world.outsider, "/"))
    assert who in text
    assert "现在要做" not in text


def test_the_system_officer_is_told_what_the_role_is_for(world: World) -> None:
    html = html_of(world.system_officer, "/")
    text, main = words(html), html[html.index("<main") : html.index("</main>")]
    assert "您还没有角色" not in text
    assert "您的角色：系统管理员" in text
    assert 'href="/reminders/service/"' in main
    assert "/accounts/" not in main
    for link in re.findall(r'href="(/[^"#?]*)"', main):
        assert open_page(world.system_officer, link).status_code == 200


def test_notices_are_the_own_ones(world: World) -> None:
    make_plan(world, PlanState.RETURNED)
    Notice.objects.create(
        recipient=world.other_secretary, code="x", values={}, url="/secret/", created_at=NOW
    )
    html = html_of(world.secretary, "/")
    assert "notice-unread" in html
    assert "/secret/" not in html
    assert "暂无通知" in words(html_of(world.member, "/"))


# --- what it costs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["secretary", "group_leader", "reviewer", "administrator", "member", "outsider"]
)
def test_the_number_of_queries_does_not_grow(world: World, who: str) -> None:
    owe(date(2026, 10, 1), date(2026, 10, 31))
    user = getattr(world, who)

    def happen(day: int) -> None:
        for state in (MeetingState.SCHEDULED, MeetingState.SUBMITTED, MeetingState.RETURNED):
            attended(hold(world.branch, "theme_day", date(2026, 11, day), state=state))
        hold(world.branch, "group", date(2026, 11, day), group=world.groups[0], state=MeetingState.SCHEDULED)
        hold(world.branch, "theme_day", date(2026, 12, day), state=MeetingState.SCHEDULED)
        Notice.objects.create(recipient=user, code="x", created_at=NOW)

    happen(3)
    make_plan(world, PlanState.RETURNED)
    make_plan(world, PlanState.SUBMITTED, span=Q1, items=(draft(date(2027, 1, 20)),))
    queries(user, "/")  # the time limits are remembered from now on
    few = queries(user, "/")
    happen(4)
    happen(5)
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    owe()
    assert queries(user, "/") == few <= MOST_QUERIES
