"""The page of one branch, and the list of branches."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape

import pytest

from meetings.enums import ContentCategory, MeetingState, PostTitle, Role
from meetings.models import Meeting, Obligation, Organization, Post
from meetings.services.obligations import sync_obligations
from reviews.enums import PlanState
from tests.held import attended, hold
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries, words
from tests.reviews.planning import Q1, draft, make_plan
from tests.reviews.recording import at
from tests.world import World, appoint, build_world, make_member

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


@pytest.fixture(scope="module")
def world_of_module(module_database: None) -> World:
    """With the ledger of the year."""
    with at():
        world = build_world()
        sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    return world


def url(branch: Organization) -> str:
    return f"/branches/{branch.pk}/"


def test_inside_the_scope_200_outside_404_without_a_difference(world: World) -> None:
    for user in (world.secretary, world.group_leader, world.reviewer, world.administrator):
        assert open_page(user, url(world.branch)).status_code == 200
    outside = (
        world.small_secretary,
        world.other_secretary,
        world.other_reviewer,
        world.member,
        world.outsider,
    )
    for user in outside:
        there = open_page(user, url(world.branch))
        nowhere = open_page(user, "/branches/999999/")
        assert there.status_code == nowhere.status_code == 404
        assert world.branch.name not in words(there.content.decode())
        assert words(there.content.decode()) == words(nowhere.content.decode())


def test_a_committee_has_no_such_page(world: World) -> None:
    assert open_page(world.reviewer, url(world.committee)).status_code == 404


def test_who_leads_it_and_how_many_members_it_has(world: World) -> None:
    gone = world.members[3].memberships.get()
    gone.end_on = date(2026, 11, 22)
    gone.save()
    Post.objects.filter(member=world.members[2]).update(end_on=date(2026, 1, 1))
    Post.objects.create(
        member=world.members[4], organization=world.branch, title=PostTitle.DEPUTY, start_on=date(2026, 1, 1)
    )
    text = words(html_of(world.reviewer, url(world.branch)))
    assert "8名党员 (正式党员7名)" in text
    assert "书记 沈玉芳 副书记 方堃 组织委员 牛秀远" in text
    assert "宣传委员" not in text


def test_what_is_owed_now_with_due_day_and_basis(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 11, 3))
    html = html_of(world.secretary, url(world.branch))
    owed = words(html[html.index("当前应开展") : html.index("2026年全貌")])
    assert "已逾期23天 支部委员会会议 10月" in owed
    assert "《中国共产党支部工作条例(试行)》第十二条 · 每月" in owed
    assert "未到期 支部委员会会议 11月" in owed
    assert "已开展，记录待通过 主题党日 11月" in owed
    assert "未到期 组织生活会 2026年度" in owed
    assert "12月31日前" in owed
    assert "主题党日 12月" not in owed
    assert owed.count("补记") > 3
    assert "补记" not in words(html_of(world.reviewer, url(world.branch)))


def test_the_year_with_cells_as_wide_as_their_period(world: World) -> None:
    hold(world.branch, "general", date(2026, 2, 3), state=MeetingState.ACCEPTED)
    hold(world.branch, "lecture", date(2026, 2, 3))
    html = html_of(world.secretary, url(world.branch))
    rows = {
        re.sub("<.*?>", "", each.split("</th>")[0]): re.findall(
            r'<td class="c-(\w+)"(?: colspan="(\d+)")?', each
        )
        for each in re.findall(r'<tr><th scope="row".*?</tr>', html)
    }
    assert rows["支部党员大会"] == [("met", "3"), ("overdue", "3"), ("overdue", "3"), ("due", "3")]
    assert rows["党课"][0] == ("waiting", "3")
    assert rows["主题党日"] == [("overdue", "")] * 10 + [("due", ""), ("open", "")]
    assert rows["党小组会第一党小组"] == rows["党小组会第二党小组"]
    assert rows["民主评议党员"] == [("due", "12")]


def test_another_year_by_address(world: World) -> None:
    sync_obligations(first=date(2025, 1, 1), last=date(2025, 12, 31))
    hold(world.branch, "theme_day", date(2025, 3, 3), theme="去年的主题党日")
    assert "去年的主题党日" not in html_of(world.secretary, url(world.branch))
    last_year = html_of(world.secretary, f"{url(world.branch)}?year=2025")
    assert "去年的主题党日" in last_year
    assert "当前应开展" not in last_year
    assert "该年度没有应开展事项" in html_of(world.secretary, f"{url(world.branch)}?year=2020")


@pytest.mark.parametrize("year", ["x", "26", "２０２６", "1066", "9999", "-1", "2026x", "99999999999"])
def test_a_year_that_is_none_is_400(world: World, year: str) -> None:
    assert open_page(world.secretary, f"{url(world.branch)}?year={year}").status_code == 400


def test_the_meetings_of_the_past_and_the_plans_of_the_year(world: World) -> None:
    hold(world.branch, ["theme_day", "lecture"], date(2026, 11, 3), theme="听微党课")
    hold(world.branch, "theme_day", date(2026, 12, 3), theme="还没到的", state=MeetingState.SCHEDULED)
    hold(world.small_branch, "theme_day", date(2026, 11, 4), theme="别支部的")
    make_plan(world, PlanState.APPROVED, items=(draft(theme="计划中的一项"),))
    make_plan(world, PlanState.DRAFT, span=Q1, items=(draft(date(2027, 1, 20)),))
    html = html_of(world.secretary, url(world.branch))
    assert "听微党课" in html
    assert "主题党日、党课" in words(html)
    assert "还没到的" not in html
    assert "别支部的" not in html
    assert "2026年第四季度" in words(html)
    assert "2027年第一季度" not in words(html)


def test_the_last_day_comes_first_and_a_day_goes_in_the_order_of_entry(world: World) -> None:
    for number, day in ((1, 3), (2, 4), (3, 3), (4, 4)):
        hold(world.branch, ["theme_day", "lecture"], date(2026, 11, day), theme=f"第{number}次活动")
    shown = re.findall(r"第(\d)次活动", html_of(world.secretary, url(world.branch)))
    assert list(dict.fromkeys(shown)) == ["2", "4", "1", "3"]


def test_a_draft_of_the_branch_is_not_shown_to_the_committee(world: World) -> None:
    make_plan(world, PlanState.DRAFT)
    assert "草稿" in words(html_of(world.secretary, url(world.branch)))
    assert "草稿" not in words(html_of(world.reviewer, url(world.branch)))


def test_attendance_is_shown_to_those_who_answer_for_it(world: World) -> None:
    attended(hold(world.branch, "theme_day", date(2026, 11, 3)), world.members[0], world.members[1])
    attended(hold(world.branch, "group", date(2026, 11, 4), group=world.groups[0]))
    assert "85.7% (12/14, 2026)" in words(html_of(world.reviewer, url(world.branch)))
    # A group's leader answers for the group; of the rest one sees the own row.
    assert "83.3% (5/6, 2026)" in words(html_of(world.group_leader, url(world.branch)))


def test_only_the_secretary_is_offered_to_enter(world: World) -> None:
    button = f'href="/meetings/new/?organization={world.branch.pk}"'
    assert button in html_of(world.secretary, url(world.branch))
    for user in (world.reviewer, world.group_leader, world.administrator):
        assert button not in html_of(user, url(world.branch))


# --- content of the year and money -------------------------------------------------------------


def held_about(world: World, category: str, day: date, **facts: object) -> Meeting:
    state = str(facts.pop("state", MeetingState.HELD))
    # An accepted record takes nothing more.
    written = MeetingState.HELD if state == MeetingState.ACCEPTED else state
    meeting = hold(world.branch, ["theme_day", "lecture"], day, state=written)
    Meeting.objects.filter(pk=meeting.pk).update(category=category, state=state, **facts)
    return meeting


def content_of(world: World, user: object = None, query: str = "") -> str:
    text = words(html_of(user or world.secretary, url(world.branch) + query))  # type: ignore[arg-type]
    return text[text.index("年度内容覆盖") : text.index("年计划", text.index("年度内容覆盖"))]


def test_the_year_by_content_names_what_is_missing(world: World) -> None:
    for day in (3, 4):
        held_about(world, "theory", date(2026, 11, day))
    held_about(world, "criticism", date(2026, 10, 5), state=MeetingState.ACCEPTED)
    # These did not take place, are of another year or of another branch.
    held_about(world, "purpose", date(2026, 9, 1), state=MeetingState.CANCELLED)
    held_about(world, "purpose", date(2026, 9, 2), state=MeetingState.HOLD_AGAIN)
    held_about(world, "purpose", date(2025, 9, 2))
    held_about(world, "purpose", date(2026, 12, 2), state=MeetingState.SCHEDULED)
    other = hold(world.small_branch, "theme_day", date(2026, 11, 3))
    Meeting.objects.filter(pk=other.pk).update(category="party_spirit", spent=77)
    text = content_of(world)
    assert "缺少3类" in text
    assert re.search(r"尚未开展[^。]*、[^。]*、[^。]*。", text)
    assert "77" not in text
    assert "支出" not in text, "no money, no column"
    assert content_of(world, world.reviewer) == text
    last_year = content_of(world, query="?year=2025")
    assert "缺少4类" in last_year


def test_all_five_covered_is_said(world: World) -> None:
    for number, category in enumerate(ContentCategory.values, 1):
        held_about(world, category, date(2026, 10, number))
    held_about(world, "", date(2026, 10, 9))
    text = content_of(world)
    assert "五类内容已全部覆盖" in text
    assert "未分类 1 合计 6" in text


def test_money_spent_is_put_beside_what_the_approved_plans_foresee(world: World) -> None:
    held_about(world, "theory", date(2026, 11, 3), spent=900)
    held_about(world, "theory", date(2026, 11, 4), spent=350)
    held_about(world, "theory", date(2026, 11, 5), spent=50_000, state=MeetingState.CANCELLED)
    assert "预算" not in content_of(world)
    items = (draft(theme="一", budget=1000), draft(theme="二", budget=200), draft(theme="三"))
    make_plan(world, PlanState.APPROVED, items=items)
    text = content_of(world)
    assert "合计 2 1250" in text
    assert "已批准计划预算1200元，已支出1250元。 超出50元" in text.replace(",", "，")
    Meeting.objects.filter(spent=350).update(spent=300)
    assert "超出" not in content_of(world)


def test_a_plan_that_is_not_approved_foresees_nothing(world: World) -> None:
    make_plan(world, PlanState.SUBMITTED, items=(draft(budget=1000),))
    assert "1000" not in content_of(world)


def test_the_problem_to_solve_is_shown_to_those_who_answer_for_the_branch(world: World) -> None:
    meeting = held_about(world, "theory", date(2026, 11, 3), problem="学用脱节")
    attended(meeting)
    assert "拟解决问题：学用脱节" in words(html_of(world.reviewer, url(world.branch)))
    seen_by_leader = html_of(world.group_leader, url(world.branch))
    assert meeting.theme in seen_by_leader
    assert "学用脱节" not in seen_by_leader
    assert "年度内容覆盖" not in seen_by_leader, "a part of the meetings says nothing about the whole"


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    attended(hold(world.branch, "theme_day", date(2026, 11, 3)))
    make_plan(world)
    few = queries(world.secretary, url(world.branch))
    for day in (4, 5):
        attended(hold(world.branch, ["theme_day", "lecture"], date(2026, 11, day)))
    for number in range(3):
        make_member(f"新党员{number}", world.branch)
    assert queries(world.secretary, url(world.branch)) == few <= MOST_QUERIES


# --- the list --------------------------------------------------------------------------------


def test_the_list_shows_parent_secretary_members_and_figures(world: World) -> None:
    attended(hold(world.small_branch, "theme_day", date(2026, 1, 6)), world.small_members[3])
    text = words(html_of(world.reviewer, "/branches/"))
    assert "督查室党支部 市直机关党委 解涵杰 4 1/21 4.7%" in text
    assert "75.0%" in text


def test_the_numbers_of_the_list_open_just_as_many(world: World) -> None:
    sync_obligations(first=date(2025, 1, 1), last=date(2025, 12, 31))
    for branch, member in ((world.branch, world.members[3]), (world.small_branch, world.small_members[3])):
        attended(hold(branch, "theme_day", date(2026, 1, 6)), member)
        attended(hold(branch, "theme_day", date(2025, 1, 6)), member)
        hold(branch, "theme_day", date(2026, 12, 6), state=MeetingState.SCHEDULED)
    line = Obligation.objects.filter(organization=world.branch, period_end=date(2026, 5, 31)).first()
    assert line
    Obligation.objects.filter(pk=line.pk).update(
        waived_at=datetime(2026, 6, 1, tzinfo=UTC), waived_by=world.reviewer, waiver_reason="机构改革"
    )
    html = open_page(world.reviewer, "/branches/").content.decode()
    owed = re.findall(r'href="(/obligations/[^"]+)">\d+/(\d+)</a>', html)
    late = re.findall(r'href="(/obligations/[^"]+status=overdue)">(.*?)</a>', html)
    late = [(address, words(tag)) for address, tag in late]
    assert len(owed) == 2
    assert len(late) == 2
    for url, number in owed + late:
        listed = open_page(world.reviewer, unescape(url))
        assert listed.context["page_obj"].paginator.count == int(number), url
    meetings = re.findall(r'href="(/meetings/[^"]+)">[\d.]+%</a>', html)
    assert len(meetings) == 2
    for url in meetings:
        (row,) = open_page(world.reviewer, unescape(url)).context["page"].rows
        assert row.day == date(2026, 1, 6)


def test_the_list_is_searched_by_name_and_place(world: World) -> None:
    found = html_of(world.reviewer, "/branches/?name=督查")
    assert f">{world.small_branch.name}</a>" in found
    assert f">{world.branch.name}</a>" not in found
    assert "没有找到支部" in html_of(world.reviewer, "/branches/?name=%25")
    assert open_page(world.reviewer, "/branches/?name=" + "长" * 70).status_code == 400


def test_the_part_of_the_tree_is_a_choice_for_those_above_several(world: World) -> None:
    appoint(world.reviewer, world.other_committee, Role.REVIEWER)
    found = html_of(world.reviewer, f"/branches/?organization={world.other_committee.pk}")
    assert f">{world.other_branch.name}</a>" in found
    assert f">{world.branch.name}</a>" not in found
    assert open_page(world.reviewer, "/branches/?organization=9").status_code == 400


def test_a_secretarys_list_is_the_own_branch(world: World) -> None:
    html = html_of(world.secretary, "/branches/")
    assert f">{world.branch.name}</a>" in html
    assert world.small_branch.name not in html


def test_a_member_finds_none(world: World) -> None:
    assert "没有找到支部" in html_of(world.member, "/branches/")


def test_a_dissolved_branch_says_since_when(world: World) -> None:
    Organization.objects.filter(pk=world.branch.pk).update(dissolved_on=date(2026, 6, 1))
    assert "撤销时间 2026年6月1日" in words(html_of(world.reviewer, url(world.branch)))


def test_days_are_those_of_shanghai(world: World) -> None:
    with at(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)):  # the 24th there
        assert "已逾期24天" in words(html_of(world.secretary, url(world.branch)))
    assert Meeting.objects.count() == 0


def test_every_number_of_the_year_opens_the_list_behind_it(world: World) -> None:
    held_about(world, "theory", date(2026, 10, 9))
    held_about(world, "theory", date(2026, 11, 9))
    held_about(world, "", date(2026, 11, 10))
    held_about(world, "theory", date(2026, 11, 11), state=MeetingState.CANCELLED)
    page = open_page(world.reviewer, url(world.branch)).content.decode()
    coverage = page[page.index('id="coverage"') :]
    links = re.findall(r'<a href="(/meetings/\?[^"]+)">(\d+)</a>', coverage)
    assert [number for _address, number in links] == ["2", "1", "3"]
    for address, number in links:
        listed = open_page(world.reviewer, unescape(address))
        assert len(listed.context["page"].rows) == int(number)
