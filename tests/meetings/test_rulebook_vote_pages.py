"""Voting rules on the rule book's pages: read by those who keep records, changed by those who keep the rules."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from meetings.enums import Outcome
from meetings.models import VoteRule
from tests.meetings.rulebook import NOW
from tests.meetings.rulebook_pages import JULY, MOST_QUERIES, browser, queries, read, words
from tests.meetings.voting import held, put
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SAYS = ("quorum_part", "quorum_whole", "majority_part", "majority_whole", "surplus", "leaves_out")
SWITCHES = ("quorum_strict", "majority_strict", "majority_of_present", "takes_written", "is_active")


@pytest.fixture(autouse=True)
def _in_may() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def national(code: str) -> VoteRule:
    return VoteRule.objects.get(owner=None, code=code)


def typed(rule: VoteRule, **says: Any) -> dict[str, Any]:
    data = {name: getattr(rule, name) for name in SAYS}
    data |= {name: "on" for name in SWITCHES if getattr(rule, name)}
    return data | {"confidence": "local", "valid_from": f"{JULY}"} | says


def send(world: World, page: str, rule: VoteRule, status: int = 302, **says: Any) -> str:
    answer = browser(world.administrator).post(f"/vote-rules/{rule.pk}/{page}/", typed(rule, **says))
    assert answer.status_code == status
    return "" if status == 302 else words(answer)


def test_the_book_says_when_a_vote_is_valid_and_carried(world: World) -> None:
    text = read(world.secretary, "/rules/")
    assert "党员大会决议 到会达到 1/2，赞成超过 1/2（以应到会人数计）" in text
    assert "到会达到 4/5，赞成超过 1/2（以实到会人数计）" in text
    page = read(world.secretary, f"/vote-rules/{national('admission').pk}/")
    assert "到会人数要求 超过 1/2" in page
    assert "未到会人员的书面意见 计入票数" in page
    assert "长期" in page
    assert "候选人差额不足时" not in page
    assert "候选人差额不足时" in read(world.secretary, f"/vote-rules/{national('election').pk}/")


def test_a_committee_asks_for_more_and_votes_are_judged_by_it_from_that_day(world: World) -> None:
    rule = national("general")
    send(world, "override", rule, owner=world.committee.pk, quorum_part=2, quorum_whole=3, quorum_strict="on")
    own = VoteRule.objects.get(owner=world.committee)
    assert (own.rule.quorum.numerator, own.rule.quorum.denominator, own.rule.quorum.strict) == (2, 3, True)
    assert (own.valid_from, own.leaves_out) == (JULY, rule.leaves_out)
    with time_machine.travel(NOW.replace(month=8), tick=False):
        assert (
            put(world, held(world, absent=4, day=date(2026, 7, 8)), votes=(4, 0, 0)).outcome
            == Outcome.INVALID
        )
        assert (
            put(world, held(world, absent=4, day=date(2026, 5, 8)), votes=(4, 0, 0)).outcome == Outcome.LOST
        )
    assert world.committee.name in read(world.secretary, f"/vote-rules/{own.pk}/")


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"quorum_part": 1, "quorum_whole": 3}, "到会"),
        ({"majority_of_present": "on"}, "赞成"),
        ({"leaves_out": ["retired_away"]}, "不计入"),
        ({"quorum_part": 3, "quorum_whole": 2}, "比例"),
        ({"leaves_out": ["lazy"]}, "lazy"),
        ({"quorum_whole": 0, "quorum_part": 0}, "比例"),
    ],
)
def test_less_needs_an_explanation_and_nonsense_is_refused(
    world: World, says: dict[str, Any], sentence: str
) -> None:
    text = send(world, "override", national("general"), 400, owner=world.committee.pk, **says)
    assert sentence in text
    assert not VoteRule.objects.filter(owner=world.committee).exists()


def test_explained_it_is_taken_and_marked(world: World) -> None:
    rule = national("general")
    send(world, "override", rule, owner=world.committee.pk, quorum_whole=3, note="经上级批准试点")
    own = VoteRule.objects.get(owner=world.committee)
    assert "经上级批准试点" in read(world.secretary, f"/vote-rules/{own.pk}/")
    assert "低于上级" in read(world.secretary, "/rules/")
    send(world, "change", own, quorum_whole=2, seen=own.pk)
    assert VoteRule.objects.filter(owner=world.committee).count() == 1, "one that has not begun is corrected"
    send(world, "end", own, valid_from="2026-09-01", seen=own.pk)
    own.refresh_from_db()
    assert own.valid_to == date(2026, 8, 31)


def test_the_queries_stay_the_same(world: World) -> None:
    rule = national("general")
    one = queries(world.administrator, f"/vote-rules/{rule.pk}/")
    for code in ("general", "admission", "election"):
        send(world, "override", national(code), owner=world.committee.pk)
    assert queries(world.administrator, f"/vote-rules/{rule.pk}/") == one <= MOST_QUERIES
