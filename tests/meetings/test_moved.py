"""Those expected at a meeting are told when it is moved or called off."""

from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.utils import translation

from branchlife.models import User
from meetings.models import Meeting, Notice
from meetings.notices import describe
from meetings.services.moved import MOVED
from meetings.services.record import MeetingFacts, facts_of, replan_meeting, reschedule_meeting
from reviews.enums import Action
from reviews.services.workflow import perform
from tests.reviews.recording import NOW, TODAY, at, put_on_calendar
from tests.world import World, make_user

pytestmark = pytest.mark.django_db
SOON = TODAY + timedelta(days=7)


@pytest.fixture
def meeting(world: World) -> Meeting:
    """Of the whole branch, in a week."""
    return put_on_calendar(world, kinds=("theme_day",), day=SOON, starts=time(15), place="三楼会议室")


def move(world: World, meeting: Meeting, **facts: object) -> None:
    new = {"day": SOON, "starts": time(15), "ends": None, "place": "三楼会议室"} | facts
    reschedule_meeting(meeting=meeting, version=meeting.version, actor=world.secretary, now=NOW, **new)  # type: ignore[arg-type]
    meeting.refresh_from_db()


def told(user: User) -> list[str]:
    news = Notice.objects.visible_to(user).news().order_by("pk")
    return [describe(each.code, each.values) for each in news]


def test_another_day_is_told_to_those_with_an_account(world: World, meeting: Meeting) -> None:
    move(world, meeting, day=SOON + timedelta(days=1))
    sentence = f"“{meeting.theme}”改在2026年12月1日 15:00召开，地点：三楼会议室。"
    assert told(world.member) == [sentence]
    assert told(world.secretary) == [], "who moved it knows"
    assert told(world.small_secretary) == told(world.reviewer) == []
    with translation.override("en"):
        assert "takes place on 1 Dec 2026 15:00 now" in told(world.member)[0]


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"starts": time(9, 30)}, "改在2026年11月30日 09:30召开，地点：三楼会议室。"),
        ({"starts": None}, "改在2026年11月30日召开，地点：三楼会议室。"),
        ({"place": "一楼大厅"}, "改在2026年11月30日 15:00召开，地点：一楼大厅。"),
        ({"place": ""}, "改在2026年11月30日 15:00召开，地点：另行通知。"),
    ],
)
def test_so_is_another_time_or_place(
    world: World, meeting: Meeting, facts: dict[str, object], end: str
) -> None:
    move(world, meeting, **facts)
    assert [sentence.endswith(end) for sentence in told(world.member)] == [True]


def test_an_earlier_move_is_out_of_date(world: World, meeting: Meeting) -> None:
    for days in (1, 2):
        move(world, meeting, day=SOON + timedelta(days=days))
    assert ["12月2日" in sentence for sentence in told(world.member)] == [True]


@pytest.mark.parametrize("facts", [{}, {"ends": time(16)}, {"day": date(2026, 11, 20)}])
def test_no_news_where_nobody_has_to_come_otherwise(
    world: World, meeting: Meeting, facts: dict[str, object]
) -> None:
    """Only an end, or a day that has gone by."""
    move(world, meeting, **facts)
    assert told(world.member) == []


def test_a_group_that_takes_its_place_is_told(world: World, meeting: Meeting) -> None:
    """By an amended plan: of another kind and for the first group alone."""
    group = world.groups[0]
    due = set(group.memberships.values_list("member__user", flat=True)) - {None, world.secretary.pk}
    assert due
    facts = MeetingFacts(**(vars(facts_of(meeting)) | {"kinds": ("group",), "day": SOON + timedelta(days=1)}))
    replan_meeting(meeting=meeting, group=group, facts=facts, actor=world.secretary, now=NOW)
    assert set(Notice.objects.filter(code=MOVED).values_list("recipient", flat=True)) == due


@pytest.mark.parametrize("action", [Action.CANCEL, Action.DROP])
def test_calling_off_is_told_and_leads_to_the_own_meetings(
    world: World, meeting: Meeting, client: Client, action: Action
) -> None:
    move(world, meeting, day=SOON + timedelta(days=1))
    actor = world.secretary if action == Action.CANCEL else world.reviewer
    perform(meeting, action, actor=actor, comment="与全市会议冲突", now=NOW)
    assert told(world.member) == [f"原定2026年12月1日的“{meeting.theme}”取消，不再召开。"]
    client.force_login(world.member)
    with at():
        notice = Notice.objects.visible_to(world.member).news().get()
        assert client.get(notice.url).status_code == 200


def test_what_lies_behind_is_called_off_in_silence(world: World) -> None:
    forgotten = put_on_calendar(world, day=date(2026, 11, 20))
    perform(forgotten, Action.CANCEL, actor=world.secretary, comment="没有开成", now=NOW)
    assert told(world.member) == []


def test_somebody_who_has_left_is_not_told(world: World, meeting: Meeting) -> None:
    gone = make_user("gone", "已转出")
    member = world.members[3]
    member.user = gone
    member.save()
    member.memberships.update(end_on=TODAY)
    move(world, meeting, day=SOON + timedelta(days=1))
    assert told(gone) == []
