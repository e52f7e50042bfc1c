"""The work list of secretaries and group leaders: what is to be done now, the most urgent first."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from meetings.enums import MeetingState, Role
from meetings.models import Obligation
from meetings.services.obligations import sync_obligations
from reviews.enums import Action, FindingReason, PlanState
from reviews.services.workflow import FindingDraft, perform
from tests.held import hold, hold_monthly
from tests.reviews.pages import html_of, links, task, tasks, words
from tests.reviews.planning import NOW, Q1, draft, make_plan
from tests.reviews.recording import at
from tests.world import World, appoint

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def owe(first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)) -> None:
    sync_obligations(first=first, last=last)


def planned(world: World) -> None:
    """The quarter's plan is there, so that it does not stand on the list."""
    make_plan(world, PlanState.APPROVED, items=(draft(date(2026, 12, 30), "年底的会"),))


# --- secretary -------------------------------------------------------------------------------


def test_an_overdue_line_with_its_basis_and_where_to_record_it(world: World) -> None:
    owe(date(2026, 10, 1), date(2026, 10, 31))
    Obligation.objects.exclude(kind="committee").delete()
    found = task(world.secretary, "支部委员会会议")
    assert "已逾期23天 10月支部委员会会议" in found
    assert "《中国共产党支部工作条例(试行)》第十二条 · 每月" in found.replace("至少", "")
    assert "10月31日前" in found
    url = links(world.secretary, "10月支部委员会会议")[-1]
    assert url == f"/meetings/new/?organization={world.branch.pk}&kinds=committee&day=2026-10-31"
    form = html_of(world.secretary, url)
    assert re.search(r'value="committee"[^>]*checked', form)
    assert 'value="2026-10-31"' in form


def test_the_due_day_itself_is_not_late(world: World) -> None:
    owe(date(2026, 11, 1), date(2026, 11, 30))
    Obligation.objects.exclude(kind="committee").delete()
    moments = {
        datetime(2026, 11, 30, 15, 59, tzinfo=UTC): "今天 11月支部委员会会议",  # 23:59 in Shanghai
        datetime(2026, 11, 30, 16, 0, tzinfo=UTC): "已逾期1天 11月支部委员会会议",
    }
    for moment, text in moments.items():
        with at(moment):
            assert text in task(world.secretary, "11月支部委员会会议")


def test_what_falls_due_later_than_in_two_weeks_is_not_urgent(world: World) -> None:
    owe(date(2026, 11, 1), date(2026, 11, 30))
    Obligation.objects.exclude(kind="committee").delete()
    planned(world)
    with at(datetime(2026, 11, 15, 2, tzinfo=UTC)):
        assert tasks(world.secretary) == []
        assert "都已完成" in words(html_of(world.secretary, "/"))
    with at(datetime(2026, 11, 16, 2, tzinfo=UTC)):
        assert "14天内 11月支部委员会会议" in task(world.secretary, "支部委员会会议")


def test_a_meeting_on_the_calendar_settles_what_is_due_soon(world: World) -> None:
    owe(date(2026, 11, 1), date(2026, 11, 30))
    Obligation.objects.exclude(kind="committee").delete()
    planned(world)
    meeting = hold(
        world.branch, "committee", date(2026, 11, 27), state=MeetingState.SCHEDULED, theme="研究预算"
    )
    assert [each for each in tasks(world.secretary) if "11月支部委员会会议" in each] == []
    assert "4天内 支部委员会会议「研究预算」" in task(world.secretary, "研究预算")
    assert links(world.secretary, "研究预算")[0] == f"/meetings/{meeting.pk}/"


def test_a_meeting_held_but_not_recorded_is_told_with_the_overdue_line(world: World) -> None:
    owe(date(2026, 10, 1), date(2026, 10, 31))
    Obligation.objects.exclude(kind="committee").delete()
    meeting = hold(
        world.branch, "committee", date(2026, 10, 20), state=MeetingState.SCHEDULED, theme="研究预算"
    )
    assert "已列入日程，尚未记录" in task(world.secretary, "支部委员会会议")
    assert links(world.secretary, "10月支部委员会会议")[-1] == f"/meetings/{meeting.pk}/record/"


def test_a_returned_plan_with_the_sentence_of_the_finding(world: World) -> None:
    plan = make_plan(world, PlanState.RETURNED)
    found = task(world.secretary, "被退回")
    assert "2026年第四季度组织生活计划" in found
    assert "要素不全 · 未写明拟解决的问题" in found
    assert "11月23日 退回" in found
    assert links(world.secretary, "被退回")[-1] == f"/plans/{plan.pk}/edit/"


def test_a_returned_record_with_the_sentence_of_the_latest_finding(world: World) -> None:
    meeting = hold(
        world.branch, "theme_day", date(2026, 11, 12), state=MeetingState.SUBMITTED, theme="廉政教育"
    )
    for number, sentence in enumerate(("第一次的意见", "缺席人员未写原因")):
        finding = FindingDraft(FindingReason.MISSING, "attendance", sentence)
        perform(
            meeting,
            Action.RETURN,
            actor=world.reviewer,
            findings=[finding],
            now=NOW + timedelta(hours=number),
        )
        if number == 0:
            perform(meeting, Action.SUBMIT, actor=world.secretary, now=NOW + timedelta(minutes=30))
    found = task(world.secretary, "廉政教育")
    assert "要素不全 · 缺席人员未写原因" in found
    assert "第一次的意见" not in found
    assert links(world.secretary, "廉政教育")[-1] == f"/meetings/{meeting.pk}/record/"


