"""Every boundary of every vote for up to 60 voters, against fractions that cannot round."""

from fractions import Fraction

import pytest

from meetings import votes
from meetings.votes import (
    ADMISSION,
    COMMITTEE_DECISION,
    DEMOCRATIC_LIFE,
    ELECTION,
    RESOLUTION,
    Share,
    Tally,
    judge,
)

MOST = 60


@pytest.mark.parametrize(
    ("rule", "quorum_reached"),
    [
        (RESOLUTION, lambda e, p: Fraction(p, e) >= Fraction(1, 2)),
        (COMMITTEE_DECISION, lambda e, p: Fraction(p, e) >= Fraction(1, 2)),
        (ADMISSION, lambda e, p: Fraction(p, e) > Fraction(1, 2)),
        (ELECTION, lambda e, p: Fraction(p, e) >= Fraction(4, 5)),
        (DEMOCRATIC_LIFE, lambda e, p: Fraction(p, e) >= Fraction(2, 3)),
    ],
    ids=["resolution", "committee", "admission", "election", "democratic life"],
)
def test_quorum_exhaustively(rule, quorum_reached) -> None:
    for e in range(1, MOST + 1):
        for p in range(e + 1):
            assert judge(rule, Tally(e, p)).valid is quorum_reached(e, p), (e, p)


def test_majority_is_of_the_expected_not_of_the_present() -> None:
    for e in range(1, MOST + 1):
        for p in range(e + 1):
            for y in range(p + 1):
                verdict = judge(RESOLUTION, Tally(e, p, yes=y))
                assert verdict.carried is (2 * p >= e and Fraction(y, e) > Fraction(1, 2)), (e, p, y)


def test_election_is_won_with_more_than_half_of_those_present() -> None:
    for e in range(1, MOST + 1):
        for p in range(e + 1):
            for y in range(p + 1):
                carried = judge(ELECTION, Tally(e, p, yes=y)).carried
                assert carried is (5 * p >= 4 * e and p > 0 and Fraction(y, p) > Fraction(1, 2)), (e, p, y)


def test_half_of_sixteen_is_enough_for_a_resolution_but_not_for_an_admission() -> None:
    assert judge(RESOLUTION, Tally(16, 8)).valid
    assert not judge(ADMISSION, Tally(16, 8)).valid


def test_written_opinions_count_as_votes_but_not_as_presence() -> None:
    assert judge(ADMISSION, Tally(16, 9, yes=10, written=1)).carried
    assert not judge(ADMISSION, Tally(16, 8, yes=10, written=2)).valid
    with pytest.raises(ValueError, match="书面意见"):
        judge(ELECTION, Tally(16, 13, yes=13, written=1))


@pytest.mark.parametrize(
    "share", [Share(1, 2), Share(1, 2, strict=True), Share(4, 5), Share(2, 3), Share(9, 10)]
)
def test_needed_is_the_smallest_that_reaches(share: Share) -> None:
    for whole in range(1, MOST + 1):
        needed = share.needed(whole)
        assert share.reached(needed, whole)
        assert not share.reached(needed - 1, whole)


@pytest.mark.parametrize(
    "numbers",
    [
        {"expected": 5, "present": 6},
        {"expected": 5, "present": 5, "yes": 6},
        {"expected": 5, "present": 4, "yes": 2, "no": 2, "abstain": 1},
        {"expected": 5, "present": 4, "written": 2},
        {"expected": 5, "present": -1},
    ],
)
def test_contradicting_numbers_are_refused_with_a_sentence(numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="。"):
        Tally(**numbers)


def test_forecast_names_how_many_are_missing() -> None:
    coming = votes.forecast(RESOLUTION, expected=23, on_leave=12)
    assert (coming.needed, coming.likely, coming.short) == (12, 11, 1)


def test_a_fifth_more_candidates_than_seats() -> None:
    assert votes.enough_candidates(candidates=6, seats=5)
    assert not votes.enough_candidates(candidates=5, seats=5)
    assert not votes.enough_candidates(candidates=3, seats=3)


def test_cap_of_excellent_grades_rounds_down() -> None:
    assert votes.excellent_cap(29) == 9


def test_sentence_says_why() -> None:
    assert judge(RESOLUTION, Tally(23, 11)).sentence == "无效：有表决权 23 人，至少须到会 12 人，实到 11 人。"


def test_a_vote_with_nobody_expected_is_not_valid() -> None:
    assert not judge(RESOLUTION, Tally(0, 0)).valid
