"""Rule sets as files: the shipped presets, round trip, and every mistake named with its entry and key."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from branchlife.models import AuditEvent
from meetings.models import Deadline, Obligation, Organization, ReminderRule, Requirement, VoteRule
from meetings.services.rulebook.files import FORMAT, LARGEST, RuleSetError, decode, read_rule_set
from meetings.services.rulebook.seed import RULE_SETS, install_national_rules, install_preset, read_preset
from meetings.services.rulebook.sets import ImportResult, export_rule_set, import_rule_set
from tests.meetings.rulebook import NOW, change, limit, national, override
from tests.world import World

JULY = date(2026, 7, 1)
JANUARY = date(2026, 1, 1)


def take(text: str, owner: Organization | None = None, since: date | None = None) -> ImportResult:
    return import_rule_set(rule_set=read_rule_set(text, since), owner=owner, actor=None, now=NOW)


def content(owner: Organization | None) -> list[dict[str, Any]]:
    """What an owner's rules say, without the numbers the database gives."""
    models = (Requirement, Deadline, VoteRule, ReminderRule)
    rules = [rule for model in models for rule in model.objects.filter(owner=owner)]
    rules.sort(key=lambda rule: (type(rule).__name__, rule.code, rule.valid_from))
    return [
        {name: getattr(rule, name) for name in ("code", "valid_from", "valid_to", *rule.SAYS)}
        for rule in rules
    ]


@pytest.mark.django_db
class TestPresets:
    def test_a_new_database_has_the_national_rules(self) -> None:
        assert Requirement.objects.filter(owner=None).count() == 10
        assert Deadline.objects.filter(owner=None).count() == 10
        assert not Deadline.objects.exclude(confidence="local").exists()

    def test_installing_again_adds_nothing_and_undoes_nothing(self) -> None:
        change("lecture", JULY, minimum=2)
        before = content(None)
        assert install_preset(name="national") == 0
        install_national_rules()
        assert content(None) == before

    @pytest.mark.parametrize("name", RULE_SETS)
    def test_every_preset_can_be_taken_over_by_a_committee(self, name: str, world: World) -> None:
        done = take(read_preset(name), world.committee, JANUARY)
        assert done.added == len(read_rule_set(read_preset(name)).entries) > 0
        assert take(read_preset(name), world.committee, JANUARY) == ImportResult(unchanged=done.added)

    @pytest.mark.parametrize("name", RULE_SETS)
    def test_every_preset_can_become_national(self, name: str) -> None:
        done = take(read_preset(name))
        assert done.added + done.changed + done.unchanged == len(read_rule_set(read_preset(name)).entries)

    def test_the_organs_preset_brings_the_committees_own_meetings(self, world: World) -> None:
        take(read_preset("organ"), world.committee)
        kinds = Obligation.objects.filter(organization=world.committee).values_list("kind", flat=True)
        assert set(kinds) == {"lecture", "secretary_report", "staff"}
        assert not Obligation.objects.filter(organization=world.other_committee).exists()


@pytest.mark.django_db
class TestRoundTrip:
    def make_history(self, owner: Organization) -> None:
        override("theme_day", owner, JANUARY, minimum=2)
        Requirement.objects.filter(owner=owner).update(valid_to=date(2026, 6, 30))
        override("theme_day", owner, JULY, minimum=3, note="每月三次")
        override("lecture", owner, JULY, is_active=False, note="驻村")
        own = limit("record")
        own.pk, own.owner, own.amount = None, owner, 2
        own.save()

    def test_taken_over_elsewhere_the_rules_are_the_same(self, world: World) -> None:
        self.make_history(world.committee)
        text = export_rule_set(world.committee)
        assert take(text, world.other_committee) == ImportResult(added=4)
        assert content(world.other_committee) == content(world.committee)
        assert export_rule_set(world.other_committee).replace(
            world.other_committee.name, world.committee.name
        ) == text  # fmt: skip

    def test_taken_over_again_nothing_changes(self, world: World) -> None:
        self.make_history(world.committee)
        change("lecture", JULY, minimum=2)
        for owner in (world.committee, None):
            before, events = content(owner), AuditEvent.objects.count()
            done = take(export_rule_set(owner), owner)
            assert (done.added, done.changed) == (0, 0)
            assert done.unchanged == len(before)
            assert (content(owner), AuditEvent.objects.count()) == (before, events)

    def test_into_an_empty_book_with_closed_years(self) -> None:
        change("lecture", JULY, minimum=2)
        text = export_rule_set(None)
        Requirement.objects.all().delete()
        Deadline.objects.all().delete()
        take(text)
        assert export_rule_set(None) == text
        assert [rule.version for rule in Requirement.objects.filter(code="lecture")] == [1, 2]

    def test_what_a_set_does_not_name_stays(self) -> None:
        others = content(None)
        entry = {"code": "lecture", "kind": "lecture", "period": "month", "bearer": "branch"}
        take(rules({**entry, "confidence": "local"}), since=JULY)
        assert national("lecture").period == "month"
        assert [rule for rule in content(None) if rule["code"] != "lecture"] == [
            rule for rule in others if rule["code"] != "lecture"
        ]

    def test_an_entrys_own_date_goes_before_the_one_given(self) -> None:
        own = {"code": "lecture", "kind": "lecture", "period": "month", "bearer": "branch"}
        read = read_rule_set(rules({**own, "confidence": "local", "valid_from": "2027-01-01"}), JULY)
        assert read.entries[0].rule.valid_from == date(2027, 1, 1)


