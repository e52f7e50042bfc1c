"""The page of one meeting: what each reader sees of it."""

import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.services.rulebook.limits import Limits
from reviews.enums import PlanState
from reviews.services.plans import ItemDraft
from tests.reviews.planning import NOW, draft, make_plan
from tests.reviews.recording import (
    CONTENT,
    DAY,
    accepted,
    at,
    found,
    put_on_calendar,
    returned,
    sign_in,
    step_url,
    submitted,
    text_of,
    write_down,
)
from tests.typed_forms import body_without_tokens
from tests.world import World, make_member

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SECRET_REASON = "住院手术（肿瘤科）"
MOST_QUERIES = 12


def page(client: Client, meeting: Meeting):
    with at():
        return client.get(reverse("meeting_detail", args=[meeting.pk]))


@pytest.fixture(scope="module")
def meeting_of_module(world_of_module: World) -> Meeting:
    world = copy.deepcopy(world_of_module)
    away = (world.members[2], SECRET_REASON)
    return write_down(world, put_on_calendar(world), away, decisions="下月底前完成整改")


@pytest.fixture
def with_a_reason(meeting_of_module: Meeting, db: None) -> Meeting:
    """Handed in, and somebody's absence has a reason. Its rows are made once, like those of the world."""
    return copy.deepcopy(meeting_of_module)


def test_the_plan_is_a_link_for_those_who_may_read_it(client: Client, world: World) -> None:
    """A group's leader reads that the meeting comes from a plan, which is the secretary's to show."""
    line = draft(day=DAY, kinds=("group",), group=world.groups[0])
    plan = make_plan(world, PlanState.APPROVED, items=(line,), now=NOW - timedelta(days=9))
    meeting, url = Meeting.objects.get(), reverse("plan_detail", args=[plan.pk])
    for user, opens in ((world.group_leader, 404), (world.secretary, 200), (world.reviewer, 200)):
        shown = text_of(page(sign_in(client, user), meeting))
        assert "来自已批准的计划第 1 项" in shown
        assert (f'href="{url}"' in shown) == (opens == 200)
        assert client.get(url).status_code == opens


@pytest.mark.parametrize("role", ["secretary", "reviewer", "administrator"])
def test_those_who_answer_for_it_see_everything(
    client: Client, world: World, with_a_reason: Meeting, role: str
) -> None:
    shown = text_of(page(sign_in(client, getattr(world, role)), with_a_reason))
    for words in (SECRET_REASON, "陈军", CONTENT, "下月底前完成整改", "邹建娟", "办理过程"):
        assert words in shown


@pytest.mark.parametrize("role", ["member", "group_leader"])
def test_a_member_sees_the_basics_and_the_own_row_only(
    client: Client, world: World, with_a_reason: Meeting, role: str
) -> None:
    shown = text_of(page(sign_in(client, getattr(world, role)), with_a_reason))
    assert "廉政警示教育" in shown and "三楼会议室" in shown
    own = "黄峰浩" if role == "member" else "牛秀远"
    assert own in shown
    for secret in (SECRET_REASON, "住院", "陈军", "邹建娟", CONTENT, "下月底前完成整改", "出勤率"):
        assert secret not in shown


def test_the_one_who_was_away_sees_the_own_reason(client: Client, world: World) -> None:
    meeting = submitted(world, (world.members[5], SECRET_REASON))
    assert SECRET_REASON in text_of(page(sign_in(client, world.member), meeting))


def test_a_group_leader_sees_the_groups_own_meeting_in_full(client: Client, world: World) -> None:
    meeting = submitted(world, (world.members[2], SECRET_REASON), kinds=("group",), group=world.groups[0])
    assert SECRET_REASON in text_of(page(sign_in(client, world.group_leader), meeting))


@pytest.mark.parametrize("role", ["other_secretary", "other_reviewer", "small_secretary", "outsider"])
@pytest.mark.parametrize("name", ["meeting_detail", "meeting_record", "meeting_edit"])
def test_outside_the_scope_there_is_nothing_not_even_another_word(
    client: Client, world: World, with_a_reason: Meeting, role: str, name: str
) -> None:
    sign_in(client, getattr(world, role))
    there, nowhere = reverse(name, args=[with_a_reason.pk]), reverse(name, args=[with_a_reason.pk + 4711])
    with at():
        answers = {path: client.get(path) for path in (there, nowhere)}
    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({body_without_tokens(answer, path) for path, answer in answers.items()}) == 1


