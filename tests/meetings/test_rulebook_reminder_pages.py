"""Ladders of reminders on the rule book's pages: read by who keeps records, changed by who keeps the rules."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from branchlife.models import AuditEvent
from meetings.models import ReminderRule
from meetings.services.reminders.find import look
from meetings.services.rulebook.files import RuleSetError, read_rule_set
from meetings.services.rulebook.sets import export_rule_set, import_rule_set
from tests.meetings.reminder_ledger import at, owe, plan_lines
from tests.meetings.rulebook import NOW
from tests.meetings.rulebook_pages import JULY, MOST_QUERIES, browser, queries, read, words
from tests.world import World

pytestmark = pytest.mark.django_db
SAYS = ("before", "unit", "after", "every", "times", "above", "when_unsure")


@pytest.fixture(autouse=True)
def _in_may() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def national(code: str = "obligation") -> ReminderRule:
    return ReminderRule.objects.get(owner=None, code=code)


def typed(rule: ReminderRule, **says: Any) -> dict[str, Any]:
    data = {name: getattr(rule, name) for name in SAYS if getattr(rule, name) is not None}
    return data | {"is_active": "on", "confidence": "local", "valid_from": f"{JULY}"} | says


def send(world: World, page: str, rule: ReminderRule, status: int = 302, **says: Any) -> str:
    answer = browser(world.administrator).post(f"/reminder-rules/{rule.pk}/{page}/", typed(rule, **says))
    assert answer.status_code == status, words(answer)
    return "" if status == 302 else words(answer)


def own(world: World) -> ReminderRule:
    return ReminderRule.objects.get(owner=world.committee)


def test_the_book_says_when_people_are_told(world: World) -> None:
    text = read(world.secretary, "/rules/")
    assert "到期前10、3个工作日" in text
    page = read(world.secretary, f"/reminder-rules/{national().pk}/")
    for words_ in ("到期前 到期前10、3个工作日", "报上级 逾期5、10个工作日逐级报上级", "邮件未获应答时"):
        assert words_ in page
    assert "更改" not in page, "a secretary reads it"


def test_a_committee_tells_its_branches_earlier_from_that_day_on(world: World) -> None:
    send(world, "override", national(), owner=world.committee.pk, before="20、7", above="3， 6")
    rule = own(world)
    assert (rule.before, rule.above, rule.valid_from) == ("20, 7", "3, 6", JULY)
    event = AuditEvent.objects.get(action="rule.add", subject_type="meetings.reminderrule")
    assert event.difference["after"]["before"] == "20, 7"
    assert "到期前20、7个工作日" in read(world.secretary, f"/reminder-rules/{rule.pk}/")


def test_what_is_announced_follows_the_ladder_in_force(world: World) -> None:
    """Twelve working days before the end of July nobody is told by the national ladder."""
    day = date(2026, 7, 15)
    owe(world.branch, day)
    assert plan_lines(at(day)).announced == 0
    send(world, "override", national(), owner=world.committee.pk, before="20, 7")
    assert plan_lines(at(JULY - timedelta(days=1))).announced == 0
    assert plan_lines(at(day)).announced == 1


def test_a_change_is_corrected_before_it_begins_and_can_end(world: World) -> None:
    send(world, "override", national(), owner=world.committee.pk, before="20")
    rule = own(world)
    send(world, "change", rule, before="15", seen=rule.pk)
    assert own(world).before == "15"
    send(world, "end", rule, valid_from="2026-09-01", seen=rule.pk)
    assert own(world).valid_to == date(2026, 8, 31)
    assert send(world, "change", rule, 409, before="12", valid_from="2026-10-01", seen=rule.pk + 999)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"before": "soon"}, "整数"),
        ({"before": "1, 2, 3, 4, 5, 6, 7"}, "整数"),
        ({"above": "10, 5"}, "由近及远"),
        ({"before": "", "after": ""}, "到期"),
        ({"after": "0"}, "1"),
        ({"times": "101"}, "100"),
        ({"unit": "weeks"}, "weeks"),
        ({"is_active": ""}, "说明"),  # lifting what holds above needs its reason
        ({"valid_from": "2025-07-01"}, "2026年1月1日"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(world: World, says: dict[str, Any], sentence: str) -> None:
    assert sentence in send(world, "override", national(), 400, owner=world.committee.pk, **says)
    assert not ReminderRule.objects.filter(owner=world.committee).exists()


def test_ladders_travel_with_the_rule_set(world: World) -> None:
    send(
        world,
        "override",
        national(),
        owner=world.committee.pk,
        before="20, 7",
        every="",
        when_unsure="resend",
    )
    text = export_rule_set(world.committee)
    (entry,) = json.loads(text)["reminders"]
    assert (entry["before"], entry["when_unsure"], "every" in entry) == ("20, 7", "resend", False)
    rule_set = read_rule_set(text)
    again = import_rule_set(rule_set=rule_set, owner=world.committee, actor=world.administrator)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    import_rule_set(rule_set=read_rule_set(text), owner=world.other_committee, actor=None)
    theirs = ReminderRule.objects.get(owner=world.other_committee)
    assert theirs.ladder == own(world).ladder
    assert look(at(JULY)).ladders is not None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "birthday"}, "code"),
        ({"before": "soon"}, "before"),
        ({"above": "10, 5"}, "above"),
        ({"x": 1}, "x"),
    ],
)
def test_a_wrong_entry_is_named(wrong: dict[str, Any], sentence: str) -> None:
    entry = {"code": "obligation", "before": "10", "confidence": "local", "valid_from": "2026-07-01"} | wrong
    with pytest.raises(RuleSetError) as refused:
        read_rule_set(json.dumps({"format": "branchlife-rules/1", "reminders": [entry]}))
    assert [problem.key for problem in refused.value.problems] == [sentence]


def test_the_queries_stay_the_same(world: World) -> None:
    address = f"/reminder-rules/{national().pk}/"
    one = queries(world.administrator, address)
    for code in ("obligation", "record", "quarter_plan"):
        send(world, "override", national(code), owner=world.committee.pk)
    assert queries(world.administrator, address) == one <= MOST_QUERIES
