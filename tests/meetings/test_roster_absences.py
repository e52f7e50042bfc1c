"""Months in a row without organizational life are told early, and nothing is concluded."""

from datetime import date

import pytest

from meetings.enums import MeetingState, Presence, StandingKind
from meetings.models import Attendance, Meeting, Member, Membership, Standing
from meetings.services.attendance import Deviation, freeze_attendance
from meetings.services.roster.absences import help_needed
from tests.held import hold
from tests.meetings.roster_changes import TODAY
from tests.world import World

pytestmark = pytest.mark.django_db


def meet(world: World, month: int, day: int = 10, year: int = 2026, **away: str) -> Meeting:
    """A theme day; ``away`` by the index of the member, such as m2="absent"."""
    meeting = hold(world.branch, "theme_day", date(year, month, day))
    deviations = {
        world.members[int(key[1:])].pk: Deviation(presence, "出差" if presence == Presence.EXCUSED else "")
        for key, presence in away.items()
    }
    freeze_attendance(meeting=meeting, deviations=deviations)
    return meeting


def told(world: World, as_of: date = TODAY) -> dict[str, int]:
    found = help_needed(organizations=[world.branch.pk, world.small_branch.pk], as_of=as_of)
    return {each.member.name: each.months for each in found}


def test_three_months_in_a_row(world: World) -> None:
    meet(world, 8, m2="absent")
    meet(world, 9, m2="absent")
    assert told(world) == {}
    meet(world, 10, m2="absent", m3="absent")
    assert told(world) == {"陈军": 3}
    meet(world, 11, m2="absent")
    assert told(world) == {"陈军": 4}
    found = help_needed(organizations=[world.branch.pk], as_of=TODAY)
    assert found[0].since == date(2026, 8, 1)


@pytest.mark.parametrize("presence", [Presence.PRESENT, Presence.LATE, Presence.EXCUSED])
def test_coming_once_or_saying_why_ends_the_row(world: World, presence: str) -> None:
    for month in (7, 8, 9, 10):
        meet(world, month, m2="absent", m3="absent")
    meet(world, 9, 20, m2=presence, m3="absent")
    assert told(world) == {"邹建娟": 4}


def test_catching_up_ends_it_too(world: World) -> None:
    for month in (8, 9, 10):
        meet(world, month, m2="absent")
    row = Attendance.objects.filter(member=world.members[2], day__month=10)
    row.update(caught_up_on=date(2026, 10, 30))
    assert told(world) == {}


def test_a_month_without_meetings_is_not_counted(world: World) -> None:
    for month in (6, 7, 8, 10):
        meet(world, month, m2="absent")
    assert told(world) == {}
    assert told(world, date(2026, 9, 5)) == {"陈军": 3}, "the present month may still be empty"
    assert told(world, date(2026, 10, 5)) == {}


def test_the_turn_of_the_year(world: World) -> None:
    for year, month in ((2025, 11), (2025, 12), (2026, 1)):
        meet(world, month, year=year, m2="absent")
    assert told(world, date(2026, 1, 31)) == {"陈军": 3}
    assert told(world, date(2026, 2, 28)) == {"陈军": 3}


def test_who_is_not_bound_to_come_is_left_alone(world: World) -> None:
    Standing.objects.create(member=world.members[2], kind=StandingKind.FRAIL, start_on=date(2026, 9, 1))
    for month in (7, 8, 9, 10):
        meet(world, month, m2="absent")
    assert told(world) == {}


def test_meetings_that_do_not_count(world: World) -> None:
    for month in (8, 9, 10):
        meeting = meet(world, month, m2="absent")
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HOLD_AGAIN)
    assert told(world) == {}


def test_who_is_in_another_branch_now_is_not_told_of(world: World) -> None:
    for month in (8, 9, 10):
        meet(world, month, m2="absent")
    chen: Member = world.members[2]
    Membership.objects.filter(member=chen).update(end_on=date(2026, 11, 1))
    Membership.objects.create(member=chen, organization=world.small_branch, start_on=date(2026, 11, 2))
    assert told(world) == {}


def test_two_queries_however_many(world: World, django_assert_num_queries) -> None:
    for month in (8, 9, 10):
        meet(world, month, m2="absent", m3="absent", m4="absent")
    with django_assert_num_queries(2):
        assert len(told(world)) == 3
