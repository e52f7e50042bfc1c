"""Asking leave and answering in the browser; nobody reads another member's reason."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from meetings.enums import LeaveState
from meetings.models import Leave, Meeting
from meetings.services.leave import ask_leave, decide_leave
from meetings.services.record import reschedule_meeting
from tests.meetings.voting import on_calendar, write
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.recording import DAY, NOW, TODAY, at, sign_in
from tests.world import World, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SOON = TODAY + timedelta(days=4)
REASON = "家中有人病重"


@pytest.fixture(autouse=True)
def _today():
    with at():
        yield


@pytest.fixture
def meeting(world: World) -> Meeting:
    return on_calendar(world, day=SOON)


def ask(meeting: Meeting, user, reason: str = REASON) -> Leave:
    return ask_leave(meeting=meeting, reason=reason, actor=user, now=NOW)


def page_of(meeting: Meeting) -> str:
    return f"/meetings/{meeting.pk}/"


def decide(client: Client, leave: Leave, grant: str, answer: str = ""):
    return client.post(reverse("leave_decide", args=[leave.pk]), {"grant": grant, "answer": answer})


def test_a_member_asks_from_the_meetings_page(client: Client, world: World, meeting: Meeting) -> None:
    form = reverse("leave_ask", args=[meeting.pk])
    assert form in html_of(world.member, page_of(meeting))
    sign_in(client, world.member)
    assert client.get(form).status_code == 200
    assert client.post(form, {"reason": " "}).status_code == 400
    assert client.post(form, {"reason": REASON}).url == page_of(meeting)
    shown = html_of(world.member, page_of(meeting))
    assert "已请假，待答复" in words(shown)
    assert REASON in words(shown)
    assert form not in shown
    again = client.post(form, {"reason": "出差"})
    assert again.status_code == 400
    assert "已为本次会议请过假" in words(again.content.decode())


def test_ones_own_page_shows_request_and_answer(world: World, meeting: Meeting) -> None:
    assert "我的请假" not in words(html_of(world.member, "/me/"))
    leave = ask(meeting, world.member)
    assert "已请假，待答复 2026年11月27日 · 家中有人病重" in words(html_of(world.member, "/me/"))
    decide_leave(leave=leave, grant=False, answer="当天要投票", actor=world.secretary, now=NOW)
    assert "未准假 2026年11月27日 · 家中有人病重 · 当天要投票" in words(html_of(world.member, "/me/"))


def test_another_members_reason_is_never_shown(world: World, meeting: Meeting) -> None:
    colleague = make_user("chen", "陈军")
    world.members[2].user = colleague
    world.members[2].save()
    leave = ask(meeting, colleague)
    for page in (page_of(meeting), "/me/", "/", "/meetings/", "/notices/"):
        assert REASON not in html_of(world.member, page)
    assert REASON not in html_of(world.member, reverse("meeting_leaves", args=[meeting.pk]), 403)
    # The positive control: whoever keeps the record reads it, in its place; so does the one who asked.
    assert REASON in html_of(world.secretary, reverse("meeting_leaves", args=[meeting.pk]))
    assert REASON in html_of(colleague, page_of(meeting))
    # Not on the secretary's page of the meeting, and not in the notice.
    assert REASON not in html_of(world.secretary, "/notices/")
    assert leave.state == LeaveState.ASKED


def test_the_secretary_answers(client: Client, world: World, meeting: Meeting) -> None:
    mine, other = ask(meeting, world.member), ask(meeting, world.group_leader)
    assert "请假 2 人，其中待答复 2 人" in words(html_of(world.secretary, page_of(meeting)))
    sign_in(client, world.secretary)
    assert decide(client, mine, "1", "注意安全").url == reverse("meeting_leaves", args=[meeting.pk])
    refused = decide(client, other, "0")
    assert refused.status_code == 400
    summary = refused.content.decode().split("data-form-errors")[1]
    assert f'<a href="#leave-{other.pk}-answer">答复</a>: 不准假须说明理由' in summary
    assert f'id="leave-{other.pk}-answer"' in summary
    assert decide(client, other, "maybe", "好").status_code == 400
    decide(client, other, "0", "当天要投票")
    assert set(Leave.objects.values_list("state", "answer")) == {
        ("granted", "注意安全"), ("refused", "当天要投票"),
    }  # fmt: skip
    assert "请假 1 人，其中待答复 0 人" in words(html_of(world.secretary, page_of(meeting)))


def test_the_second_answer_is_told_that_somebody_was_faster(
    client: Client, world: World, meeting: Meeting
) -> None:
    leave = ask(meeting, world.member)
    sign_in(client, world.secretary)
    decide(client, leave, "1")
    refused = decide(client, leave, "0", "当天要投票，不行")
    assert refused.status_code == 409
    assert "当天要投票，不行" in words(refused.content.decode()), "for copying"
    without_a_reason = decide(client, leave, "0")
    assert without_a_reason.status_code == 409
    assert "该请假的状态已发生变化" in words(without_a_reason.content.decode())
    leave.refresh_from_db()
    assert leave.state == LeaveState.GRANTED


def test_one_can_come_after_all(client: Client, world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    sign_in(client, world.member)
    assert client.post(reverse("leave_withdraw", args=[leave.pk])).url == page_of(meeting)
    assert client.post(reverse("leave_withdraw", args=[leave.pk])).status_code == 409
    assert reverse("leave_ask", args=[meeting.pk]) in html_of(world.member, page_of(meeting))


def test_too_late(client: Client, world: World, meeting: Meeting) -> None:
    sign_in(client, world.member)
    begun = on_calendar(world, day=DAY)
    for method in (client.get, client.post):
        answer = method(reverse("leave_ask", args=[begun.pk]), {"reason": REASON})
        assert answer.status_code == 409
    assert REASON in words(answer.content.decode()), "for copying"
    assert reverse("leave_ask", args=[begun.pk]) not in html_of(world.member, page_of(begun))


def test_a_meeting_that_moved_is_asked_about_anew(world: World, meeting: Meeting) -> None:
    ask(meeting, world.member)
    reschedule_meeting(
        meeting=meeting, version=meeting.version, day=SOON + timedelta(days=3), starts=None, ends=None,
        place="三楼会议室", actor=world.secretary, now=NOW,
    )  # fmt: skip
    shown = html_of(world.member, page_of(meeting))
    assert "您请的是2026年11月27日的假，会议已改期" in words(shown)
    assert reverse("leave_ask", args=[meeting.pk]) in shown


def test_it_stands_on_the_record_page(world: World) -> None:
    today = on_calendar(world, day=TODAY)
    ask(today, world.member)
    shown = html_of(world.secretary, reverse("meeting_record", args=[today.pk]))
    assert f'value="{REASON}"' in shown
    write(world, today)  # the recorder says everybody came
    assert REASON not in html_of(world.secretary, reverse("meeting_record", args=[today.pk]))


def test_the_forecast_stands_on_the_meetings_page(world: World, meeting: Meeting) -> None:
    ask(meeting, world.member)
    for user in (world.secretary, world.reviewer):
        assert "有表决权 8 人，需 4 人到会，预计 7 人：可以达到" in words(html_of(user, page_of(meeting)))
    assert "有表决权" not in words(html_of(world.member, page_of(meeting)))


def test_the_number_of_queries_does_not_depend_on_the_requests(world: World, meeting: Meeting) -> None:
    pages = [
        (world.secretary, reverse("meeting_leaves", args=[meeting.pk])),
        (world.secretary, page_of(meeting)),
        (world.member, page_of(meeting)),
    ]
    ask(meeting, world.member)
    for user, page in pages:
        queries(user, page)  # the first look is noted in the audit trail
    few = [queries(user, page) for user, page in pages]
    for index in (2, 3):
        user = make_user(f"m{index}")
        world.members[index].user = user
        world.members[index].save()
        ask(meeting, user)
    assert [queries(user, page) for user, page in pages] == few
    assert max(few) <= MOST_QUERIES
