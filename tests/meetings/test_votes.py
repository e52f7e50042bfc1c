"""Every boundary of every vote for up to 60 voters, against fractions that cannot round."""

import operator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from meetings import votes
from meetings.models import VoteRule
from meetings.services.vote_rules import preset_rules
from meetings.votes import ADMISSION, ELECTION, RESOLUTION, Rule, Share, Tally, judge

MOST = 60


HALF, FOUR_FIFTHS, TWO_THIRDS = Fraction(1, 2), Fraction(4, 5), Fraction(2, 3)
# Per kind: the share that must be there, the share in favour, of whom, and where it is written.
BY_LAW = {
    "general": (HALF, HALF, "expected", "Branch Regulations 2018 art. 11"),
    "committee": (HALF, HALF, "expected", "Branch Regulations 2018 art. 12, Organ Regulations 2019 art. 24"),
    "admission": (HALF, HALF, "expected", "Admission Rules 2026 art. 19, 20"),
    "turning_full": (HALF, HALF, "expected", "Admission Rules 2026 art. 32"),
    "election": (FOUR_FIFTHS, HALF, "present", "Election Regulations 2020, digest"),
    "exclusion": (HALF, HALF, "expected", "Central Organization Department, answers"),
    "democratic_life": (TWO_THIRDS, HALF, "expected", "Democratic-Life Provisions 2016, digest"),
}
QUORUM_STRICT = {"admission", "turning_full"}


@cache
def differences(rule: Rule, quorum: Fraction, majority: Fraction, base: str) -> list[tuple[int, int, int]]:
    """The first triples of expected, present and yes of at most 60 voters that ``judge`` sees otherwise than
    fractions do. A share is compared as a fraction of people; nothing is multiplied out."""
    enough, more = (operator.gt if rule.quorum.strict else operator.ge), (
        operator.gt if rule.majority.strict else operator.ge
    )  # fmt: skip
    reached = {
        whole: {part for part in range(whole + 1) if whole and more(Fraction(part, whole), majority)}
        for whole in range(MOST + 1)
    }
    wrong = []
    for e in range(1, MOST + 1):
        for p in range(e + 1):
            valid = enough(Fraction(p, e), quorum)
            winning = reached[e if base == "expected" else p]
            for y in range(p + 1):
                verdict = judge(rule, Tally(e, p, yes=y))
                if (verdict.valid, verdict.carried) != (valid, valid and y in winning):
                    wrong.append((e, p, y))
    return wrong[:5]


@pytest.mark.parametrize("majority_strict", [True, False], ids=["majority more than", "majority at least"])
@pytest.mark.parametrize("quorum_strict", [True, False], ids=["quorum more than", "quorum at least"])
@pytest.mark.parametrize("kind", BY_LAW, ids=lambda kind: f"{kind} [{BY_LAW[kind][3]}]")
def test_every_boundary_up_to_sixty_voters(kind: str, quorum_strict: bool, majority_strict: bool) -> None:
    """Every kind of vote as the rule book ships it, with either comparator in either place."""
    quorum, majority, base, _source = BY_LAW[kind]
    rule = VoteRule(**preset_rules()[kind])
    rule.quorum_strict, rule.majority_strict = quorum_strict, majority_strict
    assert differences(rule.rule, quorum, majority, base) == []


@pytest.mark.parametrize("kind", BY_LAW)
def test_the_comparators_as_shipped(kind: str) -> None:
    shipped = VoteRule(**preset_rules()[kind])
    assert shipped.quorum_strict is (kind in QUORUM_STRICT)
    assert shipped.majority_strict


def test_the_search_sees_a_wrong_comparator() -> None:
    """Positive control."""
    off_by_one = replace(RESOLUTION, quorum=Share(1, 2, strict=True))
    assert judge(off_by_one, Tally(2, 1)).valid is not judge(RESOLUTION, Tally(2, 1)).valid
    rounded = replace(ELECTION, quorum=Share(79, 100))
    assert differences(rounded, FOUR_FIFTHS, HALF, "present")
    of_expected = replace(ELECTION, of_present=False)
    assert differences(of_expected, FOUR_FIFTHS, HALF, "present")


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
