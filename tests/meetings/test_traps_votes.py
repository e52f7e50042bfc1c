"""Every trap of the votes, as the shipped rules judge it. Each row names its source: E expected voters, P present,
Y in favour, W written opinions."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from meetings import votes
from meetings.enums import LEFT_OUT, LEFT_OUT_AT_ELECTIONS, Outcome, PostTitle, ResolutionKind, StandingKind
from meetings.models import Post, Standing, VoteRule
from meetings.services.verdicts import verdict_of
from meetings.services.vote_rules import preset_rules
from meetings.votes import Tally, judge
from tests.meetings.traps import (
    ADMISSION,
    ANSWERS,
    BRANCH,
    DEMOCRATIC_LIFE,
    DIGEST,
    ELECTION,
    LOCAL,
    ORGAN,
    Table,
    row,
)
from tests.meetings.voting import approved, ballot, grow_to, held, on_calendar, put, voters, write
from tests.world import World

K = ResolutionKind
TABLE = Table()
trap = TABLE.trap


@pytest.mark.parametrize("holds", TABLE.rows)
def test_trap(world: World, holds) -> None:
    holds(world)


B11, B12 = f"{BRANCH} art. 11", f"{BRANCH} art. 12"
A19, A20, A32 = f"{ADMISSION} art. 19", f"{ADMISSION} art. 20", f"{ADMISSION} art. 32"
# Kind, E, P, Y, W, valid, carried.
JUDGED = [
    row(K.GENERAL, 16, 8, 9, 0, None, None, what="more votes than voters", source=B11),
    row(K.GENERAL, 16, 8, 8, 0, True, False, what="exactly half meet and do not decide", source=B11),
    row(K.ADMISSION, 16, 8, 8, 0, False, False, what="E 16, P 8 is no admission", source=A19),
    row(K.TURNING_FULL, 16, 8, 8, 0, False, False, what="E 16, P 8 turns nobody full", source=A32),
    row(K.ADMISSION, 16, 9, 9, 0, True, True, what="E 16, P 9, Y 9 admits", source=A19),
    row(K.GENERAL, 15, 7, 7, 0, False, False, what="less than half of an odd number", source=B11),
    row(K.GENERAL, 15, 8, 8, 0, True, True, what="just more than half of an odd number", source=B11),
    row(K.GENERAL, 20, 12, 10, 0, True, False, what="a majority of the present only", source=B11),
    row(K.GENERAL, 20, 12, 11, 0, True, True, what="more than half of the expected", source=B11),
    row(K.ADMISSION, 16, 9, 10, 1, True, True, what="a written opinion counts as a vote", source=A20),
    row(K.ADMISSION, 16, 8, 10, 2, False, False, what="written opinions make no quorum", source=A20),
    row(K.ELECTION, 16, 13, 13, 1, None, None, what="no written vote", source=f"{ELECTION} art. 24"),
    row(K.GENERAL, 16, 13, 13, 1, None, None, what="no written vote for resolutions", source=B11),
    row(K.COMMITTEE, 5, 3, 3, 0, True, True, what="three of five", source=f"{B12}, {ORGAN} art. 24"),
    row(K.COMMITTEE, 5, 2, 2, 0, False, False, what="two of five", source=B12),
    row(K.COMMITTEE, 4, 2, 2, 0, True, False, what="two of four meet and do not decide", source=B12),
    row(K.ELECTION, 20, 16, 9, 0, True, True, what="four fifths, more than half of the present", source=DIGEST),
    row(K.ELECTION, 20, 16, 8, 0, True, False, what="half of the present elects nobody", source=DIGEST),
    row(K.ELECTION, 20, 15, 15, 0, False, False, what="less than four fifths", source=DIGEST),
    row(K.ELECTION, 16, 13, 7, 0, True, True, what="13 of 16 are four fifths", source=DIGEST),
    row(K.DEMOCRATIC_LIFE, 9, 6, 5, 0, True, True, what="six of nine", source=f"{DEMOCRATIC_LIFE}, digest"),
    row(K.DEMOCRATIC_LIFE, 10, 6, 6, 0, False, False, what="six of ten", source=f"{DEMOCRATIC_LIFE}, digest"),
    row(K.DEMOCRATIC_LIFE, 10, 7, 6, 0, True, True, what="seven of ten", source=f"{DEMOCRATIC_LIFE}, digest"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "expected", "present", "yes", "written", "valid", "carried"), JUDGED)
def test_judged_by_the_shipped_rule(
    kind: K, expected: int, present: int, yes: int, written: int, valid: bool | None, carried: bool | None
) -> None:
    rule = VoteRule(**preset_rules()[kind]).rule
    if valid is None:
        with pytest.raises(ValueError, match="。"):
            judge(rule, Tally(expected, present, yes=yes, written=written))
        return
    verdict = judge(rule, Tally(expected, present, yes=yes, written=written))
    assert (verdict.valid, verdict.carried) == (valid, carried)
    assert verdict.sentence.startswith("无效" if not valid else "通过" if carried else "未通过")


@pytest.mark.parametrize(
    ("candidates", "seats", "enough"),
    [
        row(6, 5, True, what="six for five", source=f"{ELECTION} art. 13"),
        row(5, 5, False, what="five for five", source=f"{ELECTION} art. 13"),
        row(4, 3, True, what="four for three", source=f"{ELECTION} art. 13"),
        row(7, 6, False, what="seven for six", source=f"{ELECTION} art. 13"),
        row(8, 6, True, what="eight for six", source=f"{ELECTION} art. 13"),
        row(1, 1, False, what="one for one", source=f"{ELECTION} art. 13"),
    ],
)
def test_a_fifth_more_candidates_than_seats(candidates: int, seats: int, enough: bool) -> None:
    assert votes.enough_candidates(candidates=candidates, seats=seats) is enough


@trap(f"{BRANCH} art. 11, comparator {LOCAL}")
def a_committee_may_ask_for_more_than_half_to_be_there(world: World) -> None:
    VoteRule.objects.create(
        owner=world.committee, code=K.GENERAL, quorum_part=1, quorum_whole=2, quorum_strict=True,
        confidence="local", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert put(world, held(world, absent=4), votes=(4, 0, 0)).outcome == Outcome.INVALID


@trap(f"{BRANCH} art. 11 and {ADMISSION} art. 19")
def of_sixteen_eight_decide_and_do_not_admit(world: World) -> None:
    grow_to(world, 16)
    meeting = held(world, absent=8)
    resolution = put(world, meeting, votes=(8, 0, 0))
    admission = put(world, meeting, K.ADMISSION, votes=(8, 0, 0))
    assert (resolution.expected, resolution.present) == (admission.expected, admission.present) == (16, 8)
    assert (resolution.outcome, admission.outcome) == (Outcome.LOST, Outcome.INVALID)


@trap(B12)
def a_committee_does_not_shrink_with_its_suspended_members(world: World) -> None:
    """Of five, two are detained and one is on leave: two are not half of them, three would be."""
    for member, title in zip(world.members[3:5], (PostTitle.DISCIPLINE, PostTitle.MEMBER), strict=True):
        Post.objects.create(member=member, organization=world.branch, title=title, start_on=date(2020, 1, 1))
        Standing.objects.create(
            member=member, kind=StandingKind.DETAINED, start_on=date(2026, 1, 1), reason="决定"
        )
    two = put(
        world, write(world, on_calendar(world, ("committee",)), world.members[2]), K.COMMITTEE, (2, 0, 0)
    )
    assert (two.expected, two.present, two.needed_present, two.outcome) == (5, 2, 3, Outcome.INVALID)
    assert verdict_of(two).sentence == "无效：委员 5 人，至少须有 3 名有表决权的委员到会，实到 2 人。"
    three = put(world, held(world, kinds=("committee",)), K.COMMITTEE, (3, 0, 0))
    assert (three.expected, three.present, three.outcome) == (5, 3, Outcome.CARRIED)


@trap(B12)
def who_sits_on_the_committee_without_a_vote_casts_none(world: World) -> None:
    """Expected and there, but neither among the voters present nor among the votes."""
    Standing.objects.create(
        member=world.members[2],
        kind=StandingKind.PROBATION_WITHIN_PARTY,
        start_on=date(2026, 1, 1),
        reason="决定",
    )
    meeting = held(world, kinds=("committee",))
    with pytest.raises(ValidationError, match="票数多于"):
        put(world, meeting, K.COMMITTEE, (3, 0, 0))
    resolution = put(world, meeting, K.COMMITTEE, (2, 0, 0))
    assert (resolution.expected, resolution.present, resolution.outcome) == (3, 2, Outcome.CARRIED)


@trap(f"{ELECTION} art. 5")
def probation_within_the_party_is_outside_the_count_anyway(world: World) -> None:
    Standing.objects.create(
        member=voters(world)[3],
        kind=StandingKind.PROBATION_WITHIN_PARTY,
        start_on=date(2026, 1, 1),
        reason="决定",
    )
    assert put(world, held(world), votes=(5, 2, 0)).expected == 7


@trap(ANSWERS)
def approved_and_not_adopted_still_counts(world: World) -> None:
    ill = voters(world)[-1]
    approved(world, ill)
    assert put(world, write(world, on_calendar(world), ill), votes=(5, 2, 0)).expected == 8


@trap(ANSWERS)
def leaving_out_has_fixed_categories_and_one_more_for_elections(world: World) -> None:
    assert set(LEFT_OUT_AT_ELECTIONS) - set(LEFT_OUT) == {"retired_away"}
    assert len(LEFT_OUT) == 5


@trap(f"{ADMISSION} art. 20")
def one_person_at_a_time_and_by_secret_ballot(world: World) -> None:
    meeting = held(world)
    open_vote = put(world, meeting, K.ADMISSION, votes=(8, 0, 0), is_secret=False)
    assert any("无记名" in each for each in verdict_of(open_vote).warnings)
    with pytest.raises(ValidationError):
        put(world, meeting, K.TURNING_FULL, votes=(8, 0, 0), about="")


@trap(f"{ELECTION} art. 13")
def too_few_candidates_are_said_and_not_barred(world: World) -> None:
    election = put(world, held(world), K.ELECTION, candidates=ballot(陈军=8, 方堃=7, 曾浩=6))
    assert election.outcome == Outcome.CARRIED
    assert verdict_of(election).warnings