def test_a_step_on_a_foreign_meeting_is_answered_like_one_on_none(
    client: Client, world: World, with_a_reason: Meeting
) -> None:
    sign_in(client, world.other_reviewer)
    there, nowhere = step_url(with_a_reason, "accept"), reverse("meeting_step", args=[4711, "accept"])
    with at():
        answers = {path: client.post(path, {"version": with_a_reason.version}) for path in (there, nowhere)}
    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({body_without_tokens(answer, path) for path, answer in answers.items()}) == 1


def test_a_late_entry_is_shown_openly(client: Client, world: World) -> None:
    shown = text_of(page(sign_in(client, world.reviewer), submitted(world)))
    assert "会后 3 天" in shown, "held on 20 November, recorded on the 23rd"


def test_moving_the_day_hides_no_late_entry(client: Client, world: World) -> None:
    """A record that is dated after it was written is that of another event; an earlier day makes it later still."""
    moments = [datetime(2026, 9, 1, 10, tzinfo=UTC), NOW]
    meeting = put_on_calendar(world, day=date(2026, 9, 1))
    for day, now, submit, written in (
        (date(2026, 9, 1), moments[0], False, moments[0]),
        (date(2026, 8, 3), moments[1], False, moments[0]),
        (date(2026, 10, 20), moments[1], True, moments[1]),
    ):
        with at(now):
            meeting = write_down(world, meeting, day=day, now=now, submit=submit)
        meeting.refresh_from_db()
        assert (meeting.day, meeting.recorded_at) == (day, written)
    assert "会后 34 天" in text_of(page(sign_in(client, world.reviewer), meeting))


def test_findings_stand_at_their_line_until_the_record_is_accepted(client: Client, world: World) -> None:
    sign_in(client, world.secretary)
    shown = text_of(page(client, returned(world)))
    line = shown[shown.index('id="fact-content"') : shown.index('id="fact-decisions"')]
    assert found().sentence in line
    assert found().sentence not in text_of(page(client, accepted(world)))


def test_the_reviewer_is_told_which_elements_are_missing(client: Client, world: World) -> None:
    meeting = submitted(world)
    Meeting.objects.filter(pk=meeting.pk).update(place="")
    sign_in(client, world.reviewer)
    assert "缺少地点。" in text_of(page(client, meeting))
    Meeting.objects.filter(pk=meeting.pk).update(place="三楼")
    assert "要素齐全" in text_of(page(client, meeting))


def test_the_plan_behind_it_is_named(client: Client, world: World) -> None:
    from datetime import date, time

    from meetings.enums import Period
    from meetings.periods import span_of
    from reviews.services.plans import approve_plan, create_plan, submit_plan
    from tests.reviews.recording import NOW

    draft = ItemDraft(day=date(2026, 11, 26), kinds=("theme_day",), theme="学习", starts=time(15))
    span = span_of(Period.QUARTER, DAY)
    plan = create_plan(organization=world.branch, span=span, items=[draft], actor=world.secretary, now=NOW)
    submit_plan(plan=plan, actor=world.secretary, now=NOW)
    plan.refresh_from_db()
    approve_plan(plan=plan, actor=world.reviewer, now=NOW)
    meeting = Meeting.objects.get(day=draft.day)
    shown = text_of(page(sign_in(client, world.secretary), meeting))
    assert "来自已批准的计划第 1 项" in shown
    assert reverse("plan_detail", args=[plan.pk]) in shown


def test_a_coming_meeting_of_the_branch_is_open_to_its_members(client: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    assert page(sign_in(client, world.member), meeting).status_code == 200
    group = put_on_calendar(world, kinds=("group",), group=world.groups[0])
    assert page(client, group).status_code == 404, "of the other group"


def test_the_early_record_is_told_when(client: Client, world: World) -> None:
    from datetime import date

    meeting = put_on_calendar(world, day=date(2026, 12, 3))
    sign_in(client, world.secretary)
    with at():
        assert "2026年12月3日" in text_of(client.get(reverse("meeting_record", args=[meeting.pk])))
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SCHEDULED


@pytest.mark.parametrize("more", [1, 30])
def test_the_number_of_queries_does_not_depend_on_the_people(
    client: Client, world: World, django_assert_max_num_queries, more: int
) -> None:
    for number in range(more):
        make_member(f"张{chr(0x4E00 + number)}", world.branch)
    meeting = returned(world)
    write_down(world, meeting)
    sign_in(client, world.reviewer)
    Limits.read()  # remembered for a minute
    with django_assert_max_num_queries(MOST_QUERIES):
        page(client, meeting)
