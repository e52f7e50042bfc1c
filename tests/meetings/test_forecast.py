"""The forecast names the same people as the attendance will, whatever stands in the roster."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.enums import ExclusionReason, ResolutionKind, StandingKind
from meetings.models import Meeting, Membership, Standing, VoteRule
from meetings.services.attendance import expected_at
from meetings.services.forecast import QuorumForecast, forecast_of, forecasts_of
from meetings.services.leave import ask_leave, decide_leave
from tests.meetings.voting import adopted, grow_to, on_calendar, put, voters
from tests.reviews.recording import NOW
from tests.world import World, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 27)
K = ResolutionKind


def leaves(world: World, meeting: Meeting, *indexes: int) -> None:
    for index in indexes:
        member = world.members[index]
        if member.user is None:
            member.user = make_user(f"m{index}")
            member.save()
        ask_leave(meeting=meeting, reason="出差", actor=member.user, now=NOW)


def read(meeting: Meeting) -> QuorumForecast | None:
    return forecast_of(Meeting.objects.select_related("organization").get(pk=meeting.pk))


def test_the_sentence_of_the_rule_book(world: World) -> None:
    grow_to(world, 23)
    meeting = on_calendar(world, day=DAY)
    leaves(world, meeting, *[index for index, m in enumerate(world.members) if m.full_member_on][:12])
    forecast = read(meeting)
    assert (forecast.expected, forecast.needed, forecast.likely, forecast.short) == (23, 12, 11, 1)
    assert forecast.line == "有表决权 23 人，需 12 人到会，预计 11 人：还差 1 人"


def test_refused_and_withdrawn_leave_is_none(world: World) -> None:
    meeting = on_calendar(world, day=DAY)
    leaves(world, meeting, 5)
    assert read(meeting).likely == 7
    decide_leave(leave=meeting.leaves.get(), grant=False, answer="请到会", actor=world.secretary, now=NOW)
    assert read(meeting).likely == 8
    assert read(meeting).line == "有表决权 8 人，需 4 人到会，预计 8 人：可以达到"


def test_leave_of_somebody_without_a_vote_changes_nothing(world: World) -> None:
    meeting = on_calendar(world, day=DAY)
    leaves(world, meeting, 8)  # probationary
    assert (read(meeting).expected, read(meeting).likely) == (8, 8)


def test_an_announced_admission_asks_for_more_than_half(world: World) -> None:
    meeting = on_calendar(world, day=DAY)
    assert (read(meeting).needed, read(meeting).kind, read(meeting).announced) == (4, K.GENERAL, False)
    put(world, meeting, K.ADMISSION)
    assert (read(meeting).needed, read(meeting).kind, read(meeting).announced) == (5, K.ADMISSION, True)
    put(world, meeting, K.ELECTION)
    assert (read(meeting).needed, read(meeting).kind) == (7, K.ELECTION)


def test_who_is_out_of_the_count_is_neither_expected_nor_on_leave(world: World) -> None:
    adopted(world, world.members[5])
    meeting = on_calendar(world, day=DAY)
    leaves(world, meeting, 5, 2)
    assert (read(meeting).expected, read(meeting).likely) == (7, 6)


def test_out_of_the_count_at_elections_only(world: World) -> None:
    adopted(world, world.members[5], ExclusionReason.RETIRED_AWAY)
    meeting = on_calendar(world, day=DAY)
    assert read(meeting).expected == 8
    put(world, meeting, K.ELECTION)
    assert (read(meeting).kind, read(meeting).expected, read(meeting).needed) == (K.ELECTION, 7, 6)


def test_the_committees_own_rule(world: World) -> None:
    VoteRule.objects.create(
        owner=world.branch, code="general", quorum_part=2, quorum_whole=3, confidence="local",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert read(on_calendar(world, day=DAY)).needed == 6


def test_a_committee_is_counted_by_its_size(world: World) -> None:
    """Of three, one suspended and one on leave: the third alone cannot decide."""
    meeting = on_calendar(world, ("committee",), DAY)
    assert (read(meeting).line, read(meeting).short) == ("委员 3 人，需 2 人到会，预计 3 人：可以达到", 0)
    Standing.objects.create(member=world.members[1], kind=StandingKind.DETAINED, start_on=DAY)
    assert (read(meeting).expected, read(meeting).likely, read(meeting).short) == (3, 2, 0)
    leaves(world, meeting, 2)
    assert read(meeting).line == "委员 3 人，需 2 人到会，预计 1 人：还差 1 人"


@pytest.mark.parametrize("kinds", [("theme_day",), ("lecture",)])
def test_nothing_where_nothing_is_decided(world: World, kinds: tuple[str, ...]) -> None:
    assert read(on_calendar(world, kinds, DAY)) is None


def test_nothing_once_it_is_written_down(world: World) -> None:
    meeting = on_calendar(world, day=DAY)
    Meeting.objects.filter(pk=meeting.pk).update(state="held", recorded_at=NOW)
    assert read(meeting) is None


@pytest.mark.parametrize(
    "kinds", [("general",), ("committee",), ("general", "committee"), ("theme_day", "general")]
)
def test_the_same_people_as_in_the_attendance(world: World, kinds: tuple[str, ...]) -> None:
    """A committee by its size, else those with a vote. Suspended, not full yet on the day, gone by then, come
    by then, full from the day on."""
    someone = voters(world)
    Standing.objects.create(member=someone[1], kind=StandingKind.DETAINED, start_on=DAY, end_on=DAY)
    Standing.objects.create(member=someone[2], kind=StandingKind.FRAIL, start_on=date(2026, 1, 1))
    Standing.objects.create(
        member=someone[3], kind=StandingKind.PROBATION_WITHIN_PARTY, start_on=DAY + timedelta(days=1)
    )
    someone[4].full_member_on = DAY
    someone[4].save()
    someone[5].full_member_on = DAY + timedelta(days=1)
    someone[5].save()
    Membership.objects.filter(member=someone[6]).update(end_on=DAY - timedelta(days=1))
    Membership.objects.filter(member=someone[7]).update(end_on=DAY)
    meeting = on_calendar(world, kinds, DAY)
    due = expected_at(organization=world.branch, group=None, kinds=list(kinds), day=DAY)
    with_a_vote = sum(person.has_vote for person in due)
    assert read(meeting).likely == with_a_vote > 0
    assert read(meeting).expected == (3 if kinds == ("committee",) else with_a_vote)


def test_two_queries_for_any_number_of_meetings(world: World) -> None:
    def cost() -> int:
        meetings = list(Meeting.objects.select_related("organization").prefetch_related("parts"))
        with CaptureQueriesContext(connection) as captured:
            found = forecasts_of(meetings)
        assert len(found) == len(meetings)
        return len(captured)

    on_calendar(world, day=DAY)
    assert cost() == 2
    for number in range(1, 3):
        leaves(world, on_calendar(world, day=DAY + timedelta(days=number)), 2, 5)
    assert cost() == 2
    assert forecasts_of([]) == {}
