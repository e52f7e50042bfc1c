"""Leave: asked before the meeting, answered by whoever keeps its record, prepared in the attendance."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from branchlife.models import AuditEvent, User
from meetings.enums import LeaveState, MeetingKind, Presence
from meetings.forms.record import RecordForm
from meetings.models import Leave, Meeting, Notice
from meetings.services.attendance import on_leave
from meetings.services.leave import TooLate, ask_leave, decide_leave, withdraw_leave
from meetings.services.record import ChangedMeanwhile, MeetingFacts, reschedule_meeting, schedule_meeting
from reviews.enums import Action
from reviews.services.workflow import perform
from tests.meetings.voting import on_calendar, write
from tests.reviews.recording import NOW
from tests.world import World, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 27)  # the Friday after NOW
ON_THE_DAY = datetime.combine(DAY, time(12), NOW.tzinfo)


@pytest.fixture
def meeting(world: World) -> Meeting:
    return on_calendar(world, day=DAY)


def ask(meeting: Meeting, actor: User, reason: str = "出差", now: datetime = NOW) -> Leave:
    return ask_leave(meeting=meeting, reason=reason, actor=actor, now=now)


def decide(leave: Leave, actor: User, *, grant: bool = True, answer: str = "") -> Leave:
    return decide_leave(leave=leave, grant=grant, answer=answer, actor=actor, now=NOW)


def in_group(world: World) -> Meeting:
    facts = MeetingFacts(kinds=(MeetingKind.GROUP,), theme="小组学习", day=DAY, starts=time(9))
    return schedule_meeting(
        organization=world.branch, group=world.groups[0], facts=facts, actor=world.secretary, now=NOW
    )


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


# ---- asking ----


def test_a_member_asks_and_the_secretary_is_told(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    assert (leave.member, leave.state, leave.day) == (world.members[5], LeaveState.ASKED, DAY)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.code, notice.url) == (
        world.secretary, "leave.asked", f"/meetings/{meeting.pk}/",
    )  # fmt: skip
    assert str(notice) == "黄峰浩申请对2026年11月27日的「十一月党员大会」请假。"
    assert "出差" not in str(notice.values)


def test_the_groups_leader_answers_for_the_group(world: World) -> None:
    colleague = make_user("chen", "陈军")
    world.members[2].user = colleague
    world.members[2].save()
    leave = ask(in_group(world), colleague)
    assert [each.recipient for each in Notice.objects.all()] == [world.group_leader]
    assert decide(leave, world.group_leader).state == LeaveState.GRANTED


def test_where_the_leader_asks_the_secretary_answers(world: World) -> None:
    leave = ask(in_group(world), world.group_leader)
    with pytest.raises(PermissionDenied):
        decide(leave, fresh(world.group_leader))
    assert decide(leave, world.secretary).decided_by == world.secretary


def test_nobody_answers_about_the_own_leave(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.secretary)
    assert not Notice.objects.exists()
    with pytest.raises(PermissionDenied):
        decide(leave, world.secretary)


def test_only_those_who_belong_there_ask(world: World, meeting: Meeting) -> None:
    for somebody in (world.reviewer, world.small_secretary, world.outsider, world.other_secretary):
        with pytest.raises(PermissionDenied):
            ask(meeting, somebody)
    with pytest.raises(PermissionDenied):  # of the second group
        ask(in_group(world), world.member)
    with pytest.raises(ValidationError, match="不在本次会议应到会人员之列"):  # holds no post
        ask(on_calendar(world, ["committee"], DAY), world.member)
    assert not Leave.objects.exists()


def test_asked_once_and_again_after_an_answer(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    with pytest.raises(ValidationError, match="已为本次会议请过假"):
        ask(meeting, world.member)
    decide(leave, world.secretary, grant=False, answer="当天有重要表决")
    assert ask(meeting, world.member, "住院").state == LeaveState.ASKED


def test_a_reason_is_given(world: World, meeting: Meeting) -> None:
    with pytest.raises(ValidationError):
        ask(meeting, world.member, "")


@pytest.mark.parametrize(
    ("now", "fine"),
    [
        (datetime(2026, 11, 27, 6, 59, tzinfo=NOW.tzinfo), True),  # 14:59 in Shanghai
        (datetime(2026, 11, 27, 7, 0, tzinfo=NOW.tzinfo), False),  # it begins at 15:00
        (datetime(2026, 11, 28, 1, 0, tzinfo=NOW.tzinfo), False),
    ],
)
def test_until_the_meeting_begins(world: World, meeting: Meeting, now: datetime, fine: bool) -> None:
    if fine:
        assert ask(meeting, world.member, now=now).is_open
        return
    with pytest.raises(TooLate):
        ask(meeting, world.member, now=now)


def test_not_for_a_meeting_that_is_off(world: World, meeting: Meeting) -> None:
    perform(meeting, Action.CANCEL, actor=world.secretary, comment="延期", now=NOW)
    with pytest.raises(TooLate):
        ask(meeting, world.member)


# ---- the answer ----


def test_the_member_is_told_the_answer_without_the_reason(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    decide(leave, world.secretary, grant=False, answer="当天有重要表决，请设法到会")
    notice = Notice.objects.get(recipient=world.member)
    assert str(notice) == "您对2026年11月27日「十一月党员大会」的请假未获准。"
    assert Notice.objects.get(recipient=world.secretary).settled_at == NOW
    leave.refresh_from_db()
    assert (leave.state, leave.answer) == (LeaveState.REFUSED, "当天有重要表决，请设法到会")


def test_one_answer_leaves_the_other_requests_waiting(world: World, meeting: Meeting) -> None:
    mine, other = ask(meeting, world.member), ask(meeting, world.group_leader)
    decide(mine, world.secretary)
    waiting = Notice.objects.current().filter(code="leave.asked")
    assert [each.values["leave"] for each in waiting] == [other.pk]


def test_a_refusal_says_why(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    with pytest.raises(ValidationError, match="不准假须说明理由"):
        decide(leave, world.secretary, grant=False, answer="  ")
    leave.refresh_from_db()
    assert leave.state == LeaveState.ASKED


def test_only_whoever_keeps_the_record_answers(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    for somebody in (
        world.member,
        world.group_leader,
        world.reviewer,
        world.administrator,
        world.small_secretary,
    ):
        with pytest.raises(PermissionDenied):
            decide(leave, somebody)
    assert decide(leave, world.secretary).state == LeaveState.GRANTED


def test_the_second_answer_comes_too_late(world: World, meeting: Meeting) -> None:
    """Compare and set: two who read it before anybody answered; the second changes nothing."""
    leave = ask(meeting, world.member)
    seen = Leave.objects.get(pk=leave.pk)
    decide(leave, world.secretary)
    with pytest.raises(ChangedMeanwhile):
        decide(seen, world.secretary, grant=False, answer="不行")
    seen.refresh_from_db()
    assert (seen.state, seen.answer) == (LeaveState.GRANTED, "")
    assert Notice.objects.filter(recipient=world.member).count() == 1


def test_an_answer_after_the_record_comes_too_late(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    Meeting.objects.filter(pk=meeting.pk).update(state="held", recorded_at=NOW)
    with pytest.raises(ChangedMeanwhile):
        decide(leave, world.secretary)


def test_one_can_come_after_all(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    decide(leave, world.secretary)
    with pytest.raises(PermissionDenied):
        withdraw_leave(leave=leave, actor=world.group_leader, now=NOW)
    assert withdraw_leave(leave=leave, actor=world.member, now=NOW).state == LeaveState.WITHDRAWN
    assert on_leave(meeting, DAY) == {}
    with pytest.raises(ChangedMeanwhile):
        withdraw_leave(leave=leave, actor=world.member, now=NOW)


# ---- in the attendance ----


def presence(form: RecordForm, name: str) -> tuple[str, str]:
    card = next(each for each in form.cards if each.person.member.name == name)
    return card.line.presence, card.line.reason


@pytest.mark.parametrize("answer", ["", "grant"])
def test_it_stands_in_the_prepared_record(world: World, meeting: Meeting, answer: str) -> None:
    leave = ask(meeting, world.member)
    if answer:
        decide(leave, world.secretary)
    form = RecordForm(meeting=meeting)
    assert presence(form, "黄峰浩") == (Presence.EXCUSED, "出差")
    assert presence(form, "沈玉芳") == (Presence.PRESENT, "")


def test_what_was_refused_does_not(world: World, meeting: Meeting) -> None:
    decide(ask(meeting, world.member), world.secretary, grant=False, answer="请到会")
    assert presence(RecordForm(meeting=meeting), "黄峰浩") == (Presence.PRESENT, "")


def test_what_the_recorder_enters_wins(world: World) -> None:
    meeting = on_calendar(world, day=NOW.date())
    ask(meeting, world.member, now=NOW)
    write(world, meeting, world.members[2])
    found = {row.member.name: row.presence for row in meeting.attendances.select_related("member")}
    assert (found["黄峰浩"], found["陈军"]) == (Presence.PRESENT, Presence.EXCUSED)
    assert presence(RecordForm(meeting=Meeting.objects.get()), "黄峰浩") == (Presence.PRESENT, "")


def test_a_meeting_that_moves_is_asked_about_anew(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member)
    reschedule_meeting(
        meeting=meeting, version=meeting.version, day=DAY + timedelta(days=3), starts=time(15), ends=None,
        place="三楼会议室", actor=world.secretary, now=NOW,
    )  # fmt: skip
    leave.refresh_from_db()
    assert leave.is_lapsed
    assert presence(RecordForm(meeting=meeting), "黄峰浩") == (Presence.PRESENT, "")
    assert not ask(meeting, world.member).is_lapsed


def test_every_step_is_in_the_audit_trail(world: World, meeting: Meeting) -> None:
    leave = ask(meeting, world.member, "家中有人病重")
    decide(leave, world.secretary)
    withdraw_leave(leave=leave, actor=world.member, now=NOW)
    events = AuditEvent.objects.filter(action__startswith="leave.").order_by("pk")
    assert [each.action for each in events] == ["leave.ask", "leave.grant", "leave.withdraw"]
    assert not any("病重" in str(each.difference) for each in events)
