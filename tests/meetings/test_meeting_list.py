"""Finding meetings: filters, scope, pages, and no query per row."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from meetings.enums import MeetingKind, MeetingState
from meetings.models import Meeting
from tests.held import attended, hold
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_QUERIES = 12
DAY = date(2026, 10, 14)


def themes(client: Client, **asked: object) -> list[str]:
    response = client.get(reverse("meeting_list"), {name.rstrip("_"): value for name, value in asked.items()})
    assert response.status_code == 200, response.content.decode()
    return [meeting.theme for meeting in response.context["page"].rows]


@pytest.fixture
def several(client: Client, world: World) -> Client:
    hold(world.branch, ["theme_day", "lecture"], DAY, theme="党日与党课")
    hold(world.branch, "group", date(2026, 9, 30), group=world.groups[0], theme="一组九月")
    hold(world.branch, "group", date(2026, 10, 1), group=world.groups[1], theme="二组十月")
    hold(world.small_branch, "theme_day", date(2026, 11, 3), theme="督查室党日", state=MeetingState.ACCEPTED)
    hold(world.small_branch, "lecture", date(2025, 11, 3), theme="去年党课", state=MeetingState.SUBMITTED)
    hold(world.branch, "general", date(2026, 12, 30), theme="年底大会", state=MeetingState.SCHEDULED)
    hold(world.other_branch, "theme_day", DAY, theme="外单位党日")
    client.force_login(world.reviewer)
    return client


def test_newest_first_and_nothing_from_elsewhere(several: Client) -> None:
    assert themes(several) == ["年底大会", "督查室党日", "党日与党课", "二组十月", "一组九月", "去年党课"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"from_": "2026-10-01", "to": "2026-10-31"}, ["党日与党课", "二组十月"]),
        ({"from_": "2026年10月1日", "to": "２０２６-１０-３１"}, ["党日与党课", "二组十月"]),
        ({"to": "2026-09-30"}, ["一组九月", "去年党课"]),
        ({"period": "2026Q3"}, ["一组九月"]),
        ({"period": "2026-11"}, ["督查室党日"]),
        ({"period": "2025"}, ["去年党课"]),
        ({"period": "2026Q4", "to": "2026-10-10"}, ["二组十月"]),
        ({"kind": "lecture"}, ["党日与党课", "去年党课"]),
        ({"state": "accepted"}, ["督查室党日"]),
        ({"state": "to_record", "period": "2026Q4"}, ["党日与党课", "二组十月"]),
    ],
)
def test_filters(several: Client, asked: dict[str, str], expected: list[str]) -> None:
    import time_machine

    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        assert themes(several, **asked) == expected


def test_the_address_a_cell_of_the_dashboard_opens(several: Client, world: World) -> None:
    cell = {"organization": world.branch.pk, "kind": "group", "from_": "2026-10-01", "to": "2026-10-31"}
    assert themes(several, **cell) == ["二组十月"]
    assert themes(several, **cell, group=world.groups[0].pk) == []
    assert themes(several, organization=world.committee.pk, kind="theme_day") == ["督查室党日", "党日与党课"]


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday"},
        {"from": "2026-02-30"},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"period": "2026Q7"},
        {"kind": "picnic"},
        {"state": "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")},
        {"organization": "99999999999999999999"},
        {"organization": "foreign"},
        {"group": "x"},
        {"before": "2026-10-14"},
        {"before": "2026-10-14_①"},
        {"after": "x_1"},
    ],
)
def test_what_cannot_be_understood_is_refused(several: Client, world: World, asked: dict[str, str]) -> None:
    asked = {
        name: str(world.other_branch.pk) if value == "foreign" else value for name, value in asked.items()
    }
    response = several.get(reverse("meeting_list"), asked)
    assert response.status_code == 400
    if response.context and "page" in response.context:
        assert response.context["page"].rows == []
        assert "请先更正上面标出的条件" in response.content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(client: Client, world: World) -> None:
    for number in range(120):
        hold(world.branch, "theme_day", DAY + timedelta(days=number // 3), theme=f"第{number}次")
    client.force_login(world.secretary)
    seen: list[str] = []
    url = reverse("meeting_list") + "?kind=theme_day"
    backwards = ""
    while url:
        page = client.get(url).context["page"]
        seen += [meeting.theme for meeting in page.rows]
        backwards = page.previous_url
        url = reverse("meeting_list") + page.next_url if page.next_url else ""
    expected = list(Meeting.objects.order_by("-day", "-pk").values_list("theme", flat=True))
    assert seen == expected
    middle = client.get(reverse("meeting_list") + backwards).context["page"]
    assert [meeting.theme for meeting in middle.rows] == expected[50:100]
    first = client.get(reverse("meeting_list") + middle.previous_url).context["page"]
    assert [meeting.theme for meeting in first.rows] == expected[:50]
    assert not first.previous_url


def test_attendance_is_shown_to_those_who_answer_for_it_only(client: Client, world: World) -> None:
    attended(hold(world.branch, "theme_day", DAY), world.members[2], world.members[5], reason="住院")
    client.force_login(world.secretary)
    assert "7 / 9" in client.get(reverse("meeting_list")).content.decode()
    client.force_login(world.member)
    shown = client.get(reverse("meeting_list")).content.decode()
    assert "7 / 9" not in shown and "住院" not in shown
    assert "请假" in shown, "the own presence"


def test_a_member_finds_own_meetings_and_what_is_coming(client: Client, world: World) -> None:
    attended(hold(world.branch, "theme_day", DAY, theme="到过的"))
    attended(hold(world.branch, "group", DAY, group=world.groups[0], theme="别组的"))
    attended(hold(world.small_branch, "theme_day", DAY, theme="别的支部"))
    hold(world.branch, "general", date(2026, 12, 30), theme="将要开的", state=MeetingState.SCHEDULED)
    client.force_login(world.member)
    assert themes(client) == ["将要开的", "到过的"]


def test_an_outsider_finds_an_empty_list(client: Client, world: World) -> None:
    hold(world.branch, "theme_day", DAY)
    client.force_login(world.outsider)
    assert themes(client) == []


@pytest.mark.parametrize("role", ["reviewer", "secretary", "member"])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    client: Client, world: World, django_assert_max_num_queries, role: str, rows: int
) -> None:
    for number in range(rows):
        attended(hold(world.branch, ["theme_day", "lecture"], DAY + timedelta(days=number)), world.members[2])
    client.force_login(getattr(world, role))
    with django_assert_max_num_queries(MOST_QUERIES) as asked:
        response = client.get(reverse("meeting_list"))
    assert len(response.context["page"].rows) == rows
    _same(role, len(asked))


COUNTS: dict[str, int] = {}


def _same(role: str, queries: int) -> None:
    assert COUNTS.setdefault(role, queries) == queries


def test_every_kind_can_be_asked_for(several: Client) -> None:
    for kind in MeetingKind.values:
        themes(several, kind=kind)