def rules(*requirements: Any, **head: Any) -> str:
    return json.dumps({"format": FORMAT, "requirements": list(requirements)} | head)


GOOD = {
    "code": "staff", "kind": "staff", "period": "year", "bearer": "branch", "confidence": "local",
    "valid_from": "2026-01-01",
}  # fmt: skip


def without(*keys: str, **others: Any) -> dict[str, Any]:
    return {key: value for key, value in (GOOD | others).items() if key not in keys}


def problems(text: str) -> list[str]:
    with pytest.raises(RuleSetError) as refusal:
        read_rule_set(text)
    return [str(problem) for problem in refusal.value.problems]


def test_the_good_entry_is_good() -> None:
    assert len(read_rule_set(rules(GOOD)).entries) == 1


@pytest.mark.parametrize(
    ("entry", "place", "words"),
    [
        (without("period"), "requirements[1] (staff)", "请填写周期和次数"),
        (without("period", minimum=2), "requirements[1] (staff) · period", "不能为空"),
        (GOOD | {"period": "week"}, "requirements[1] (staff) · period", "week"),
        (GOOD | {"minimum": "2"}, "requirements[1] (staff) · minimum", "须为整数。"),
        (GOOD | {"minimum": True}, "requirements[1] (staff) · minimum", "须为整数。"),
        (GOOD | {"minimum": 1.5}, "requirements[1] (staff) · minimum", "须为整数。"),
        (GOOD | {"minimum": 10**30}, "requirements[1] (staff) · minimum", "366"),
        (GOOD | {"minimum": -1}, "requirements[1] (staff) · minimum", "0"),
        (GOOD | {"is_active": "no"}, "requirements[1] (staff) · is_active", "须为true 或 false。"),
        (GOOD | {"note": "a\x00b"}, "requirements[1] (staff) · note", "须为单行文字。"),
        (GOOD | {"note": "两\n行"}, "requirements[1] (staff) · note", "须为单行文字。"),
        (GOOD | {"note": "长" * 301}, "requirements[1] (staff) · note", "300"),
        (GOOD | {"note": None}, "requirements[1] (staff) · note", "须为单行文字。"),
        (GOOD | {"minimun": 2}, "requirements[1] (staff) · minimun", "没有这个键。"),
        (GOOD | {"owner": 1}, "requirements[1] (staff) · owner", "没有这个键。"),
        (GOOD | {"code": "a b"}, "requirements[1] (a b) · code", ""),
        (without("code"), "requirements[1] · code", ""),
        (without("valid_from"), "requirements[1] (staff) · valid_from", ""),
        (
            GOOD | {"valid_from": "2026-02-30"},
            "requirements[1] (staff) · valid_from",
            "2026-01-01 这样的日期",
        ),
        (GOOD | {"valid_from": 20260101}, "requirements[1] (staff) · valid_from", "2026-01-01 这样的日期"),
        (GOOD | {"valid_from": "9999-01-01"}, "requirements[1] (staff) · valid_from", "1950 至 2200"),
        ("staff", "requirements[1]", "须是一个对象。"),
        (None, "requirements[1]", "须是一个对象。"),
    ],
)
def test_a_mistake_is_named_with_its_entry_and_key(entry: Any, place: str, words: str) -> None:
    found = problems(rules(entry))
    assert any(each.startswith(f"{place}: ") and words in each for each in found), found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "文件不是 JSON：第 1 行第 1 列无法读取。"),
        ('{"format": 1\n,}', "第 2 行第 2 列"),
        ("[]", "文件内容须是一个对象"),
        ("null", "文件内容须是一个对象"),
        ('{"format": "branchlife-rules/1", "format": "x"}', "键 “format” 在同一对象中出现两次"),
        ('{"format": NaN}', "无法读取该 JSON 文件"),
        ("[" * 100_000, "无法读取该 JSON 文件"),
        ('{"format": ' + "9" * 5000 + "}", "无法读取该 JSON 文件"),
        ("{}", "format: 须为 “branchlife-rules/1”。"),
        (json.dumps({"format": FORMAT, "rules": []}), "rules: 没有这个键。"),
        (json.dumps({"format": FORMAT, "deadlines": {}}), "deadlines: 须是不超过 300 条的列表。"),
        (
            json.dumps({"format": FORMAT, "requirements": [GOOD] * 301}),
            "requirements: 须是不超过 300 条的列表。",
        ),
        (json.dumps({"format": FORMAT, "valid_from": "soon"}), "valid_from: 须为 2026-01-01 这样的日期。"),
        (" " * (LARGEST + 1), "文件大于 512 KB。"),
    ],
)
def test_a_file_that_is_none(text: str, words: str) -> None:
    assert words in "".join(problems(text))


