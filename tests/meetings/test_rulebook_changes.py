"""Changing the rule book on its pages: form, preview of the ledger, and only then the change."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine

from meetings.models import Deadline, Obligation, Requirement
from meetings.services.obligations import sync_obligations
from tests.meetings.rulebook import NOW, change, keeper_of_everything, limit, national, override
from tests.meetings.rulebook_pages import JULY, browser, hidden_fields, typed, words
from tests.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_may() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world() -> World:
    world = build_world()
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
    return world


class TestChanging:
    def path(self, rule: Requirement, page: str = "change") -> str:
        return f"/rules/{rule.pk}/{page}/"

    def test_form_then_preview_then_saved(self, world: World) -> None:
        client, rule = browser(keeper_of_everything(world)), national("theme_day")
        assert f'name="seen" value="{rule.pk}"' in client.get(self.path(rule)).content.decode()
        data = typed(rule, minimum="2", seen=rule.pk)
        preview = client.post(self.path(rule), data)
        assert "尚未保存" in words(preview)
        assert "变更 9" in words(preview)
        assert re.search(
            r"办公室党支部 主题党日 2026年7月 2026年7月31日前 1 次 2026年7月31日前 2 次", words(preview)
        )
        assert Requirement.objects.filter(code="theme_day").count() == 1
        hidden = hidden_fields(preview)
        done = client.post(self.path(rule), hidden | {"stage": "confirm"}, follow=True)
        assert "已保存。应开台账新增 0 条，变更 9 条，移除 0 条。" in words(done)
        assert national("theme_day").minimum == 2
        assert Obligation.objects.filter(kind="theme_day", needed=2).count() == 9

    def test_back_to_the_form_keeps_what_was_typed(self, world: World) -> None:
        rule = national("theme_day")
        data = typed(rule, minimum="2", note="每月两次", stage="edit")
        page = browser(keeper_of_everything(world)).post(self.path(rule), data)
        assert page.status_code == 200
        assert 'value="每月两次"' in page.content.decode()
        assert Requirement.objects.filter(code="theme_day").count() == 1

    def test_confirming_without_preview_keeps_every_rule_as_well(self, world: World) -> None:
        rule = national("theme_day")
        data = typed(rule, minimum="2", valid_from="2026-07-02", stage="confirm")
        page = browser(keeper_of_everything(world)).post(self.path(rule), data)
        assert page.status_code == 400
        assert "变更须自一个周期（月度）的第一天起：2026年7月1日或2026年8月1日。" in words(page)

    def test_whoever_was_slower_is_told(self, world: World) -> None:
        old = national("theme_day")
        change("theme_day", JULY, minimum=2)
        data = typed(old, minimum="3", valid_from="2026-08-01", seen=old.pk)
        client = browser(keeper_of_everything(world))
        for stage in ("", "confirm"):
            page = client.post(self.path(old), data | {"stage": stage})
            assert page.status_code == 409
            assert "其间有人修改了这条规定" in words(page)
        assert national("theme_day").minimum == 2

    @pytest.mark.parametrize(
        ("typing", "words_shown"),
        [
            ({"period": "", "minimum": ""}, "规定须写明频次：请填写周期和次数。"),
            ({"period": ""}, "这个字段是必填项。"),
            ({"minimum": ""}, "这个字段是必填项。"),
            ({"minimum": "0"}, ""),
            ({"minimum": "-1"}, ""),
            ({"minimum": "99999999999999999999"}, "366"),
            ({"minimum": "二"}, ""),
            ({"period": "week"}, "week"),
            ({"valid_from": "2026-02-30"}, ""),
            ({"valid_from": ""}, ""),
            ({"valid_from": "2025-07-01"}, "以前年度已经结清"),
            ({"note": "长" * 301}, "300"),
            ({"seen": "x"}, ""),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_sentence(
        self, world: World, typing: dict[str, str], words_shown: str
    ) -> None:
        rule = national("theme_day")
        page = browser(keeper_of_everything(world)).post(self.path(rule), typed(rule) | typing)
        assert page.status_code == 400
        assert words_shown in words(page)
        assert Requirement.objects.filter(code="theme_day").count() == 1

    def test_full_width_digits_and_invisible_marks_are_read(self, world: World) -> None:
        rule = national("theme_day")
        client = browser(keeper_of_everything(world))
        typing = {"minimum": "２", "valid_from": "２０２６年７月１日", "note": "每月\u200b两\x00次"}
        assert client.post(self.path(rule), typed(rule, **typing, stage="confirm")).status_code == 302
        assert (national("theme_day").minimum, national("theme_day").note) == (2, "每月两次")

    def test_national_rules_are_for_whoever_administers_every_tree(self, world: World) -> None:
        rule = national("theme_day")
        for page in ("change", "end", "basis"):
            response = browser(world.administrator).post(self.path(rule, page), typed(rule, stage="confirm"))
            assert response.status_code == 403
        assert Requirement.objects.filter(code="theme_day").count() == 1

    def test_a_reviewer_changes_nothing(self, world: World) -> None:
        own = override("theme_day", world.committee, date(2026, 2, 1), minimum=2)
        for page in ("change", "override", "end", "basis"):
            data = typed(own, owner=world.branch.pk, stage="confirm")
            assert browser(world.reviewer).post(self.path(own, page), data).status_code == 403
        assert browser(world.administrator).get(self.path(own)).status_code == 200

    def test_a_committees_own_rule(self, world: World) -> None:
        client, rule = browser(world.administrator), national("theme_day")
        data = typed(rule, owner=world.committee.pk, minimum="2", note="")
        assert "变更 6" in words(client.post(self.path(rule, "override"), data))
        client.post(self.path(rule, "override"), data | {"stage": "confirm"})
        own = Requirement.objects.get(owner=world.committee)
        assert (own.minimum, own.version, own.valid_from) == (2, 1, JULY)
        assert national("theme_day").minimum == 1

    def test_an_own_rule_that_asks_for_less_says_why(self, world: World) -> None:
        client, rule = browser(world.administrator), national("theme_day")
        data = typed(rule, owner=world.committee.pk, grace_days="5", note="", stage="confirm")
        page = client.post(self.path(rule, "override"), data)
        assert page.status_code == 400
        assert "宽限更长：本级 5 天，上级 0 天。" in words(page)
        assert client.post(self.path(rule, "override"), data | {"note": "倒班"}).status_code == 302

    @pytest.mark.parametrize("place", ["other_committee", "other_branch", "", "x"])
    def test_not_for_a_place_one_does_not_administer(self, world: World, place: str) -> None:
        rule = national("theme_day")
        owner = getattr(world, place).pk if hasattr(world, place) else place
        data = typed(rule, owner=owner, minimum="2", stage="confirm")
        assert browser(world.administrator).post(self.path(rule, "override"), data).status_code == 400
        assert not Requirement.objects.exclude(owner=None).exists()

    def test_a_rule_for_a_kind_that_had_none(self, world: World) -> None:
        client = browser(world.administrator)
        facts = {"kind": "secretary_report", "owner": world.committee.pk, "bearer": "branch", "minimum": "1"}
        data = {**facts, "period": "quarter", "condition": "none", "grace_days": "0", "confidence": "local"}
        data |= {"valid_from": "2026-07-01", "is_active": "on"}
        assert "新增 2" in words(client.post("/rules/new/", data))
        assert client.post("/rules/new/", data | {"stage": "confirm"}).status_code == 302
        new = Requirement.objects.get(owner=world.committee)
        assert new.code == "secretary_report_branch"  # the national one is owed by committees
        again = client.post("/rules/new/", data | {"kind": "lecture"})
        assert again.status_code == 400
        assert "这种会议对该主体已有规定" in words(again)

    def test_only_who_keeps_the_national_rules_makes_one(self, world: World) -> None:
        data = {"kind": "staff", "bearer": "branch", "minimum": "1", "period": "year", "condition": "none"}
        data |= {"grace_days": "0", "confidence": "local", "valid_from": "2027-01-01", "stage": "confirm"}
        assert browser(world.administrator).post("/rules/new/", data).status_code == 400
        assert browser(keeper_of_everything(world)).post("/rules/new/", data).status_code == 302
        assert Requirement.objects.get(code="staff_branch").owner is None

    def test_ending(self, world: World) -> None:
        own = override("theme_day", world.committee, date(2026, 2, 1), minimum=2)
        sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
        client, data = browser(world.administrator), {"valid_from": "2026-07-01", "seen": own.pk}
        assert "变更 6" in words(client.post(self.path(own, "end"), data))
        assert client.post(self.path(own, "end"), data | {"stage": "confirm"}).status_code == 302
        own.refresh_from_db()
        assert own.valid_to == date(2026, 6, 30)

    def test_the_basis_is_corrected_at_once(self, world: World) -> None:
        own = override("theme_day", world.committee, date(2026, 2, 1), minimum=2)
        data = {"basis_source": "《实施细则》", "basis_article": "第三条", "confidence": "digest", "note": ""}
        assert browser(world.administrator).post(self.path(own, "basis"), data).status_code == 302
        own.refresh_from_db()
        assert (own.basis, own.version) == ("《实施细则》第三条", 1)

    def test_a_limit_is_saved_without_a_preview(self, world: World) -> None:
        rule = limit("record")
        data = typed(rule, owner=world.committee.pk, amount="2", valid_from="2026-05-20")
        assert browser(world.administrator).post(f"/deadlines/{rule.pk}/override/", data).status_code == 302
        assert Deadline.objects.get(owner=world.committee).amount == 2
        wrong = browser(keeper_of_everything(world)).post(
            f"/deadlines/{rule.pk}/change/", typed(rule, unit="day_of_month", month="1")
        )
        assert wrong.status_code == 400
        assert "此时限从事情发生之日起算" in words(wrong)
