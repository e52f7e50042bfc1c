"""Entering a meeting outside the plan, and moving one on the calendar."""

from datetime import date

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from branchlife.models import AuditEvent
from meetings.enums import MeetingState, Role
from meetings.models import Meeting
from tests.held import hold
from tests.typed_forms import shown_form
from tests.world import World, appoint

pytestmark = [pytest.mark.once, pytest.mark.django_db]
NEW = "/meetings/new/"


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        yield


@pytest.fixture
def secretary(client: Client, world: World) -> Client:
    client.force_login(world.secretary)
    return client


def typed(client: Client, **more: object) -> dict[str, object]:
    return shown_form(
        client.get(NEW), **({"kinds": ["theme_day"], "theme": "志愿服务", "day": "2026-11-20"} | more)
    )


def test_the_branch_and_today_stand_there_already(secretary: Client, world: World) -> None:
    data = shown_form(secretary.get(NEW))
    assert (data["organization"], data["day"]) == (str(world.branch.pk), "2026-11-23")


def test_one_that_was_held_goes_straight_to_its_record(secretary: Client) -> None:
    response = secretary.post(NEW, typed(secretary, kinds=["lecture", "theme_day"], day="２０２６年11月20日"))
    meeting = Meeting.objects.get()
    assert response.url == reverse("meeting_record", args=[meeting.pk])
    assert (meeting.state, meeting.day, meeting.kinds) == (
        MeetingState.SCHEDULED,
        date(2026, 11, 20),
        ["lecture", "theme_day"],
    )


def test_one_to_come_goes_on_the_calendar(secretary: Client) -> None:
    response = secretary.post(NEW, typed(secretary, day="2026-12-03"))
    assert response.url == reverse("meeting_detail", args=[Meeting.objects.get().pk])


def test_a_group_meeting_names_its_group(secretary: Client, world: World) -> None:
    without = secretary.post(NEW, typed(secretary, kinds=["group"]))
    assert without.status_code == 400
    with_other = secretary.post(NEW, typed(secretary, kinds=["theme_day"], group=world.groups[0].pk))
    assert with_other.status_code == 400
    assert not Meeting.objects.exists()
    assert secretary.post(NEW, typed(secretary, kinds=["group"], group=world.groups[0].pk)).status_code == 302


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"kinds": []}, "必填"),
        ({"theme": ""}, "必填"),
        ({"theme": "志" * 201}, "200"),
        ({"day": "昨天"}, "昨天"),
        ({"day": "2015-06-30"}, "成立于"),
        ({"starts": "16:00", "ends": "15:00"}, "结束时间早于开始时间"),
        ({"organization": "foreign"}, "有效"),
        ({"kinds": ["staff"]}, "staff"),
        ({"category": "x"}, "x"),
    ],
)
def test_refused_with_a_sentence(secretary: Client, world: World, more: dict, sentence: str) -> None:
    more = {name: world.small_branch.pk if value == "foreign" else value for name, value in more.items()}
    response = secretary.post(NEW, typed(secretary, **more))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Meeting.objects.exists()


def test_a_group_leader_enters_the_groups_own(client: Client, world: World) -> None:
    client.force_login(world.group_leader)
    own = {"kinds": ["group"], "group": world.groups[0].pk}
    assert client.post(NEW, typed(client, **own, theme="一组")).status_code == 302
    assert client.post(NEW, typed(client, kinds=["group"], group=world.groups[1].pk)).status_code == 400
    assert client.post(NEW, typed(client, kinds=["group"], group="")).status_code == 400
    assert client.post(NEW, typed(client, kinds=["theme_day"], group="")).status_code == 400
    assert Meeting.objects.get().theme == "一组"


def test_who_leads_two_branches_chooses(client: Client, world: World) -> None:
    appoint(world.secretary, world.small_branch, Role.SECRETARY)
    client.force_login(world.secretary)
    assert client.post(NEW, typed(client, organization=world.small_branch.pk)).status_code == 302
    stranger = {"kinds": ["group"], "group": world.groups[0].pk, "theme": "错配"}
    assert client.post(NEW, typed(client, organization=world.small_branch.pk, **stranger)).status_code == 400
    assert Meeting.objects.get().organization == world.small_branch


@pytest.mark.parametrize("role", ["member", "reviewer", "administrator", "outsider"])
def test_nobody_else_enters_meetings(client: Client, world: World, role: str) -> None:
    client.force_login(getattr(world, role))
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, {}).status_code == 403


def edit_url(meeting: Meeting) -> str:
    return reverse("meeting_edit", args=[meeting.pk])


@pytest.fixture
def coming(world: World) -> Meeting:
    return hold(world.branch, "theme_day", date(2026, 12, 3), theme="将要开的", state=MeetingState.SCHEDULED)


def test_a_coming_meeting_is_moved(secretary: Client, coming: Meeting) -> None:
    data = shown_form(secretary.get(edit_url(coming)), day="2026-12-10", place="市档案馆")
    assert secretary.post(edit_url(coming), data).status_code == 302
    coming.refresh_from_db()
    assert (coming.day, coming.place, coming.version) == (date(2026, 12, 10), "市档案馆", 2)
    assert coming.parts.get().counts_for == date(2026, 12, 10)
    event = AuditEvent.objects.get(action="meeting.reschedule")
    assert event.difference == {"day": ["2026-12-03", "2026-12-10"]}


def test_two_who_move_it_at_once(secretary: Client, coming: Meeting) -> None:
    first = shown_form(secretary.get(edit_url(coming)), day="2026-12-10")
    second = first | {"day": "2026-12-11"}
    assert secretary.post(edit_url(coming), first).status_code == 302
    assert secretary.post(edit_url(coming), second).status_code == 409
    coming.refresh_from_db()
    assert coming.day == date(2026, 12, 10)


@pytest.mark.parametrize(
    "more", [{"day": ""}, {"day": "2015-06-30"}, {"starts": "15:00", "ends": "14:00"}, {"version": "x"}]
)
def test_an_impossible_move_is_refused(secretary: Client, coming: Meeting, more: dict[str, str]) -> None:
    assert (
        secretary.post(edit_url(coming), shown_form(secretary.get(edit_url(coming)), **more)).status_code
        == 400
    )
    coming.refresh_from_db()
    assert coming.day == date(2026, 12, 3)


def test_one_that_was_held_is_not_moved(secretary: Client, world: World) -> None:
    held = hold(world.branch, "theme_day", date(2026, 11, 3))
    assert secretary.get(edit_url(held)).status_code == 409
    assert secretary.post(edit_url(held), {"day": "2026-12-01", "version": 1}).status_code == 409


@pytest.mark.parametrize(
    ("role", "status"), [("member", 403), ("reviewer", 403), ("group_leader", 403), ("outsider", 404)]
)
def test_who_may_move_it(client: Client, world: World, coming: Meeting, role: str, status: int) -> None:
    client.force_login(getattr(world, role))
    assert client.get(edit_url(coming)).status_code == status