def test_meetings_to_record_within_three_working_days(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 11, 20), state=MeetingState.SCHEDULED, theme="廉政教育")
    hold(world.branch, "general", date(2026, 11, 17), state=MeetingState.HELD, theme="通报工作")
    assert "待记录 主题党日「廉政教育」" in task(world.secretary, "廉政教育")
    assert "11月25日前 会后 3 个工作日内" in task(world.secretary, "廉政教育")  # a weekend lies between
    assert "待提交 支部党员大会「通报工作」" in task(world.secretary, "通报工作")
    assert "11月20日前" in task(world.secretary, "通报工作")


def test_a_missing_plan_of_the_quarter_and_of_the_coming_one(world: World) -> None:
    assert "计划未制定 2026年第四季度组织生活计划" in task(world.secretary, "第四季度")
    assert "10月5日前" in task(world.secretary, "第四季度")
    assert not any("2027年第一季度" in each for each in tasks(world.secretary))
    make_plan(world, PlanState.SUBMITTED)
    assert tasks(world.secretary) == []
    with at(datetime(2026, 12, 2, 2, tzinfo=UTC)):
        assert "待制定 2027年第一季度组织生活计划" in task(world.secretary, "2027年第一季度")
        make_plan(world, PlanState.DRAFT, span=Q1, items=(draft(date(2027, 1, 20)),))
        assert "已有草稿，尚未提交" in task(world.secretary, "2027年第一季度")


def test_the_link_to_a_missing_plan_opens_the_prefilled_form(world: World) -> None:
    owe()
    url = links(world.secretary, "2026年第四季度组织生活计划")[-1]
    assert "支部党员大会" in html_of(world.secretary, url)


def test_the_most_urgent_comes_first(world: World) -> None:
    owe(date(2026, 9, 1), date(2026, 11, 30))
    Obligation.objects.exclude(kind__in=["committee", "theme_day"]).delete()
    make_plan(world, PlanState.RETURNED)
    hold(world.branch, "general", date(2026, 11, 20), state=MeetingState.SCHEDULED, theme="通报工作")
    found = tasks(world.secretary)
    order = ["9月主题", "9月支部", "10月主题", "10月支部", "被退回", "待记录", "7天内 11月", "7天内 11月"]
    assert [text in each for text, each in zip(order, found, strict=True)] == [True] * 8


def test_of_many_overdue_lines_the_oldest_are_shown_and_the_number_of_the_rest(world: World) -> None:
    owe(date(2026, 1, 1), date(2026, 10, 31))
    make_plan(world, PlanState.RETURNED)
    number = Obligation.objects.filter(organization=world.branch, due_on__lt=date(2026, 11, 23)).count()
    found = tasks(world.secretary)
    assert ["已逾期296天" in each for each in found] == [True] * 4 + [False]
    assert "被退回" in found[-1]
    assert f"还有{number - 4}项" in words(html_of(world.secretary, "/"))


def test_last_years_overdue_lines_still_stand_in_january(world: World) -> None:
    owe(date(2026, 12, 1), date(2026, 12, 31))
    Obligation.objects.exclude(kind="theme_day").delete()
    with at(datetime(2027, 1, 8, 2, tzinfo=UTC)):
        assert "已逾期8天 12月主题党日" in task(world.secretary, "主题党日")


def test_the_year_at_a_glance_and_what_is_still_open(world: World) -> None:
    owe()
    hold_monthly(world.branch, "theme_day", 2026, range(1, 12), state=MeetingState.ACCEPTED)
    html = html_of(world.secretary, "/")
    assert "2026年全貌" in html
    row = next(each for each in re.findall(r'<tr><th scope="row".*?</tr>', html) if "主题党日" in each)
    assert re.findall(r'class="c-(\w+)"', row) == ["met"] * 11 + ["open"]
    open_now = 1 + 2 + 1 + 1 + 2  # committee, groups, general meeting, lecture, the two of the year
    assert f"本期还有{open_now}项要开展" in words(html)


def test_nothing_of_other_branches(world: World) -> None:
    owe()
    for branch in (world.small_branch, world.other_branch):
        hold(branch, "theme_day", date(2026, 11, 20), state=MeetingState.SCHEDULED, theme="别支部的会")
    make_plan(world, PlanState.RETURNED, branch=world.small_branch, author=world.small_secretary)
    html = html_of(world.secretary, "/")
    assert "别支部的会" not in html
    assert "未写明拟解决的问题" not in html
    assert world.small_branch.name not in html
    assert "别支部的会" in html_of(world.small_secretary, "/")
    assert "未写明拟解决的问题" in html_of(world.small_secretary, "/")


def test_a_secretary_of_two_branches_has_both(world: World) -> None:
    owe()
    appoint(world.secretary, world.small_branch, Role.SECRETARY)
    html = html_of(world.secretary, "/")
    assert html.count("2026年全貌") == 2
    assert world.small_branch.name in html


# --- group leader ----------------------------------------------------------------------------


def test_a_group_leader_sees_the_group(world: World) -> None:
    owe(date(2026, 10, 1), date(2026, 10, 31))
    hold(
        world.branch,
        "group",
        date(2026, 11, 20),
        group=world.groups[0],
        state=MeetingState.SCHEDULED,
        theme="本组",
    )
    hold(
        world.branch,
        "group",
        date(2026, 11, 20),
        group=world.groups[1],
        state=MeetingState.SCHEDULED,
        theme="别组",
    )
    make_plan(world, PlanState.RETURNED)
    found = tasks(world.group_leader)
    assert len(found) == 2
    assert "第一党小组 · 10月党小组会" in found[0]
    assert "第一党小组 · 党小组会「本组」" in found[1]
    form = html_of(world.group_leader, links(world.group_leader, "10月党小组会")[-1])
    assert f'<option value="{world.groups[0].pk}" selected' in form
    html = html_of(world.group_leader, "/")
    assert "别组" not in html
    assert "第二党小组" not in html
