"""Voting rules as data: the preset says what votes.py says, the nearest owner's goes first."""

from datetime import date

from meetings import votes
from meetings.enums import LEFT_OUT, LEFT_OUT_AT_ELECTIONS, ResolutionKind
from meetings.models import VoteRule
from meetings.services.vote_rules import (
    install_national_vote_rules,
    preset_rules,
    read_vote_rules,
    vote_rule_in,
)
from tests.world import World

DAY = date(2026, 11, 20)
K = ResolutionKind
NATIONAL = {
    K.GENERAL: votes.RESOLUTION,
    K.COMMITTEE: votes.COMMITTEE_DECISION,
    K.ADMISSION: votes.ADMISSION,
    K.TURNING_FULL: votes.ADMISSION,
    K.ELECTION: votes.ELECTION,
    K.EXCLUSION: votes.RESOLUTION,
    K.DEMOCRATIC_LIFE: votes.DEMOCRATIC_LIFE,
}


def rule_at(organization, kind: K = K.GENERAL, day: date = DAY) -> VoteRule:
    return vote_rule_in(read_vote_rules(day), organization=organization, kind=kind, day=day)


def local(owner, **more: object) -> VoteRule:
    known = {"quorum_part": 2, "quorum_whole": 3, "confidence": "local", "valid_from": date(2026, 1, 1)}
    return VoteRule.objects.create(owner=owner, code=K.GENERAL, **(known | more))


def test_the_preset_says_what_the_pure_functions_say() -> None:
    assert set(preset_rules()) == set(K.values)
    for kind, rule in NATIONAL.items():
        assert VoteRule(**preset_rules()[kind]).rule == rule, kind


def test_the_two_lists_of_reasons() -> None:
    lists = {kind: set(VoteRule(**preset_rules()[kind]).reasons_left_out) for kind in K}
    assert lists[K.ELECTION] == set(LEFT_OUT_AT_ELECTIONS)
    for kind in (K.GENERAL, K.ADMISSION, K.TURNING_FULL, K.EXCLUSION):
        assert lists[kind] == set(LEFT_OUT)
    assert lists[K.COMMITTEE] == lists[K.DEMOCRATIC_LIFE] == set()


def test_a_new_database_has_the_national_rules_with_their_basis(world: World) -> None:
    rule = rule_at(world.branch)
    assert (rule.owner, rule.basis) == (None, "《中国共产党支部工作条例(试行)》第十一条")
    install_national_vote_rules()
    assert VoteRule.objects.filter(owner=None).count() == len(K)


def test_what_an_administrator_changed_is_not_installed_again(world: World) -> None:
    VoteRule.objects.filter(code=K.GENERAL).update(quorum_strict=True)
    install_national_vote_rules()
    assert rule_at(world.branch).quorum_strict


def test_the_nearest_rule_goes_first(world: World) -> None:
    local(world.committee)
    assert rule_at(world.branch).rule.quorum == votes.Share(2, 3)
    local(world.branch, quorum_part=3, quorum_whole=4)
    assert rule_at(world.branch).rule.quorum == votes.Share(3, 4)
    assert rule_at(world.small_branch).rule.quorum == votes.Share(2, 3)
    assert rule_at(world.other_branch).rule == votes.RESOLUTION


def test_a_rule_holds_in_its_time_only(world: World) -> None:
    local(world.committee, valid_to=date(2026, 6, 30))
    assert rule_at(world.branch, day=date(2026, 6, 30)).rule.quorum == votes.Share(2, 3)
    assert rule_at(world.branch, day=date(2026, 7, 1)).rule == votes.RESOLUTION


def test_a_rule_not_in_use_and_a_day_before_the_book(world: World) -> None:
    """Some rule there always is: a vote without one could not be judged."""
    local(world.committee, is_active=False)
    assert rule_at(world.branch).rule == votes.RESOLUTION
    assert rule_at(world.branch, day=date(2012, 1, 1)).rule == votes.RESOLUTION


def test_reasons_no_longer_known_are_ignored(world: World) -> None:
    local(world.branch, leaves_out=["long_ill", "on_the_moon"])
    assert rule_at(world.branch).reasons_left_out == ("long_ill",)
