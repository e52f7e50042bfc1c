"""Voting rules in the one file of a rule set: exported, imported, stricter or explained."""

import json
from datetime import date

import pytest

from meetings.enums import Outcome, ResolutionKind
from meetings.models import VoteRule
from meetings.services.rulebook.files import RuleSetError, read_rule_set
from meetings.services.rulebook.sets import ImportResult, export_rule_set, import_rule_set
from tests.meetings.rulebook import NOW
from tests.meetings.voting import held, put
from tests.world import World

pytestmark = pytest.mark.django_db


def take(world: World, **says: object) -> ImportResult:
    entry = {
        "code": "general", "quorum_part": 1, "quorum_whole": 2, "confidence": "local",
        "valid_from": "2026-06-01", "leaves_out": [],
    }  # fmt: skip
    text = json.dumps({"format": "branchlife-rules/1", "votes": [entry | says]})
    return import_rule_set(rule_set=read_rule_set(text), owner=world.committee, actor=None, now=NOW)


def test_the_comparator_is_set_by_a_file_and_judges_from_its_day_on(world: World) -> None:
    assert take(world, quorum_strict=True) == ImportResult(added=1)
    assert put(world, held(world, absent=4), votes=(4, 0, 0)).outcome == Outcome.INVALID
    before = held(world, absent=4, day=date(2026, 5, 8))
    assert put(world, before, votes=(4, 0, 0)).outcome == Outcome.LOST, "half was enough to meet"


def test_what_is_exported_is_taken_over_unchanged(world: World) -> None:
    take(world, quorum_strict=True, leaves_out=["long_ill"])
    text = export_rule_set(world.committee)
    [stored] = json.loads(text)["votes"]
    assert stored["leaves_out"] == ["long_ill"]
    again = import_rule_set(rule_set=read_rule_set(text), owner=world.committee, actor=None, now=NOW)
    assert again == ImportResult(unchanged=1)
    elsewhere = import_rule_set(
        rule_set=read_rule_set(text), owner=world.other_committee, actor=None, now=NOW
    )
    assert elsewhere == ImportResult(added=1)
    national = json.loads(export_rule_set(None))
    assert {rule["code"] for rule in national["votes"]} == set(ResolutionKind.values)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"quorum_part": 1, "quorum_whole": 3}, "到会"),
        ({"majority_strict": False}, "赞成"),
        ({"majority_of_present": True}, "赞成"),
        ({"leaves_out": ["retired_away"]}, "不计入"),
    ],
)
def test_a_looser_vote_needs_its_explanation(world: World, says: dict[str, object], sentence: str) -> None:
    with pytest.raises(RuleSetError) as refusal:
        take(world, **says)
    assert sentence in str(refusal.value)
    assert not VoteRule.objects.filter(owner=world.committee).exists()
    assert take(world, **says, note="经上级批准试点") == ImportResult(added=1)


@pytest.mark.parametrize(
    ("says", "place"),
    [
        ({"quorum_part": 3, "quorum_whole": 2}, "votes[1] (general)"),
        ({"leaves_out": ["lazy"]}, "leaves_out"),
        ({"leaves_out": "long_ill"}, "leaves_out"),
        ({"code": "lunch"}, "code"),
        ({"takes_written": True}, "votes[1] (general)"),
    ],
)
def test_a_wrong_entry_is_named(world: World, says: dict[str, object], place: str) -> None:
    with pytest.raises(RuleSetError) as refusal:
        take(world, **says)
    assert place in str(refusal.value)
