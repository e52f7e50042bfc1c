"""Written opinions: in time, from absent voters, for one person; they count as votes and not as presence."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from meetings.enums import Outcome, ResolutionKind
from meetings.models import Member, Resolution, WrittenOpinion
from meetings.services.opinions import hand_in_opinion, take_back_opinion
from meetings.services.record import ChangedMeanwhile
from meetings.services.resolutions import ResolutionDraft, Votes, change_resolution
from reviews.services.records import submit_record
from tests.meetings.voting import adopted, held, on_calendar, put, voters, write
from tests.reviews.recording import DAY, NOW
from tests.world import World

pytestmark = pytest.mark.django_db
K = ResolutionKind
BEFORE = DAY - timedelta(days=2)


def hand_in(world: World, resolution: Resolution, member: Member, day: date = BEFORE, actor=None):
    return hand_in_opinion(
        resolution=resolution, member=member, received_on=day, actor=actor or world.secretary, now=NOW
    )


def count(world: World, resolution: Resolution, *votes: int) -> Resolution:
    resolution.refresh_from_db()
    return change_resolution(
        resolution=resolution, version=resolution.version, actor=world.secretary, now=NOW,
        draft=ResolutionDraft("接收郝健", about="郝健", is_secret=True, votes=Votes(*votes)),
    )  # fmt: skip


def test_it_counts_as_a_vote_and_not_as_presence(world: World) -> None:
    meeting = on_calendar(world)
    resolution = put(world, meeting, K.ADMISSION)
    for member in voters(world)[5:8]:
        hand_in(world, resolution, member)
    write(world, meeting, *voters(world)[5:8])
    counted = count(world, resolution, 8, 0, 0)
    assert (counted.expected, counted.present, counted.written) == (8, 5, 3)
    assert counted.outcome == Outcome.CARRIED
    with pytest.raises(ValidationError, match="票数多于"):
        count(world, resolution, 9, 0, 0)


def test_written_opinions_make_no_quorum(world: World) -> None:
    meeting = on_calendar(world)
    resolution = put(world, meeting, K.ADMISSION)
    for member in voters(world)[4:8]:
        hand_in(world, resolution, member)
    write(world, meeting, *voters(world)[4:8])
    assert count(world, resolution, 8, 0, 0).outcome == Outcome.INVALID


def test_who_came_after_all_votes_there(world: World) -> None:
    meeting = on_calendar(world)
    resolution = put(world, meeting, K.ADMISSION)
    hand_in(world, resolution, voters(world)[7])
    write(world, meeting, voters(world)[6])
    assert (count(world, resolution, 7).written, resolution.opinions.count()) == (0, 1)


def test_who_is_out_of_the_count_has_no_written_vote_either(world: World) -> None:
    ill = voters(world)[7]
    adopted(world, ill)
    meeting = on_calendar(world)
    resolution = put(world, meeting, K.ADMISSION)
    hand_in(world, resolution, ill)
    write(world, meeting, ill)
    counted = count(world, resolution, 7)
    assert (counted.expected, counted.present, counted.written) == (7, 7, 0)


@pytest.mark.parametrize("kind", [K.GENERAL, K.ELECTION])
def test_other_votes_take_none(world: World, kind: K) -> None:
    resolution = put(world, on_calendar(world), kind)
    with pytest.raises(ValidationError, match="书面意见"):
        hand_in(world, resolution, voters(world)[7])
    assert not WrittenOpinion.objects.exists()


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (DAY + timedelta(days=1), "会议召开之前"),
        (NOW.date() + timedelta(days=1), "会议召开之前"),
    ],
)
def test_it_is_handed_in_before_the_meeting(world: World, day: date, says: str) -> None:
    resolution = put(world, on_calendar(world), K.ADMISSION)
    with pytest.raises(ValidationError, match=says):
        hand_in(world, resolution, voters(world)[7], day)
    assert hand_in(world, resolution, voters(world)[7], DAY).received_on == DAY


def test_it_cannot_have_been_handed_in_tomorrow(world: World) -> None:
    resolution = put(world, on_calendar(world, day=NOW.date() + timedelta(days=9)), K.ADMISSION)
    with pytest.raises(ValidationError, match="还没有到"):
        hand_in(world, resolution, voters(world)[7], NOW.date() + timedelta(days=1))
    hand_in(world, resolution, voters(world)[7], NOW.date())


def test_only_absent_voters_hand_one_in(world: World) -> None:
    meeting = held(world, absent=1)
    resolution = put(world, meeting, K.ADMISSION)
    for member in (
        world.members[8],
        world.small_members[1],
        voters(world)[3],
    ):  # probationary, elsewhere, there
        with pytest.raises(ValidationError, match="没有表决权，或者已经到会"):
            hand_in(world, resolution, member)
    hand_in(world, resolution, voters(world)[7])
    with pytest.raises(ValidationError, match="已提交过书面意见"):
        hand_in(world, resolution, voters(world)[7])


def test_only_while_the_record_is_open_and_by_whom_keeps_it(world: World) -> None:
    meeting = held(world, absent=1)
    resolution = put(world, meeting, K.ADMISSION, (7,))
    for somebody in (world.reviewer, world.member, world.small_secretary):
        with pytest.raises(PermissionDenied):
            hand_in(world, resolution, voters(world)[7], actor=somebody)
    opinion = hand_in(world, resolution, voters(world)[7])
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        take_back_opinion(opinion=opinion, actor=world.secretary, now=NOW)
    assert WrittenOpinion.objects.count() == 1


def test_one_entered_by_mistake_is_taken_back(world: World) -> None:
    meeting = held(world, absent=1)
    resolution = put(world, meeting, K.ADMISSION, (7,))
    opinion = hand_in(world, resolution, voters(world)[7])
    resolution.refresh_from_db()
    assert resolution.written == 1
    take_back_opinion(opinion=opinion, actor=world.secretary, now=NOW)
    resolution.refresh_from_db()
    assert resolution.written == 0


def test_a_vote_counted_with_an_opinion_keeps_it(world: World) -> None:
    """Taking it back would leave more votes than voters."""
    meeting = held(world, absent=1)
    resolution = put(world, meeting, K.ADMISSION)
    opinion = hand_in(world, resolution, voters(world)[7])
    count(world, resolution, 8)
    with pytest.raises(ValidationError, match="票数多于"):
        take_back_opinion(opinion=opinion, actor=world.secretary, now=NOW)
    assert WrittenOpinion.objects.count() == 1
