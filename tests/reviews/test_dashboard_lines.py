"""The list behind every number."""

from collections.abc import Iterator
from datetime import date

import pytest

from meetings.enums import MeetingState
from meetings.models import Obligation
from meetings.services.obligations import sync_obligations
from tests.held import hold
from tests.reviews.pages import html_of, open_page, words
from tests.reviews.recording import at
from tests.world import World, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]

URL = "/obligations/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


@pytest.fixture
def world() -> World:
    world = build_world()
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    return world


def test_a_line_says_status_basis_due_day_and_meetings(world: World) -> None:
    meeting = hold(world.branch, "general", date(2026, 2, 3), theme="一季度党员大会")
    text = words(html_of(world.secretary, f"{URL}?kind=general"))
    assert "第十一条" in text
    assert "2026年第一季度" in text
    assert "已开展，记录未提交" in text
    assert "已逾期146天" in text  # the second quarter's, due on 30 June
    assert "2026年12月31日" in text
    assert f'href="/meetings/{meeting.pk}/"' in html_of(world.secretary, f"{URL}?kind=general")


@pytest.mark.parametrize(
    ("states", "words_of_state"),
    [
        ((MeetingState.HELD,), "已开展，记录未提交"),
        ((MeetingState.SUBMITTED,), "已开展，记录待审核"),
        ((MeetingState.RETURNED,), "已开展，记录被退回"),
        ((MeetingState.SUBMITTED, MeetingState.HELD), "已开展，记录未提交"),
    ],
)
def test_a_held_line_says_where_its_record_stands(
    world: World, states: tuple[str, ...], words_of_state: str
) -> None:
    for state in states:
        hold(world.branch, "general", date(2026, 2, 3), state=state)
    assert words_of_state in words(html_of(world.secretary, f"{URL}?kind=general&month=3"))


def test_only_the_one_whose_duty_it_is_is_offered_to_record(world: World) -> None:
    query = f"{URL}?kind=group&month=3&group={world.groups[0].pk}"
    assert "补记" in html_of(world.group_leader, query)
    assert "补记" in html_of(world.secretary, query)
    assert "补记" not in html_of(world.reviewer, query)


def test_a_group_leader_sees_the_groups_lines_only(world: World) -> None:
    text = words(html_of(world.group_leader, URL))
    assert "第一党小组" in text
    assert "第二党小组" not in text
    assert "共 12 条" in text


def test_a_secretary_sees_the_own_branch_only(world: World) -> None:
    html = html_of(world.secretary, URL)
    assert world.small_branch.name not in html
    assert "外单位" not in html
    assert 'name="organization"' not in html  # nothing to choose from


def test_people_without_a_role_have_no_such_list(world: World) -> None:
    assert open_page(world.member, URL).status_code == 403
    assert open_page(world.outsider, URL).status_code == 403


def test_another_branchs_group_is_no_choice(world: World) -> None:
    html = html_of(world.small_secretary, f"{URL}?group={world.groups[0].pk}", status=400)
    assert "第一党小组" not in html
    assert "note-error" in html


@pytest.mark.parametrize("query", ["group=abc", "group=" + "9" * 30, "month=13", "month=x", "month=１"])
def test_nonsense_is_400(world: World, query: str) -> None:
    assert open_page(world.secretary, f"{URL}?{query}").status_code == 400


def test_a_meeting_one_may_not_see_is_not_named(world: World) -> None:
    """The meetings behind a line are looked up within the reader's scope, too."""
    hold(world.branch, "group", date(2026, 3, 3), group=world.groups[0], theme="本组的会")
    hold(world.branch, "group", date(2026, 3, 4), group=world.groups[1], theme="别组的会")
    html = html_of(world.group_leader, URL)
    assert "本组的会" in html
    assert "别组的会" not in html


@pytest.mark.parametrize(
    ("status", "number"),
    [("met", 3), ("waiting", 2), ("overdue", 8), ("open", 0), ("upcoming", 1), ("waived", 0)],
)
def test_by_status(world: World, status: str, number: int) -> None:
    hold(world.branch, "theme_day", date(2026, 1, 3))
    hold(world.branch, "theme_day", date(2026, 2, 3), state=MeetingState.ACCEPTED)
    hold(world.branch, "theme_day", date(2026, 11, 3))
    text = words(html_of(world.secretary, f"{URL}?kind=theme_day&status={status}"))
    assert (f"共 {number} 条" in text) if number else ("没有应开展事项" in text)


def test_a_waived_line_shows_the_reason(world: World) -> None:
    Obligation.objects.filter(
        organization=world.branch, kind="lecture", period_start=date(2026, 1, 1)
    ).update(waived_at="2026-03-01T00:00:00Z", waived_by=world.administrator, waiver_reason="防汛值守")
    assert "防汛值守" in words(html_of(world.secretary, f"{URL}?status=waived"))


def test_long_lists_come_in_pages(world: World) -> None:
    assert "1 / 2" in words(html_of(world.secretary, URL))
    assert open_page(world.secretary, f"{URL}?page=2").status_code == 200
    assert open_page(world.secretary, f"{URL}?page=x").status_code == 200
