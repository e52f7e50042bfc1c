"""The same form sent twice is one vote; what differs in one word or number is another."""

import copy

import pytest

from meetings.enums import ResolutionKind
from meetings.models import Meeting
from meetings.services.resolutions import Standing, Votes
from tests.meetings.voting import ballot, held, put
from tests.world import World

pytestmark = pytest.mark.django_db
K = ResolutionKind
LIST = {"candidates": (Standing("丁一", Votes(5, 2)), Standing("丁二", Votes(3)))}


@pytest.fixture
def meeting(world: World) -> Meeting:
    return held(copy.deepcopy(world))


def test_the_same_form_sent_twice_is_one_vote(world: World, meeting: Meeting) -> None:
    first = put(world, meeting, votes=(8, 0, 0))
    assert put(world, meeting, votes=(8, 0, 0)) == first
    assert put(world, meeting, votes=(7, 1, 0)) != first, "voted on again with another result"
    election = put(world, meeting, K.ELECTION, candidates=ballot(丁一=8))
    assert put(world, meeting, K.ELECTION, candidates=ballot(丁一=8)) == election
    assert put(world, meeting, K.ELECTION, candidates=ballot(丁一=7)) != election


@pytest.mark.parametrize(
    "otherwise",
    [
        {"seats": 2},
        {"is_secret": False},
        {"candidates": (Standing("丁一", Votes(5, 3)), Standing("丁二", Votes(3)))},
        {"candidates": (Standing("丁一", Votes(5, 2, 1)), Standing("丁二", Votes(3)))},
        {"candidates": (Standing("丁一", Votes(5, 2)), Standing("丁二", Votes(3), written_in=True))},
    ],
    ids=["seats", "secret", "against", "abstentions", "written in"],
)
def test_one_other_number_is_another_vote(
    world: World, meeting: Meeting, otherwise: dict[str, object]
) -> None:
    first = put(world, meeting, K.ELECTION, **LIST)
    second = put(world, meeting, K.ELECTION, **(LIST | otherwise))
    assert second != first
    assert put(world, meeting, K.ELECTION, **LIST) == first
    assert put(world, meeting, K.ELECTION, **(LIST | otherwise)) == second


def test_an_announced_list_sent_twice_is_one_vote(world: World, meeting: Meeting) -> None:
    announced = {"candidates": (Standing("丁一"), Standing("丁二"))}
    first = put(world, meeting, K.ELECTION, **announced)
    assert put(world, meeting, K.ELECTION, **announced) == first
