"""The committee's figures: filters, cards, matrix, chart, and who may see them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from meetings.enums import MeetingState, OrganizationKind, Role
from meetings.models import Meeting, Obligation, Organization
from meetings.services.obligations import sync_obligations
from reviews.enums import PlanState
from tests.held import attended, hold, hold_monthly
from tests.reviews.pages import MOST_QUERIES, html_of, open_page, queries, words
from tests.reviews.planning import make_plan
from tests.reviews.recording import at
from tests.world import FOUNDED, World, appoint, build_world, make_member

pytestmark = [pytest.mark.once, pytest.mark.django_db]

URL = "/dashboard/"


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


def cells(html: str, branch: str) -> list[tuple[str, str]]:
    """State and text of the twelve months of one branch."""
    row = next(each for each in re.findall(r"<tr>.*?</tr>", html, re.DOTALL) if f">{branch}</a>" in each)
    found = re.findall(r'<td class="c-(\w+)"[^>]*><(?:a|span)[^>]*>(.*?)</(?:a|span)>', row)
    return [(state, re.sub("<.*", "", text)) for state, text in found]


def test_only_those_who_answer_for_several_branches_see_it(world: World) -> None:
    for user in (world.reviewer, world.administrator, world.other_reviewer):
        assert open_page(user, URL).status_code == 200
    for user in (world.secretary, world.group_leader, world.member, world.outsider):
        assert open_page(user, URL).status_code == 403


def test_nothing_of_another_tree_is_on_it(world: World) -> None:
    attended(hold(world.other_branch, "theme_day", date(2026, 3, 3), theme="外单位的会"))
    for path in (URL, "/branches/", "/obligations/"):
        html = html_of(world.reviewer, path)
        assert world.branch.name in html
        for name in ("外单位", "外书记", "外党员", "990101"):
            assert name not in html
    assert world.branch.name not in html_of(world.other_reviewer, URL)
    assert world.other_branch.name in html_of(world.other_reviewer, URL)


def test_a_secretary_who_reviews_elsewhere_sees_the_others_only(world: World) -> None:
    appoint(world.secretary, world.other_committee, Role.REVIEWER)
    html = html_of(world.secretary, URL)
    assert world.other_branch.name in html
    assert world.branch.name not in words(html)


def test_the_cards_add_up_to_the_matrix(world: World) -> None:
    hold_monthly(world.branch, "theme_day", 2026, range(1, 12), state=MeetingState.ACCEPTED)
    hold(world.small_branch, "theme_day", date(2026, 1, 6), state=MeetingState.ACCEPTED)
    text = words(html_of(world.reviewer, f"{URL}?kind=theme_day"))
    assert "达标 12 / 22" in text
    assert "54.5%" in text
    assert "逾期未开展 9 涉及1个支部" in text


def test_the_cells_say_held_of_owed_in_the_month_things_fall_due(world: World) -> None:
    hold_monthly(world.branch, "theme_day", 2026, range(1, 10), state=MeetingState.ACCEPTED)
    hold(world.branch, "theme_day", date(2026, 10, 9))
    hold(world.branch, "general", date(2026, 2, 9), state=MeetingState.ACCEPTED)
    html = html_of(world.reviewer, f"{URL}?kind=theme_day")
    assert cells(html, world.branch.name) == [("met", "1/1")] * 9 + [
        ("waiting", "1/1"),
        ("due", "0/1"),
        ("open", ""),
    ]
    html = html_of(world.reviewer, f"{URL}?kind=general")
    none = [("none", "")] * 2
    assert cells(html, world.branch.name) == [
        *none, ("met", "1/1"), *none, ("overdue", "0/1"), *none, ("overdue", "0/1"), *none, ("due", "0/1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2026, 10, 31, 15, 59, tzinfo=UTC), "due"),  # 23:59 on the due day in Shanghai
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), "overdue"),  # midnight
    ],
)
def test_a_line_is_late_from_midnight_in_shanghai(world: World, moment: datetime, state: str) -> None:
    with at(moment):
        html = html_of(world.reviewer, f"{URL}?kind=theme_day")
    assert cells(html, world.branch.name)[9] == (state, "0/1")


def test_every_cell_opens_exactly_its_lines(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 3, 9), theme="三月的主题党日")
    html = html_of(world.reviewer, URL)
    row = html[html.index(f">{world.branch.name}</a>") :]
    url = next(each for each in re.findall(r'href="(/obligations/[^"]+)"', row) if each.endswith("month=3"))
    html = html_of(world.reviewer, url.replace("&amp;", "&"))
    text = words(html[html.index("<tbody") :])
    march = Obligation.objects.filter(organization=world.branch, period_end=date(2026, 3, 31))
    assert "status=owed" in url
    assert f"共 {march.count()} 条" in text
    assert "三月的主题党日" in text
    assert world.small_branch.name not in text


def test_a_cell_opens_as_many_lines_as_it_counts(world: World) -> None:
    """What was waived or has not begun is left out of both; such a cell alone opens them."""
    waived = Obligation.objects.filter(organization=world.branch, period_end=date(2026, 3, 31)).first()
    assert waived
    Obligation.objects.filter(pk=waived.pk).update(
        waived_at=datetime(2026, 4, 1, tzinfo=UTC), waived_by=world.reviewer, waiver_reason="机构改革"
    )
    html = html_of(world.reviewer, URL)
    html = html[html.index(f">{world.branch.name}</a>") : html.index(f">{world.small_branch.name}</a>")]
    found = re.findall(r'href="(/obligations/[^"]+)"[^>]*>(.*?)</a>', html, re.DOTALL)
    counted = [(url, re.search(r"\d+/(\d+)", text)) for url, text in found]
    assert sum(number is not None for _url, number in counted) == 12
    for url, number in counted:
        page = open_page(world.reviewer, url.replace("&amp;", "&"))
        assert page.status_code == 200
        assert number is None or page.context["page_obj"].paginator.count == int(number[1]), url


def test_the_cards_open_lists_of_just_as_many(world: World) -> None:
    hold_monthly(world.branch, "theme_day", 2026, range(1, 9))
    html = html_of(world.reviewer, URL)
    for status in ("met", "overdue"):
        url = next(each for each in re.findall(r'class="stat[^"]*" href="([^"]+)"', html) if status in each)
        number = re.search(rf'href="{re.escape(url)}".*?<b>(\d+)</b>', html, re.DOTALL)
        text = words(html_of(world.reviewer, url.replace("&amp;", "&")))
        assert number
        assert f"共 {number[1]} 条" in text


def test_attendance_by_branch_and_in_sum(world: World) -> None:
    attended(hold(world.branch, "theme_day", date(2026, 3, 9)), world.members[0])
    attended(hold(world.small_branch, "theme_day", date(2026, 3, 9)), world.small_members[0])
    text = words(html_of(world.reviewer, URL))
    assert "出勤率 84.6% 应到13人次，实到11人次" in text
    assert "88.8%" in text
    assert "75.0%" in text


def test_what_waits_and_since_when(world: World) -> None:
    make_plan(world, PlanState.SUBMITTED, now=datetime(2026, 11, 17, 2, 0, tzinfo=UTC))
    hold(world.small_branch, "theme_day", date(2026, 11, 9), state=MeetingState.SUBMITTED)
    hold(world.other_branch, "theme_day", date(2026, 11, 9), state=MeetingState.SUBMITTED)
    html = html_of(world.reviewer, URL)
    assert "待审核 2 最久4个工作日" in words(html)
    assert f'href="{reverse("inbox")}"' in html


def stats(html: str) -> dict[str, tuple[str, int]]:
    """Label of a figure: the address of its list, and the number."""
    found = re.findall(
        r'<a class="stat[^"]*" href="([^"]+)"><span class="stat-label">(.*?)</span>.*?<b>(\d+)</b>', html
    )
    return {label: (url.replace("&amp;", "&"), int(number)) for url, label, number in found}


def test_what_waits_opens_the_inbox_or_two_lists(world: World) -> None:
    """The inbox holds what lies on the own desk; whoever has none, or not all of it, gets the lists."""
    make_plan(world, PlanState.SUBMITTED, now=datetime(2026, 11, 17, 2, 0, tzinfo=UTC))
    hold(world.small_branch, "theme_day", date(2026, 11, 9), state=MeetingState.SUBMITTED)
    hold(world.branch, "theme_day", date(2026, 11, 9), state=MeetingState.SUBMITTED)
    hold(world.branch, "theme_day", date(2026, 11, 9), state=MeetingState.ACCEPTED)
    assert stats(html_of(world.reviewer, URL))["待审核"] == (reverse("inbox"), 3)
    narrowed = f"{URL}?organization={world.branch.pk}"
    for user, url, numbers in (
        (world.administrator, URL, (1, 2)),
        (world.administrator, narrowed, (1, 1)),
        (world.reviewer, narrowed, (1, 1)),
        (world.administrator, f"{URL}?organization={world.committee.pk}", (1, 2)),
    ):
        shown = stats(html_of(user, url))
        assert "待审核" not in shown
        (plans, plan_number), (records, record_number) = shown["待审核计划"], shown["待审核记录"]
        assert (plan_number, record_number) == numbers
        assert open_page(user, plans).context["page_obj"].paginator.count == plan_number
        assert len(open_page(user, records).context["page"].rows) == record_number
    assert "最久4个工作日" in words(html_of(world.administrator, URL))


def test_the_filters_narrow_branches_kinds_and_years(world: World) -> None:
    sync_obligations(first=date(2025, 1, 1), last=date(2025, 12, 31))
    hold_monthly(world.small_branch, "theme_day", 2026, range(1, 12))
    one = words(html_of(world.reviewer, f"{URL}?organization={world.small_branch.pk}"))
    assert "1个支部" in one
    late = html_of(world.reviewer, f"{URL}?kind=theme_day&status=overdue")
    assert world.branch.name in words(late[late.index("<tbody") :])
    assert f">{world.small_branch.name}</a>" not in late
    last_year = html_of(world.reviewer, f"{URL}?year=2025&kind=theme_day")
    assert cells(last_year, world.branch.name) == [("overdue", "0/1")] * 12


def test_a_general_branch_shows_what_is_below_it(world: World) -> None:
    parent = Organization.objects.add_child(
        Organization.objects.get(pk=world.committee.pk),
        {"name": "业务总支", "code": "1", "kind": OrganizationKind.GENERAL_BRANCH, "founded_on": FOUNDED},
    )
    below = Organization.objects.add_child(
        parent, {"name": "下属支部", "code": "2", "kind": OrganizationKind.BRANCH, "founded_on": FOUNDED}
    )
    make_member("下属党员", below)
    html = html_of(world.reviewer, f"{URL}?organization={parent.pk}")
    assert ">下属支部</a>" in html
    assert f">{world.branch.name}</a>" not in html


@pytest.mark.parametrize(
    "query",
    [
        "year=1999", "year=x", "year=２０２６", "organization=999999", "organization=abc",
        "organization=" + "9" * 30, "kind=party", "status=green",
    ],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_400_with_a_sentence(world: World, query: str) -> None:
    for path in (URL, "/obligations/"):
        html = html_of(world.reviewer, f"{path}?{query}", status=400)
        assert "invalid-feedback" in html
        assert world.members[0].name not in html


def test_another_trees_organization_is_no_choice(world: World) -> None:
    here = html_of(world.reviewer, f"{URL}?organization={world.other_branch.pk}", status=400)
    nowhere = html_of(world.reviewer, f"{URL}?organization=99999", status=400)
    assert "外单位" not in here
    assert words(here).replace(str(world.other_branch.pk), "#") == words(nowhere).replace("99999", "#")


def test_the_chart_has_its_numbers_as_a_table(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 1, 6))
    html = html_of(world.reviewer, f"{URL}?kind=theme_day")
    found = re.search(r'<script id="year-chart" type="application/json">(.*?)</script>', html)
    assert found
    chart = json.loads(found[1])
    assert chart["bars"][0]["values"] == [2] * 11 + [None]
    assert chart["bars"][1]["values"] == [1] + [0] * 10 + [None]
    assert chart["line"]["values"] == [50.0] + [0.0] * 9 + [None, None]  # November is not over
    assert "<summary>" in html
    assert 'scope="row">达标率' in html


def test_no_match_says_so(world: World) -> None:
    Obligation.objects.all().delete()
    assert "没有符合条件的支部" in words(html_of(world.reviewer, f"{URL}?status=overdue"))


def test_names_are_escaped(world: World) -> None:
    Organization.objects.filter(pk=world.branch.pk).update(name="<b>甲</b>\"'支部")
    for path in (URL, "/branches/", "/obligations/", f"/branches/{world.branch.pk}/"):
        assert "<b>甲" not in html_of(world.reviewer, path)


def three_branches(world: World) -> None:
    for number in range(2):
        branch = Organization.objects.add_child(
            Organization.objects.get(pk=world.committee.pk),
            {"name": f"第{number}支部", "code": "", "kind": OrganizationKind.BRANCH, "founded_on": FOUNDED},
        )
        make_member(f"人{number}", branch)
        attended(hold(branch, "theme_day", date(2026, 11, 3), state=MeetingState.SUBMITTED))
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))


@pytest.mark.parametrize("path", [URL, "/branches/", "/obligations/"])
def test_the_number_of_queries_does_not_grow(world: World, path: str) -> None:
    attended(hold(world.branch, "theme_day", date(2026, 11, 3), state=MeetingState.SUBMITTED))
    make_plan(world, PlanState.SUBMITTED)
    queries(world.reviewer, path)  # the time limits are remembered from now on
    few = queries(world.reviewer, path)
    three_branches(world)
    make_plan(world, PlanState.SUBMITTED, branch=world.small_branch, author=world.small_secretary)
    assert Meeting.objects.count() == 3
    assert queries(world.reviewer, path) == few <= MOST_QUERIES
