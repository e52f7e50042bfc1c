"""Changing the rule book: versions from a day on, refusals in sentences, and what the trail says of it."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from branchlife.models import AuditEvent
from meetings.models import Deadline, Obligation, Requirement
from meetings.services.obligations import SyncResult, sync_obligations
from meetings.services.rulebook import versions
from meetings.services.rulebook.drafts import draft_of
from tests.meetings.rulebook import (
    NOW,
    TODAY,
    change,
    limit,
    national,
    new_rule,
    next_version,
    override,
)
from tests.world import World

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)


def refused(field: str, rule: Any, **facts: Any) -> str:
    """The sentence at that field; nothing of the version is left."""
    before = Requirement.objects.count(), Deadline.objects.count(), AuditEvent.objects.count()
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        versions.put_in_force(rule=rule, actor=None, now=NOW, **facts)
    assert (Requirement.objects.count(), Deadline.objects.count(), AuditEvent.objects.count()) == before
    return "".join(refusal.value.message_dict[field])


class TestNewVersion:
    def test_the_old_one_ends_the_day_before(self) -> None:
        old = national("lecture")
        new = change("lecture", JULY, minimum=2)
        old.refresh_from_db()
        assert (old.valid_to, old.minimum) == (date(2026, 6, 30), 1)
        assert (new.version, new.valid_from, new.valid_to) == (2, JULY, None)
        assert new.position == old.position

    def test_a_version_not_begun_yet_is_corrected_in_place(self) -> None:
        new = change("lecture", JULY, minimum=2)
        corrected = change("lecture", JULY, minimum=3)
        assert corrected.pk == new.pk
        assert Requirement.objects.filter(code="lecture").count() == 2
        assert AuditEvent.objects.filter(action="rule.correct").count() == 1

    def test_one_that_has_begun_is_not(self) -> None:
        change("lecture", date(2026, 4, 1), minimum=2)
        words = refused("valid_from", next_version(national("lecture"), date(2026, 4, 1), minimum=3))
        assert words == "上一版本自2026年4月1日起执行，新版本须晚于该日。"

    def test_nor_one_before_it(self) -> None:
        change("lecture", JULY, minimum=2)
        assert "须晚于该日" in refused(
            "valid_from", next_version(national("lecture"), date(2026, 4, 1), minimum=3)
        )

    @pytest.mark.parametrize(
        ("code", "day", "says", "suitable"),
        [
            ("theme_day", date(2026, 7, 2), {}, "2026年7月1日或2026年8月1日"),
            ("lecture", date(2026, 8, 1), {}, "2026年7月1日或2026年10月1日"),
            ("appraisal", JULY, {}, "2026年1月1日或2027年1月1日"),
            # Where the length changes, the longer one counts: else August would be owed twice or by nobody.
            ("lecture", date(2026, 8, 1), {"period": "month"}, "2026年7月1日或2026年10月1日"),
            ("theme_day", date(2026, 8, 1), {"period": "quarter"}, "2026年7月1日或2026年10月1日"),
        ],
    )
    def test_it_begins_with_a_period(self, code: str, day: date, says: dict[str, Any], suitable: str) -> None:
        assert suitable in refused("valid_from", next_version(national(code), day, **says))
        change(code, date(2027, 1, 1), **says)

    def test_a_limit_that_follows_an_event_changes_on_any_day(self) -> None:
        new = versions.put_in_force(
            rule=next_version(limit("record"), date(2026, 5, 20), amount=2), actor=None, now=NOW
        )
        assert new.version == 2
        words = refused("valid_from", next_version(limit("quarter_plan"), date(2026, 5, 20), amount=6))
        assert "2026年7月1日" in words

    def test_earlier_years_are_closed(self) -> None:
        words = refused("valid_from", next_version(national("lecture"), date(2025, 10, 1), minimum=2))
        assert words == "规定最早可自2026年1月1日起变更，以前年度已经结清。"

    def test_somebody_else_was_faster(self) -> None:
        seen = national("lecture").pk
        change("lecture", JULY, minimum=2)
        later = next_version(national("lecture"), date(2026, 10, 1), minimum=4)
        with pytest.raises(versions.StaleRule):
            versions.put_in_force(rule=later, actor=None, now=NOW, seen=seen)
        versions.put_in_force(rule=later, actor=None, now=NOW, seen=national("lecture").pk)

    def test_the_trail_tells_both_texts(self, world: World) -> None:
        draft = next_version(national("theme_day"), JULY, owner=world.committee, minimum=2)
        versions.put_in_force(rule=draft, actor=world.administrator, now=NOW)
        draft = next_version(draft, date(2026, 8, 1), minimum=3)
        versions.put_in_force(rule=draft, actor=world.administrator, now=NOW)
        added, changed = AuditEvent.objects.filter(action__startswith="rule.").order_by("pk")
        assert (added.action, changed.action) == ("rule.add", "rule.change")
        assert changed.chain == world.committee.chain
        assert changed.actor == world.administrator
        assert changed.difference["before"]["minimum"] == 2
        assert changed.difference["after"]["minimum"] == 3
        assert changed.difference["valid_from"] == "2026-08-01"


class TestRefused:
    def test_neither_period_nor_count(self) -> None:
        rule = new_rule(period="", minimum=None)
        with pytest.raises(ValidationError, match="规定须写明频次：请填写周期和次数。"):
            rule.full_clean()

    @pytest.mark.parametrize("column", [{"period": ""}, {"minimum": 0}])
    def test_the_database_refuses_each_of_them(self, column: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Requirement.objects.filter(code="lecture").update(**column)

    def test_two_versions_without_an_end(self) -> None:
        twin = next_version(national("lecture"), JULY)
        twin.version = 2
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()

    def test_a_code_keeps_its_kind(self, world: World) -> None:
        words = refused("kind", next_version(national("lecture"), JULY, kind="staff"))
        assert words == "规定“lecture”说的是另一种会议：党课。"
        local = next_version(national("lecture"), JULY, kind="staff", owner=world.committee)
        assert "另一种会议" in refused("kind", local)

    def test_one_rule_for_a_kind_and_bearer(self, world: World) -> None:
        again = {"kind": "lecture", "period": "quarter", "valid_from": JULY}
        assert "已有规定" in refused("kind", new_rule(code="lecture_2", **again))
        assert "已有规定" in refused("kind", new_rule(code="lecture_2", owner=world.branch, **again))
        assert new_rule_put(code="lecture_committee", bearer="committee", **again).version == 1

    def test_places_that_do_not_meet_may_each_have_one(self, world: World) -> None:
        new_rule_put(owner=world.committee)
        other = new_rule_put(owner=world.other_committee, code="other_staff")
        assert other.version == 1
        assert "已有规定" in refused("kind", new_rule(owner=world.branch, code="third_staff"))

    def test_less_strict_without_an_explanation(self, world: World) -> None:
        looser = next_version(national("theme_day"), JULY, owner=world.committee, grace_days=5, note=" ")
        words = refused("note", looser)
        assert words == "宽限更长：本级 5 天，上级 0 天。要求低于上级规定的，须说明理由。"
        looser.note = "倒班单位"
        assert versions.put_in_force(rule=looser, actor=None, now=NOW).pk

    def test_strictness_is_measured_by_the_rule_right_above(self, world: World) -> None:
        override("theme_day", world.committee, JULY, minimum=3)
        words = refused("note", next_version(national("theme_day"), JULY, owner=world.branch, minimum=2))
        assert "上级每月至少 3 次" in words


def new_rule_put(**says: Any) -> Requirement:
    rule = versions.put_in_force(rule=new_rule(**says), actor=None, now=NOW)
    assert isinstance(rule, Requirement)
    return rule


class TestEnd:
    def end(self, rule: Requirement, day: date, **facts: Any) -> SyncResult:
        return versions.end_rule(rule=rule, from_day=day, actor=None, now=NOW, **facts)  # type: ignore[arg-type]

    def test_it_holds_through_the_day_before_and_the_ledger_follows(self, world: World) -> None:
        sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
        before = Obligation.objects.filter(kind="lecture").count()
        done = self.end(national("lecture"), JULY)
        rule = Requirement.objects.get(code="lecture")
        assert rule.valid_to == date(2026, 6, 30)
        assert done.removed == 3  # the third quarter of three branches
        assert Obligation.objects.filter(kind="lecture").count() == before - 3
        assert AuditEvent.objects.get(action="rule.end").subject_id == str(rule.pk)

    def test_a_local_one_gives_way_to_the_rule_above(self, world: World) -> None:
        own = override("theme_day", world.committee, date(2026, 2, 1), minimum=2)
        sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
        done = self.end(own, JULY)
        assert (done.created, done.changed, done.removed) == (0, 2 * 3, 0)

    @pytest.mark.parametrize("day", [date(2026, 7, 15), date(2026, 8, 1), date(2025, 10, 1)])
    def test_with_a_period_and_not_in_closed_years(self, day: date) -> None:
        with pytest.raises(ValidationError):
            self.end(national("lecture"), day)
        assert national("lecture").valid_to is None

    def test_not_before_it_began_and_not_twice(self, world: World) -> None:
        own = override("theme_day", world.committee, JULY, minimum=2)
        with pytest.raises(ValidationError, match="须晚于该日"):
            self.end(own, JULY)
        self.end(own, date(2026, 8, 1))
        own.refresh_from_db()
        with pytest.raises(ValidationError, match="已停止执行"):
            self.end(own, date(2026, 9, 1))

    def test_it_can_be_taken_up_again(self) -> None:
        self.end(national("lecture"), JULY)
        ended = Requirement.objects.get(code="lecture")
        again = versions.put_in_force(rule=next_version(ended, date(2026, 10, 1)), actor=None, now=NOW)
        assert (again.version, again.valid_from) == (2, date(2026, 10, 1))

    def test_somebody_else_was_faster(self) -> None:
        old = national("lecture")
        change("lecture", JULY, minimum=2)
        with pytest.raises(versions.StaleRule):
            self.end(old, date(2026, 10, 1), seen=old.pk)


class TestBasis:
    BASIS = {"basis_source": "《条例》", "basis_article": "第二条", "confidence": "digest", "note": "更正"}

    def test_it_is_no_new_version(self, world: World) -> None:
        rule = national("lecture")
        versions.correct_basis(rule=rule, basis=self.BASIS, actor=world.administrator, now=NOW)
        rule.refresh_from_db()
        assert (rule.basis, rule.confidence, rule.version) == ("《条例》第二条", "digest", 1)
        event = AuditEvent.objects.get(action="rule.correct")
        assert event.difference["before"]["confidence"] == "local"

    def test_saying_the_same_leaves_no_trace(self, world: World) -> None:
        rule = national("lecture")
        same = {name: getattr(rule, name) for name in self.BASIS}
        versions.correct_basis(rule=rule, basis=same, actor=world.administrator, now=NOW)
        assert not AuditEvent.objects.filter(action="rule.correct").exists()

    def test_an_explanation_that_is_needed_stays(self, world: World) -> None:
        own = override("theme_day", world.committee, JULY, grace_days=9, note="倒班")
        with pytest.raises(ValidationError, match="须说明理由"):
            versions.correct_basis(rule=own, basis=self.BASIS | {"note": ""}, actor=world.administrator)
        versions.correct_basis(rule=own, basis=self.BASIS, actor=world.administrator)


class TestSaving:
    def test_the_ledger_follows_at_once(self, world: World) -> None:
        sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
        draft = next_version(national("theme_day"), JULY, owner=world.committee, minimum=2)
        done = versions.save_rule(rule=draft, actor=world.administrator, now=NOW)
        assert (done.created, done.changed, done.removed) == (0, 2 * 3, 0)
        counted = Obligation.objects.filter(kind="theme_day", needed=2).values_list("organization", flat=True)
        assert set(counted) == {world.branch.pk, world.small_branch.pk}

    def test_a_limit_has_no_lines(self, world: World) -> None:
        draft = next_version(limit("record"), date(2026, 6, 1), amount=5)
        assert versions.save_rule(rule=draft, actor=world.administrator, now=NOW) == SyncResult()


@pytest.mark.parametrize(
    ("code", "first_day"),
    [("theme_day", date(2026, 6, 1)), ("lecture", JULY), ("appraisal", date(2027, 1, 1))],
)
def test_a_draft_begins_with_the_next_period(code: str, first_day: date) -> None:
    draft = draft_of(national(code), TODAY)
    assert (draft.pk, draft.valid_from, draft.minimum) == (None, first_day, 1)


def test_the_draft_of_a_limit_begins_tomorrow() -> None:
    assert draft_of(limit("record"), TODAY).valid_from == date(2026, 5, 12)