def test_everything_wrong_is_told_at_once() -> None:
    deadline = {"code": "record", "amount": "3", "unit": "days", "confidence": "local"}
    text = rules(GOOD | {"period": "week", "x": 1}, without("kind"), deadlines=[deadline])
    places = [each.split(": ")[0] for each in problems(text)]
    assert places == [
        "requirements[1] (staff) · x",
        "requirements[1] (staff) · period",
        "requirements[2] (staff) · kind",
        "deadlines[1] (record) · amount",
        "deadlines[1] (record) · valid_from",
    ]


def test_bytes_that_are_no_utf8() -> None:
    with pytest.raises(RuleSetError, match="UTF-8"):
        decode("规则".encode("gb18030"))
    assert decode(b"\xef\xbb\xbf{}") == "{}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ENTRIES = st.dictionaries(
    st.sampled_from([*GOOD, "minimum", "note", "grace_days", "valid_to"]), JSON, max_size=6
)


@given(st.lists(ENTRIES.map(lambda extra: GOOD | extra) | JSON, max_size=3), JSON)
def test_whatever_a_file_holds_the_answer_is_rules_or_sentences(entries: list[Any], head: Any) -> None:
    text = json.dumps({"format": FORMAT, "requirements": entries, "valid_from": head})
    try:
        assert len(read_rule_set(text).entries) == len(entries)
    except RuleSetError as error:
        assert all(problem.sentence for problem in error.problems)


@pytest.mark.django_db
class TestRefusedTogether:
    def test_rules_of_the_book_are_kept_and_nothing_is_half_written(self, world: World) -> None:
        looser = {"code": "theme_day", "kind": "theme_day", "period": "year", "bearer": "branch"}
        wrong_kind = {"code": "lecture", "kind": "group", "period": "month", "bearer": "branch"}
        fine = {"code": "general", "kind": "general", "period": "month", "bearer": "branch"}
        entries = [{**each, "confidence": "local"} for each in (fine, looser, wrong_kind)]
        with pytest.raises(RuleSetError) as refusal:
            take(rules(*entries), world.committee, since=JANUARY)
        places = [f"{problem.place} · {problem.key}" for problem in refusal.value.problems]
        assert set(places) == {"requirements[2] (theme_day) · note", "requirements[3] (lecture) · kind"}
        assert not Requirement.objects.filter(owner=world.committee).exists()

    def test_the_same_entry_twice(self, world: World) -> None:
        with pytest.raises(RuleSetError, match="须晚于该日"):
            take(rules(GOOD, GOOD | {"minimum": 2}), world.committee)

    def test_a_known_rule_does_not_change_in_closed_years(self) -> None:
        entry = {"code": "lecture", "kind": "lecture", "period": "month", "bearer": "branch"}
        with pytest.raises(RuleSetError, match="以前年度已经结清"):
            take(rules({**entry, "confidence": "local"}), since=date(2025, 1, 1))

    def test_a_day_of_a_month_without_month(self) -> None:
        limits = [{"code": "quarter_plan", "amount": 5, "unit": "day_of_month", "confidence": "local"}]
        with pytest.raises(RuleSetError, match="第几个月"):
            take(json.dumps({"format": FORMAT, "deadlines": limits}), since=JULY)


@pytest.mark.django_db
class TestCommands:
    @pytest.fixture(autouse=True)
    def _in_may(self) -> Iterator[None]:
        with time_machine.travel(NOW, tick=False):
            yield

    def test_export_and_import(
        self, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        override("theme_day", world.committee, date(2026, 1, 1), minimum=2)
        file = tmp_path / "rules.json"
        call_command("export_rules", organization="3201", output=file)
        call_command("export_rules", organization="3201")
        assert capsys.readouterr().out == file.read_text(encoding="utf-8")
        call_command("import_rules", str(file), organization="9901", dry_run=True)
        assert capsys.readouterr().out == "1 added, 0 changed, 0 unchanged; nothing was written.\n"
        assert not Requirement.objects.filter(owner=world.other_committee).exists()
        call_command("import_rules", str(file), organization="9901")
        assert content(world.other_committee) == content(world.committee)

    def test_a_preset_by_its_name(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("import_rules", "enterprise", organization="3201", since="2026-01-01")
        assert capsys.readouterr().out == "5 added, 0 changed, 0 unchanged\n"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["nowhere.json"], "'nowhere.json' cannot be read"),
            (["a\0b"], "cannot be read"),
            (["."], "cannot be read"),
            (["organ", "--organization", "0000"], "there is no organization"),
            (["organ", "--from", "2026-13-01"], "--from"),
            (["enterprise", "--from", "2026-02-10"], r"requirements\[1\] \(committee\) · valid_from: "),
        ],
    )
    def test_mistakes_are_one_line_each(self, arguments: list[str], words: str) -> None:
        with pytest.raises(CommandError, match=words):
            call_command("import_rules", *arguments)

    def test_a_file_that_cannot_be_written(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("export_rules", output=tmp_path / "no" / "rules.json")
