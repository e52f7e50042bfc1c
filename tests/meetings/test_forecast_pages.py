"""The forecast before the day: the page of all coming votes, the list of leave, the workbench."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from meetings.enums import ResolutionKind
from meetings.models import Meeting, Notice
from meetings.services.forecast import QuorumForecast
from meetings.services.leave import ask_leave, decide_leave, withdraw_leave
from meetings.services.quorum import tell_quorums
from meetings.services.resolutions import remove_resolution
from reviews.enums import Action
from reviews.services.workflow import perform
from tests.meetings.voting import grow_to, on_calendar, put
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.recording import NOW, TODAY, at
from tests.world import World, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SOON = TODAY + timedelta(days=4)
LIST = "/meetings/forecast/"
SHORT = "有表决权 8 人，需 4 人到会，预计 3 人：还差 1 人"
ENOUGH = "有表决权 8 人，需 4 人到会，预计 8 人：可以达到"


@pytest.fixture(autouse=True)
def _today():
    with at():
        yield


def ask(world: World, meeting: Meeting, *indexes: int) -> None:
    for index in indexes:
        member = world.members[index]
        member.user = member.user or make_user(f"m{index}")
        member.save()
        ask_leave(meeting=meeting, reason="出差", actor=member.user, now=NOW)


def test_the_sentence_in_english() -> None:
    forecast = QuorumForecast(ResolutionKind.GENERAL, False, expected=23, needed=12, likely=11)
    with translation.override("en"):
        assert forecast.line == "12 of 23 voters needed, 11 expected: 1 short"


def test_the_list_of_leave_says_what_follows(world: World) -> None:
    meeting = on_calendar(world, day=SOON)
    page = reverse("meeting_leaves", args=[meeting.pk])
    assert ENOUGH in words(html_of(world.secretary, page))
    ask(world, meeting, 1, 2, 3, 4, 5)
    assert f"到会人数可能不足 {SHORT}" in words(html_of(world.secretary, page))
    assert SHORT in words(html_of(world.reviewer, page))
    assert "有表决权" not in words(
        html_of(world.secretary, reverse("meeting_leaves", args=[on_calendar(world, ("lecture",), SOON).pk]))
    )


def calling(user) -> str:
    page = words(html_of(user, "/"))
    return page[page.index("需要留意") : page.index("现在要做")] if "需要留意" in page else ""


def test_the_workbench_tells_of_a_vote_at_risk(world: World) -> None:
    meeting = on_calendar(world, day=SOON)
    ask(world, meeting, 1, 2, 3, 4)
    assert calling(world.secretary) == ""
    ask(world, meeting, 5)
    assert f"到会人数可能不足 「十一月党员大会」（2026年11月27日）{SHORT}" in calling(world.secretary)
    assert f"/meetings/{meeting.pk}/" in html_of(world.secretary, "/")
    for user in (world.reviewer, world.group_leader, world.member):
        assert calling(user) == ""
    # Whoever answers is not told anew of what stands there already; other numbers are other news.
    leave = meeting.leaves.get(member=world.members[5])
    decide_leave(leave=leave, grant=True, actor=world.secretary, now=NOW)
    assert Notice.objects.filter(code="quorum.short").count() == 1
    ask(world, meeting, 6)
    assert "还差 2 人" in calling(world.secretary)
    assert "还差 1 人" not in calling(world.secretary)


def test_it_is_settled_when_enough_can_come(world: World) -> None:
    meeting = on_calendar(world, day=SOON)
    ask(world, meeting, 1, 2, 3, 4, 5)
    one, another = meeting.leaves.order_by("pk")[:2]
    withdraw_leave(leave=one, actor=one.member.user, now=NOW)
    assert calling(world.secretary) == ""
    ask(world, meeting, 1)
    assert calling(world.secretary) != ""
    decide_leave(leave=another, grant=False, answer="请到会", actor=world.secretary, now=NOW)
    assert calling(world.secretary) == ""


def test_an_announced_vote_may_be_what_puts_it_at_risk(world: World) -> None:
    meeting = on_calendar(world, day=SOON)
    ask(world, meeting, 1, 2)
    vote = put(world, meeting, ResolutionKind.ELECTION)
    assert "有表决权 8 人，需 7 人到会，预计 6 人：还差 1 人" in calling(world.secretary)
    remove_resolution(resolution=vote, actor=world.secretary, now=NOW)
    assert calling(world.secretary) == ""


def test_the_clock_finds_what_the_roster_changed(world: World) -> None:
    meeting, other = on_calendar(world, day=SOON), on_calendar(world, day=SOON)
    ask(world, meeting, 1, 2, 3, 4)
    ask(world, other, 1)
    gone = world.members[5]
    gone.memberships.update(end_on=TODAY)
    tell_quorums(now=NOW)  # 7 voters, 4 needed, 3 expected
    assert "有表决权 7 人，需 4 人到会，预计 3 人：还差 1 人" in calling(world.secretary)
    tell_quorums(now=NOW)
    assert Notice.objects.filter(code="quorum.short").count() == 1
    gone.memberships.update(end_on=None)
    tell_quorums(now=NOW)
    assert calling(world.secretary) == ""
    gone.memberships.update(end_on=TODAY)
    tell_quorums(now=NOW)
    tell_quorums(now=NOW + timedelta(days=10))  # the day is over
    assert calling(world.secretary) == ""


def test_what_becomes_of_the_meeting_settles_it(world: World) -> None:
    meeting = on_calendar(world, day=SOON)
    ask(world, meeting, 1, 2, 3, 4, 5)
    perform(meeting, Action.CANCEL, actor=world.secretary, comment="改期", now=NOW)
    assert calling(world.secretary) == ""


def test_the_page_of_all_coming_votes(world: World) -> None:
    meeting = on_calendar(world, day=SOON)
    put(world, meeting, ResolutionKind.ELECTION)
    on_calendar(world, ("theme_day",), SOON)  # decides nothing
    on_calendar(world, day=date(2026, 11, 20))  # behind us
    ask(world, meeting, 5, 6)
    page = html_of(world.secretary, LIST)
    assert "十一月党员大会 按「选举」计算" in words(page)
    assert "8 7 6 2 请假情况: 十一月党员大会 2 人待答复 差 1 人" in words(page)
    assert words(page).count("十一月党员大会") == 2
    assert "1 次到会人数可能不足" in words(page)
    assert reverse("meeting_leaves", args=[meeting.pk]) in page


def test_everybody_sees_the_own_part(world: World) -> None:
    meeting = on_calendar(world, day=SOON)
    for user in (world.secretary, world.reviewer, world.administrator):
        assert f"/meetings/{meeting.pk}/" in html_of(user, LIST)
    for user in (world.small_secretary, world.other_reviewer):
        assert "近期没有需要表决的会议" in words(html_of(user, LIST))
        assert f"/meetings/{meeting.pk}/" not in html_of(user, LIST)
    for user in (world.member, world.group_leader, world.outsider):
        html_of(user, LIST, 403)


def test_a_vote_without_voters(world: World) -> None:
    on_calendar(world, day=SOON)
    for member in world.members:
        member.full_member_on = None
        member.save()
    assert "— — — 0" in words(html_of(world.secretary, LIST))


def test_the_number_of_queries_does_not_depend_on_the_meetings(world: World) -> None:
    grow_to(world, 12)
    pages = [(world.secretary, LIST), (world.reviewer, LIST)]
    ask(world, on_calendar(world, day=SOON), 5)
    few = [queries(user, page) for user, page in pages]
    for number in (1, 2):
        ask(world, on_calendar(world, day=SOON + timedelta(days=number)), 2, 5)
    assert [queries(user, page) for user, page in pages] == few
    assert max(few) <= MOST_QUERIES
