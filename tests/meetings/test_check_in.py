"""Checking in by code: when it works, for whom, and that the recorder's word counts."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from branchlife.models import AuditEvent
from meetings.enums import MeetingState, Presence, RecordSource
from meetings.models import Attendance, CheckIn, Meeting
from meetings.services.attendance import Deviation, people_of
from meetings.services.check_in import (
    NotOpen,
    check_in,
    code_word,
    is_code_word,
    offer_check_in,
    why_not_open,
    window_of,
)
from meetings.services.leave import ask_leave
from meetings.services.record import ChangedMeanwhile, reschedule_meeting
from tests.meetings.voting import write
from tests.reviews.recording import NOW, TODAY, put_on_calendar, write_down
from tests.world import World, make_user

pytestmark = pytest.mark.django_db


def clock(text: str, day: date = TODAY) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(text)))


@pytest.fixture
def meeting(world: World) -> Meeting:
    made = put_on_calendar(world, day=TODAY, starts=time(15), ends=time(16, 30))
    return offer_check_in(meeting=made, offered=True, actor=world.secretary, now=NOW)


def test_it_is_off_unless_its_keeper_turns_it_on(world: World) -> None:
    plain = put_on_calendar(world, day=TODAY)
    assert plain.self_check_in is False
    with pytest.raises(NotOpen, match="本次会议未启用扫码签到"):
        check_in(meeting=plain, actor=world.member, now=clock("14:55"))
    for stranger in (world.member, world.reviewer, world.administrator, world.small_secretary):
        with pytest.raises(PermissionDenied):
            offer_check_in(meeting=plain, offered=True, actor=stranger, now=NOW)
    offer_check_in(meeting=plain, offered=True, actor=world.secretary, now=NOW)
    offer_check_in(meeting=plain, offered=False, actor=world.secretary, now=NOW)
    told = AuditEvent.objects.filter(action="meeting.check_in").values_list("difference__offered", flat=True)
    assert list(told) == [True, False]


def test_a_meeting_without_a_time_has_no_window(world: World) -> None:
    untimed = put_on_calendar(world, day=TODAY, starts=None)
    with pytest.raises(NotOpen, match="请先填写会议开始时间"):
        offer_check_in(meeting=untimed, offered=True, actor=world.secretary, now=NOW)


@pytest.mark.parametrize(
    ("moment", "presence"),
    [("14:30", "present"), ("15:00", "present"), ("15:04", "present"), ("15:05", "late"), ("16:30", "late")],
)
def test_present_or_late_by_the_clock(world: World, meeting: Meeting, moment: str, presence: str) -> None:
    assert check_in(meeting=meeting, actor=world.member, now=clock(moment)).presence == presence


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("14:29", "2026年11月23日 14:30 开始签到"),
        ("16:31", "会议已结束，不能再签到"),
    ],
)
def test_outside_the_window_it_is_refused(world: World, meeting: Meeting, moment: str, sentence: str) -> None:
    with pytest.raises(NotOpen, match=sentence):
        check_in(meeting=meeting, actor=world.member, now=clock(moment))
    assert not CheckIn.objects.exists()


def test_the_day_after_and_without_an_end(world: World, meeting: Meeting) -> None:
    with pytest.raises(NotOpen):
        check_in(meeting=meeting, actor=world.member, now=clock("15:00", TODAY + timedelta(days=1)))
    Meeting.objects.filter(pk=meeting.pk).update(ends=None)
    meeting.refresh_from_db()
    assert timezone.localtime(window_of(meeting).closes).time() == time(17)


def test_the_word_of_the_code_lives_for_two_half_minutes(meeting: Meeting) -> None:
    shown = clock("14:40")
    word = code_word(meeting.pk, shown)
    assert is_code_word(word, meeting.pk, shown)
    assert is_code_word(word, meeting.pk, shown + timedelta(seconds=59))
    assert not is_code_word(word, meeting.pk, shown + timedelta(seconds=60))
    assert not is_code_word(word, meeting.pk, shown - timedelta(seconds=1))
    assert not is_code_word(word, meeting.pk + 1, shown)
    assert not is_code_word(word[:-1] + ("0" if word[-1] != "0" else "1"), meeting.pk, shown)
    assert not is_code_word("", meeting.pk, shown)


def test_another_key_makes_another_word(settings, meeting: Meeting) -> None:
    shown = clock("14:40")
    word = code_word(meeting.pk, shown)
    settings.SECRET_KEY = "another key altogether"
    assert not is_code_word(word, meeting.pk, shown)


def test_only_those_expected(world: World, meeting: Meeting) -> None:
    for stranger in (world.reviewer, world.administrator, world.small_secretary, world.outsider):
        with pytest.raises(PermissionDenied, match="不在本次会议应到会人员之列"):
            check_in(meeting=meeting, actor=stranger, now=clock("14:55"))
    board = put_on_calendar(world, day=TODAY, kinds=("committee",))
    offer_check_in(meeting=board, offered=True, actor=world.secretary, now=NOW)
    with pytest.raises(PermissionDenied):
        check_in(meeting=board, actor=world.member, now=clock("14:55"))
    assert check_in(meeting=board, actor=world.group_leader, now=clock("14:55"))


def test_twice_is_once(world: World, meeting: Meeting) -> None:
    first = check_in(meeting=meeting, actor=world.member, now=clock("14:55"))
    assert check_in(meeting=meeting, actor=world.member, now=clock("15:20")) == first
    assert CheckIn.objects.get().presence == Presence.PRESENT
    assert AuditEvent.objects.filter(action="attendance.check_in").count() == 1


def test_it_prepares_the_attendance_and_outweighs_leave(world: World, meeting: Meeting) -> None:
    ask_leave(meeting=meeting, reason="出差", actor=world.member, now=NOW)
    check_in(meeting=meeting, actor=world.member, now=clock("15:10"))
    people = people_of(meeting, kinds=meeting.kinds, day=TODAY)
    member = world.members[5].pk
    assert people.entered == {member: Deviation(Presence.LATE)}
    assert people.checked_in == {member: clock("15:10")}
    assert len(people.expected) == 9  # whoever did not scan is expected and present as ever


def test_the_source_is_the_member_where_the_recorder_agrees(world: World, meeting: Meeting) -> None:
    check_in(meeting=meeting, actor=world.member, now=clock("14:55"))
    write(world, meeting)
    rows = {row.member_id: row for row in Attendance.objects.filter(meeting=meeting)}
    assert rows[world.members[5].pk].source == RecordSource.SELF
    assert {row.source for pk, row in rows.items() if pk != world.members[5].pk} == {RecordSource.WEB}
    assert {row.presence for row in rows.values()} == {Presence.PRESENT}


def test_the_recorders_entry_wins(world: World, meeting: Meeting) -> None:
    check_in(meeting=meeting, actor=world.member, now=clock("14:55"))
    write_down(world, meeting, (world.members[5], "会前离开"), submit=False)
    row = Attendance.objects.get(meeting=meeting, member=world.members[5])
    assert (row.presence, row.reason, row.source) == ("excused", "会前离开", RecordSource.WEB)


def test_a_later_correction_is_the_recorders(world: World, meeting: Meeting) -> None:
    check_in(meeting=meeting, actor=world.member, now=clock("14:55"))
    write(world, meeting)
    write(world, meeting, world.members[5])
    row = Attendance.objects.get(meeting=meeting, member=world.members[5])
    assert (row.presence, row.source) == (Presence.EXCUSED, RecordSource.WEB)
    write(world, meeting)  # and back: it stays the recorder's word
    row.refresh_from_db()
    assert (row.presence, row.source) == (Presence.PRESENT, RecordSource.WEB)


def test_once_it_is_written_down_nobody_checks_in(world: World, meeting: Meeting) -> None:
    write(world, meeting)
    with pytest.raises(NotOpen, match="考勤已登记"):
        check_in(meeting=meeting, actor=world.member, now=clock("15:30"))
    with pytest.raises(ChangedMeanwhile):
        offer_check_in(meeting=meeting, offered=False, actor=world.secretary, now=NOW)


def test_a_meeting_that_moved_is_checked_in_to_anew(world: World, meeting: Meeting) -> None:
    check_in(meeting=meeting, actor=world.member, now=clock("14:55"))
    later = TODAY + timedelta(days=1)
    reschedule_meeting(
        meeting=meeting, version=meeting.version, day=later, starts=time(15), ends=time(16), place="",
        actor=world.secretary, now=NOW,
    )  # fmt: skip
    meeting.refresh_from_db()
    assert people_of(meeting, kinds=meeting.kinds, day=later).entered == {}
    assert list(CheckIn.objects.for_the_day()) == []
    assert check_in(meeting=meeting, actor=world.member, now=clock("14:55", later)).day == later


def test_who_checked_in_to_a_meeting_to_be_held_again_did_so_then(world: World, meeting: Meeting) -> None:
    check_in(meeting=meeting, actor=world.member, now=clock("14:55"))
    write(world, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HOLD_AGAIN)
    meeting.refresh_from_db()
    people = people_of(meeting, kinds=meeting.kinds, day=TODAY)
    assert (people.entered, people.checked_in) == ({}, {})


def test_somebody_without_a_hard_duty_is_counted_when_there(world: World, meeting: Meeting) -> None:
    frail = world.members[3]
    frail.user = make_user("zou", "邹建娟")
    frail.save()
    frail.standings.create(kind="frail", start_on=date(2026, 1, 1))
    check_in(meeting=meeting, actor=frail.user, now=clock("14:50"))
    assert people_of(meeting, kinds=meeting.kinds, day=TODAY).entered[frail.pk] == Deviation("present")


def test_open_means_no_sentence(meeting: Meeting) -> None:
    assert why_not_open(meeting, clock("15:00")) == ""
