"""Catching up afterwards, and guests: noted, without touching presence, duty or quorum."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from branchlife.models import AuditEvent
from meetings.enums import MeetingState, Outcome, Presence
from meetings.models import Attendance, Meeting
from meetings.services.catch_up import note_catch_up
from meetings.services.guests import name_guests
from meetings.services.record import ChangedMeanwhile
from reviews.enums import Action
from reviews.services.records import submit_record
from reviews.services.workflow import perform
from tests.meetings.voting import held, put, voters, write
from tests.reviews.recording import DAY, NOW
from tests.world import World

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=2)


def row_of(meeting: Meeting, member) -> Attendance:
    return Attendance.objects.select_related("meeting__organization", "member").get(
        meeting=meeting, member=member
    )


def note(row: Attendance, actor, day: date | None = LATER, text: str = "阅读会议材料并交流") -> Attendance:
    return note_catch_up(attendance=row, caught_up_on=day, note=text, actor=actor, now=NOW)


def test_it_changes_neither_presence_nor_quorum(world: World) -> None:
    meeting = held(world, absent=1)
    resolution = put(world, meeting, votes=(7,))
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    row = note(row_of(meeting, voters(world)[7]), world.secretary)
    assert (row.presence, row.caught_up_on, row.catch_up_note) == (
        Presence.EXCUSED,
        LATER,
        "阅读会议材料并交流",
    )
    resolution.refresh_from_db()
    assert (resolution.expected, resolution.present, resolution.outcome) == (8, 7, Outcome.CARRIED)
    assert AuditEvent.objects.filter(action="attendance.catch_up").count() == 1


def test_and_it_can_be_taken_back(world: World) -> None:
    row = note(row_of(held(world, absent=1), voters(world)[7]), world.secretary)
    row = note(row, world.secretary, None)
    assert (row.caught_up_on, row.catch_up_note) == (None, "")


@pytest.mark.parametrize(
    ("day", "says"),
    [(DAY - timedelta(days=1), "不能早于会议日期"), (NOW.date() + timedelta(days=1), "还没有到")],
)
def test_after_the_meeting_and_not_in_the_future(world: World, day: date, says: str) -> None:
    row = row_of(held(world, absent=1), voters(world)[7])
    with pytest.raises(ValidationError, match=says):
        note(row, world.secretary, day)
    assert note(row, world.secretary, DAY).caught_up_on == DAY


def test_who_was_there_has_nothing_to_catch_up_on(world: World) -> None:
    with pytest.raises(ChangedMeanwhile):
        note(row_of(held(world, absent=1), voters(world)[0]), world.secretary)
    assert not Attendance.objects.filter(caught_up_on__isnull=False).exists()


def test_only_whoever_keeps_the_record(world: World) -> None:
    row = row_of(held(world, absent=1), voters(world)[7])
    for somebody in (world.member, world.reviewer, world.group_leader, world.small_secretary):
        with pytest.raises(PermissionDenied):
            note(row, somebody)
    assert note(row, world.secretary).caught_up_on


def test_not_once_it_is_archived(world: World) -> None:
    meeting = held(world, absent=1)
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.ARCHIVED)
    with pytest.raises(ChangedMeanwhile):
        note(row_of(meeting, voters(world)[7]), world.secretary)


def test_it_survives_a_corrected_record_unless_the_person_was_there(world: World) -> None:
    meeting = held(world, absent=2)
    away = voters(world)[6:8]
    for member in away:
        note(row_of(meeting, member), world.secretary)
    write(world, meeting, *away)
    assert row_of(meeting, away[0]).caught_up_on == LATER
    write(world, meeting, away[0])  # the other one was there after all
    assert [row_of(meeting, each).caught_up_on for each in away] == [LATER, None]
    write(world, meeting, away[0], day=DAY - timedelta(days=1))  # asks the roster of another day
    assert row_of(meeting, away[0]).caught_up_on == LATER


# ---- guests ----


def name(meeting: Meeting, names: list[str], actor) -> str:
    return name_guests(meeting=meeting, names=names, actor=actor, now=NOW).guests


def test_guests_have_neither_duty_nor_vote(world: World) -> None:
    meeting = held(world)
    assert (
        name(meeting, ["王某某 市直机关工委", "", "李某某", "李某某"], world.secretary)
        == "王某某 市直机关工委\n李某某"
    )
    assert put(world, meeting, votes=(8,)).expected == 8
    assert meeting.attendances.count() == 9


def test_who_is_expected_is_no_guest(world: World) -> None:
    meeting = held(world)
    with pytest.raises(ValidationError, match="属于应到会人员，不是列席：陈军"):
        name(meeting, ["陈军"], world.secretary)
    with pytest.raises(ValidationError, match="最多 60 人"):
        name(meeting, [f"来宾{n}" for n in range(61)], world.secretary)
    with pytest.raises(ValidationError, match="超过 100 个字"):
        name(meeting, ["长" * 101], world.secretary)


def test_guests_are_frozen_with_the_record(world: World) -> None:
    meeting = held(world)
    for somebody in (world.member, world.reviewer):
        with pytest.raises(PermissionDenied):
            name(meeting, ["王某某"], somebody)
    name(meeting, ["王某某"], world.secretary)
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        name(meeting, [], world.secretary)
    perform(meeting, Action.WITHDRAW, actor=world.secretary, now=NOW)
    assert name(meeting, [], world.secretary) == ""
