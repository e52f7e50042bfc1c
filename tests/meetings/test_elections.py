"""Elections in whole numbers, against fractions and against a plainer way of seating; names by strokes."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.models import Candidate
from meetings.models.resolution import stroke_key
from meetings.strokes import SURNAMES, UNKNOWN, surname_strokes
from meetings.votes import ELECTION, candidates_needed, enough_candidates, judge_election

MOST = 60


def test_one_seat_exhaustively() -> None:
    for expected in range(1, MOST + 1):
        for present in range(expected + 1):
            for yes in range(present + 1):
                result = judge_election(ELECTION, expected=expected, present=present, seats=1, votes=[yes])
                valid = Fraction(present, expected) >= Fraction(4, 5)
                won = valid and present > 0 and Fraction(yes, present) > Fraction(1, 2)
                assert (result.valid, result.filled) == (valid, won), (expected, present, yes)


def plainly(votes: list[int], seats: int, needed: int) -> set[int]:
    """Whoever has enough votes and fewer than ``seats`` others with as many or more."""
    able = [place for place, yes in enumerate(votes) if yes >= needed]
    return {
        place
        for place in able
        if sum(votes[other] >= votes[place] for other in able if other != place) < seats
    }


def test_seats_exhaustively_for_a_small_branch() -> None:
    for present, seats in product((4, 5), (1, 2, 3)):
        for votes in product(range(present + 1), repeat=4):
            if sum(votes) > present * seats:
                continue
            result = judge_election(ELECTION, expected=5, present=present, seats=seats, votes=votes)
            expected = plainly(list(votes), seats, result.needed_yes)
            assert set(result.elected) == expected, (present, seats, votes)
            assert result.filled == (len(expected) == seats)
            assert not set(result.tied) & set(result.elected)


@given(present=st.integers(0, 200), absent=st.integers(0, 60), seats=st.integers(1, 9), data=st.data())
def test_never_more_elected_than_seats_and_never_without_a_majority(present, absent, seats, data) -> None:
    votes = data.draw(
        st.lists(st.integers(0, present), max_size=12).filter(lambda v: sum(v) <= present * seats)
    )
    result = judge_election(ELECTION, expected=present + absent, present=present, seats=seats, votes=votes)
    assert len(result.elected) <= seats
    assert all(2 * votes[place] > present for place in result.elected)
    assert result.valid or not result.elected


def test_equal_votes_for_the_last_seat_leave_it_open() -> None:
    result = judge_election(ELECTION, expected=10, present=10, seats=2, votes=[8, 6, 0, 6])
    assert (result.elected, result.tied, result.filled) == ((0,), (1, 3), False)
    assert (
        result.sentence
        == "应选 2 人，当选 1 人；须得赞成票 6 票。 2 名候选人得票相等，须就票数相等的再次投票。"
    )


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"expected": 5, "present": 6, "seats": 1, "votes": [1]}, "多于"),
        ({"expected": 5, "present": 5, "seats": 1, "votes": [6]}, "多于"),
        ({"expected": 5, "present": 5, "seats": 1, "votes": [3, 3]}, "名额"),
        ({"expected": 5, "present": 5, "seats": 1, "votes": [-1]}, "负"),
    ],
)
def test_contradicting_numbers_are_refused_with_a_sentence(facts, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        judge_election(ELECTION, **facts)


def test_candidates_needed_is_the_smallest_number_that_is_enough() -> None:
    for seats in range(1, MOST + 1):
        needed = candidates_needed(seats)
        assert enough_candidates(candidates=needed, seats=seats)
        assert not enough_candidates(candidates=needed - 1, seats=seats)
        assert 5 * needed >= 6 * seats


# ---- by strokes of the surname ----


def test_names_stand_by_strokes_then_by_pinyin() -> None:
    names = ["瞿秋", "魏来", "张三", "李四", "王二", "丁一", "欧阳静", "𬭎某", "陈军"]
    ordered = sorted((Candidate(name=name) for name in names), key=stroke_key)
    assert [each.name for each in ordered] == [
        "丁一", "王二", "陈军", "李四", "张三", "欧阳静", "魏来", "瞿秋", "𬭎某",
    ]  # fmt: skip


def test_whoever_voters_wrote_in_comes_last() -> None:
    ordered = sorted((Candidate(name="丁一", written_in=True), Candidate(name="瞿秋")), key=stroke_key)
    assert [each.name for each in ordered] == ["瞿秋", "丁一"]


def test_every_surname_has_one_number() -> None:
    everybody = "".join(SURNAMES.values())
    assert len(everybody) == len(set(everybody)) > 400
    assert surname_strokes("王二") == 4
    assert (surname_strokes("鱻某"), surname_strokes("")) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(
    ("name", "strokes"),
    [
        ("邓", 4),
        ("苏", 7),
        ("陈", 7),
        ("郑", 8),
        ("范", 8),
        ("郭", 10),
        ("黄", 11),
        ("董", 12),
        ("蔡", 14),
        ("薛", 16),
        ("魏", 17),
    ],
)
def test_strokes_are_those_of_the_mainland(name: str, strokes: int) -> None:
    assert surname_strokes(name) == strokes
