"""What a reviewer may want to ask about a record: each fact raises its question, and its absence none."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from branchlife.models import User
from meetings.models import Attendance, Meeting, Member
from meetings.services.rulebook.limits import Limits
from reviews.compliance.questions import Question, questions_about
from reviews.services.plans import approve_plan
from tests.held import hold
from tests.reviews.minutes import synthetic_minutes
from tests.reviews.pages import MOST_QUERIES, html_of, queries, words
from tests.reviews.planning import NOW, TODAY, draft, make_plan
from tests.reviews.recording import DAY, EVENING, at, put_on_calendar, submitted, write_down
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def ask(meeting: Meeting, user: User) -> dict[str, Question]:
    meeting = Meeting.objects.select_related("organization").get(pk=meeting.pk)
    rows = list(meeting.attendances.select_related("member"))
    return {question.code: question for question in questions_about(meeting, rows, user)}


def elsewhere(world: World, member: Member, day: date = DAY, **facts: Any) -> Meeting:
    """Another meeting of the small branch at which this member is entered as present."""
    meeting = hold(world.small_branch, "general", day)
    Meeting.objects.filter(pk=meeting.pk).update(recorded_by=world.small_secretary, **facts)
    Attendance.objects.create(
        meeting=meeting,
        member=member,
        organization=world.small_branch,
        day=day,
        hard_bound=True,
        has_vote=True,
    )
    return meeting


def test_an_ordinary_record_raises_none(world: World) -> None:
    assert ask(submitted(world), world.reviewer) == {}


def test_a_record_not_written_raises_none(world: World) -> None:
    assert questions_about(put_on_calendar(world), [], world.reviewer) == []


@pytest.mark.parametrize(
    ("starts", "ends", "asked"),
    [
        (time(15, 30), time(17), True),
        (time(14), time(15), False),  # over when this one begins
        (time(14, 30), None, True),  # without an end an hour is assumed
        (None, None, False),
    ],
)
def test_the_same_person_in_two_places(
    world: World, starts: time | None, ends: time | None, asked: bool
) -> None:
    other = elsewhere(world, world.members[3], starts=starts, ends=ends)
    found = ask(submitted(world), world.reviewer)
    assert ("two_places" in found) is asked
    if asked:
        assert found["two_places"].meetings == [other]
        assert found["two_places"].sentence.startswith("1 人")
        assert found["two_places"].sentence.endswith("？")


def test_who_stayed_away_here_was_not_in_two_places(world: World) -> None:
    elsewhere(world, world.members[3], starts=time(15))
    assert "two_places" not in ask(submitted(world, (world.members[3], "出差")), world.reviewer)


def test_a_cancelled_meeting_is_no_place(world: World) -> None:
    elsewhere(world, world.members[3], starts=time(15), state="cancelled")
    assert "two_places" not in ask(submitted(world), world.reviewer)


def test_the_chair_entered_as_absent(world: World) -> None:
    meeting = submitted(world)
    meeting.attendances.filter(member=world.members[0]).update(presence="excused", reason="病假")
    question = ask(meeting, world.reviewer)["keeper_absent"]
    assert question.sentence == "沈玉芳既是主持人，又登记为“请假”，当时由谁主持或记录？"


@pytest.mark.parametrize(("days", "asked"), [(0, False), (1, True)])
def test_held_before_its_plan_was_approved(world: World, days: int, asked: bool) -> None:
    """The day of the approval itself is in time."""
    plan = make_plan(world, "submitted", items=(draft(day=TODAY, theme="早于批准"),))
    moment = EVENING + timedelta(days=days)
    with at(moment):
        approve_plan(plan=plan, actor=world.reviewer, now=moment)
        meeting = write_down(world, plan.items.get().meeting, now=moment)
        assert ("before_approval" in ask(meeting, world.reviewer)) is asked


def test_a_late_entry_names_the_limit(world: World) -> None:
    meeting = submitted(world)
    Meeting.objects.filter(pk=meeting.pk).update(recorded_at=NOW + timedelta(days=9))
    sentence = ask(meeting, world.reviewer)["late"].sentence
    assert "12 天" in sentence
    assert "会后 3 个工作日内" in sentence


def test_several_written_at_one_sitting(world: World) -> None:
    meeting = submitted(world)
    late = NOW + timedelta(days=9)
    for number in range(2):
        other = hold(world.branch, "committee", TODAY - timedelta(days=20 * number + 5))
        Meeting.objects.filter(pk=other.pk).update(
            recorded_by=world.secretary, recorded_at=late + timedelta(minutes=20 * number)
        )
    Meeting.objects.filter(pk=meeting.pk).update(recorded_at=late)
    question = ask(meeting, world.reviewer)["burst"]
    assert "3 份" in question.sentence
    assert len(question.meetings) == 2
    Meeting.objects.filter(organization=world.branch).exclude(pk=meeting.pk).update(
        recorded_at=late + timedelta(hours=2)
    )
    assert "burst" not in ask(meeting, world.reviewer)


def copy_of(world: World, branch: Any) -> tuple[Meeting, Meeting]:
    (text,) = synthetic_minutes(1, 0)[0]
    meeting = write_down(world, put_on_calendar(world, day=DAY - timedelta(days=1)), content=text)
    Meeting.objects.filter(pk=meeting.pk).update(organization=branch)
    return meeting, write_down(world, put_on_calendar(world), content=text)


def test_a_text_like_another_is_named_on_both(world: World) -> None:
    earlier, later = copy_of(world, world.branch)
    for one, other in ((later, earlier), (earlier, later)):
        question = ask(one, world.reviewer)["alike"]
        assert question.meetings == [other]
        assert question.sentence.startswith("正文与")
        assert "100%" in question.sentence


def test_a_record_outside_the_reviewers_scope_is_not_named(world: World) -> None:
    """Somebody who reviews this branch alone learns nothing of the other one."""
    _earlier, later = copy_of(world, world.small_branch)
    elsewhere(world, world.members[3], starts=time(15))
    assert {"alike", "two_places"} <= ask(later, world.reviewer).keys()
    world.reviewer.appointments.update(organization=world.branch)
    narrow = User.objects.get(pk=world.reviewer.pk)
    assert ask(later, narrow) == {}


def test_the_reviewer_reads_the_questions_where_the_record_is_decided(world: World) -> None:
    other = elsewhere(world, world.members[3], starts=time(15))
    meeting = submitted(world)
    html = html_of(world.reviewer, f"/meetings/{meeting.pk}/")
    assert "待了解的问题" in words(html)
    assert f"/meetings/{other.pk}/" in html
    for user in (world.secretary, world.member, world.administrator):
        assert "待了解的问题" not in html_of(user, f"/meetings/{meeting.pk}/")


def test_many_reasons_cost_no_more_than_one(world: World) -> None:
    meeting = submitted(world)
    path = f"/meetings/{meeting.pk}/"
    for number in range(3):
        elsewhere(world, world.members[number], starts=time(15))
        Limits.read()
        if number == 0:
            first = queries(world.reviewer, path)
    assert queries(world.reviewer, path) == first <= MOST_QUERIES


def test_days_are_those_of_the_branch(world: World) -> None:
    """Written at half past midnight of the fourth day: the day in Shanghai counts."""
    meeting = submitted(world)
    at_night = timezone.make_aware(datetime.combine(DAY + timedelta(days=5), time(0, 30)))
    Meeting.objects.filter(pk=meeting.pk).update(recorded_at=at_night)
    assert "late" not in ask(meeting, world.reviewer)  # Friday, three working days: Wednesday
    Meeting.objects.filter(pk=meeting.pk).update(recorded_at=at_night + timedelta(days=1))
    assert "late" in ask(meeting, world.reviewer)
