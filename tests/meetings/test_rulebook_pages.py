"""The rule book's pages: who may read and who may change, the preview, and what each place owes in words."""

import json
import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import User
from meetings.models import Deadline, Obligation, Organization, Requirement
from meetings.services.obligations import sync_obligations
from meetings.services.rulebook.sets import export_rule_set
from tests.meetings.rulebook import NOW, change, keeper_of_everything, limit, national, override
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _in_may() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world() -> World:
    world = build_world()
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
    return world


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: HttpResponse) -> str:
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def read(user: User, path: str, status: int = 200) -> str:
    response = browser(user).get(path)
    assert response.status_code == status
    return words(response)


def queries(user: User, path: str) -> int:
    client = browser(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def typed(rule: Requirement | Deadline, **says: Any) -> dict[str, Any]:
    """The form as it comes from a page that showed this rule."""
    data = {name: getattr(rule, name) for name in rule.SAYS if name not in ("kind", "is_active")}
    data |= {"valid_from": JULY.isoformat(), "is_active": "on"} | says
    return {name: "" if value is None else value for name, value in data.items()}


class TestReading:
    def test_the_list_tells_frequency_bearer_basis_and_confidence(self, world: World) -> None:
        text = read(world.secretary, "/rules/")
        assert "每季度至少 1 次 每个党支部" in text
        assert "每月至少 1 次 每个党支部 · 正式党员七人以上" in text
        assert "《中国共产党支部工作条例(试行)》第十一条 已核对条文" in text
        assert "会议记录 会后 3 个工作日内 全国 本地做法" in text
        assert "新增规定" not in text
        assert "新增规定" in read(world.administrator, "/rules/")

    def test_what_is_not_in_use_is_shown_as_such(self, world: World) -> None:
        text = read(world.secretary, "/rules/")
        assert re.search(r"机关党员干部大会 每年至少 1 次 党委 全国 .{1,60} 未启用", text)

    def test_ones_own_and_those_above_but_not_those_elsewhere(self, world: World) -> None:
        override("theme_day", world.committee, JULY, minimum=2)
        override("theme_day", world.other_committee, JULY, minimum=9)
        text = read(world.secretary, "/rules/")
        assert "每月至少 2 次 每个党支部 市直机关党委" in text
        assert "2026年7月1日起" in text
        assert "至少 9 次" not in text
        assert "至少 9 次" in read(world.other_reviewer, "/rules/")

    def test_a_rule_that_asks_for_less_is_marked(self, world: World) -> None:
        own = override("theme_day", world.committee, JULY, grace_days=5, note="倒班单位")
        assert "低于上级" in read(world.secretary, "/rules/")
        text = read(world.secretary, f"/rules/{own.pk}/")
        assert "本规定要求低于上级，并已说明理由。 宽限更长：本级 5 天，上级 0 天。" in text
        Requirement.objects.filter(pk=own.pk).update(note="")
        assert "尚未说明理由" in read(world.secretary, f"/rules/{own.pk}/")

    def test_one_rule_with_its_versions_and_who_owes_it(self, world: World) -> None:
        old = national("theme_day")
        new = change("theme_day", JULY, minimum=2)
        text = read(world.administrator, f"/rules/{old.pk}/")
        assert "至2026年6月30日止" in text
        assert "2026年7月1日 – 每月至少 2 次" in text
        assert "您的范围内有 2 个组织，本期应开台账 2 条。" in text
        assert world.branch.name in text
        assert world.other_branch.name not in text
        assert "您的范围内本期没有组织负责此项。" in read(world.administrator, f"/rules/{new.pk}/")

    def test_a_limit_has_its_page_too(self, world: World) -> None:
        assert "会后 3 个工作日内" in read(world.secretary, f"/deadlines/{limit('record').pk}/")

    def test_actions_only_for_those_who_keep_the_rule(self, world: World) -> None:
        page = f"/rules/{national('lecture').pk}/"
        assert "制定本级规定" not in read(world.reviewer, page)
        local = read(world.administrator, page)
        assert "制定本级规定" in local and "停止执行" not in local
        assert "停止执行" in read(keeper_of_everything(world), page)

    @pytest.mark.parametrize("path", ["/rules/", "/rules/duties/"])
    def test_the_queries_do_not_grow_with_the_rows(self, world: World, path: str) -> None:
        override("theme_day", world.committee, JULY, minimum=2)
        one = queries(world.administrator, path)
        for code, owner in (
            ("lecture", world.branch),
            ("lecture", world.small_branch),
            ("general", world.branch),
        ):
            override(code, owner, JULY, minimum=2)
        assert queries(world.administrator, path) == one <= MOST_QUERIES

    def test_nor_do_those_of_one_rule(self, world: World) -> None:
        path = f"/rules/{national('theme_day').pk}/"
        override("theme_day", world.committee, JULY, minimum=2)
        one = queries(world.administrator, path)
        override("theme_day", world.branch, JULY, minimum=2)
        override("theme_day", world.small_branch, JULY, minimum=3)
        assert queries(world.administrator, path) == one <= MOST_QUERIES


class TestDuties:
    def test_in_plain_words_with_the_reason_for_what_is_not_owed(self, world: World) -> None:
        text = read(world.administrator, "/rules/duties/")
        big, _, small = text.rpartition(world.small_branch.name)
        assert "支部党员大会 每季度至少 1 次" in big
        assert "党小组会 每月至少 1 次 · 2 个党小组各自召开" in big
        assert "不需召开 支部委员会会议 正式党员 4 名，不足 7 名，不设支部委员会。" in small
        assert "不需召开 党小组会 没有党小组。" in small
        assert world.other_branch.name not in text

    def test_a_local_rule_is_named_after_its_owner(self, world: World) -> None:
        override("theme_day", world.committee, date(2026, 5, 1), minimum=2)
        text = read(world.secretary, "/rules/duties/")
        assert "主题党日 每月至少 2 次 市直机关党委规定" in text
        assert world.small_branch.name not in text

    def test_a_rule_of_the_future_is_not_owed_yet(self, world: World) -> None:
        override("theme_day", world.committee, JULY, minimum=2)
        assert "每月至少 2 次" not in read(world.secretary, "/rules/duties/")

    def test_a_branch_founded_in_the_period(self, world: World) -> None:
        Organization.objects.filter(pk=world.small_branch.pk).update(founded_on=date(2026, 5, 4))
        assert "主题党日 本期内并非始终存在。" in read(world.small_secretary, "/rules/duties/")

    def test_what_it_says_is_what_the_ledger_has(self, world: World) -> None:
        override("lecture", world.small_branch, date(2026, 4, 1), is_active=False, note="驻村")
        sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
        now = Obligation.objects.filter(
            organization=world.small_branch,
            period_start__lte=date(2026, 5, 11),
            period_end__gte=date(2026, 5, 11),
        )
        page = browser(world.small_secretary).get("/rules/duties/")
        (duties,) = page.context["duties"]
        assert {duty.requirement.pk for duty in duties.owed} == set(now.values_list("requirement", flat=True))

    @pytest.mark.parametrize("organization", ["x", "99999999999999999999", "0"])
    def test_a_filter_that_means_nothing(self, world: World, organization: str) -> None:
        read(world.secretary, f"/rules/duties/?organization={organization}", status=400)

    def test_a_place_outside_cannot_be_chosen(self, world: World) -> None:
        path = f"/rules/duties/?organization={world.other_branch.pk}"
        assert world.other_branch.name not in read(world.secretary, path, status=400)
        assert world.other_branch.name in read(world.other_secretary, path)


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
        hidden = dict(
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', preview.content.decode())
        )
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
            ({"period": ""}, "此项必填。"),
            ({"minimum": ""}, "此项必填。"),
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


class TestFiles:
    def test_the_export_is_the_file_the_command_writes(self, world: World) -> None:
        answer = browser(world.secretary).get("/rules/export/")
        assert answer["Content-Disposition"] == 'attachment; filename="rules-national-20260511.json"'
        assert answer.content.decode() == export_rule_set(None)

    def test_an_owners_rules_only_for_those_who_see_them(self, world: World) -> None:
        override("theme_day", world.committee, JULY, minimum=2)
        path = f"/rules/export/?owner={world.committee.pk}"
        assert json.loads(browser(world.secretary).get(path).content)["title"] == world.committee.name
        assert browser(world.other_reviewer).get(path).status_code == 404

    @pytest.mark.parametrize("owner", ["x", "0", "²", "99999999999999999999", "-1"])
    def test_an_owner_that_is_none(self, world: World, owner: str) -> None:
        assert browser(world.administrator).get("/rules/export/", {"owner": owner}).status_code == 404

    def upload(self, text: str | bytes, **facts: Any) -> dict[str, Any]:
        body = text.encode() if isinstance(text, str) else text
        return {"file": SimpleUploadedFile("rules.json", body), **facts}

    def test_file_then_preview_then_saved(self, world: World) -> None:
        override("theme_day", world.other_committee, JULY, minimum=2)
        client, text = browser(world.administrator), export_rule_set(world.other_committee)
        preview = client.post("/rules/import/", self.upload(text, owner=world.committee.pk))
        assert "规定：新增 1 条，变更 0 条，0 条不变。" in words(preview)
        assert "变更 6" in words(preview)
        assert not Requirement.objects.filter(owner=world.committee).exists()
        hidden = dict(
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', preview.content.decode())
        )
        done = client.post(
            "/rules/import/", {k: unescape(v) for k, v in hidden.items()} | {"stage": "confirm"}, follow=True
        )
        assert "新增规定 1 条" in words(done)
        assert Requirement.objects.get(owner=world.committee).minimum == 2
        assert Obligation.objects.filter(kind="theme_day", needed=2).count() == 6

    def test_a_preset_for_a_committee(self, world: World) -> None:
        data = {"preset": "enterprise", "owner": world.committee.pk, "stage": "confirm"}
        assert browser(world.administrator).post("/rules/import/", data).status_code == 302
        assert Requirement.objects.filter(owner=world.committee).count() == 3

    @pytest.mark.parametrize(
        ("facts", "words_shown"),
        [
            ({}, "请选择一个预设，或上传一个文件，二者选一。"),
            ({"preset": "organ", "text": "{}"}, "二者选一"),
            ({"preset": "moon"}, ""),
            ({"preset": "organ", "since": "2026-02-30"}, ""),
            ({"preset": "organ", "since": "2026-02-01"}, "requirements[1] (secretary_lecture) · valid_from"),
            ({"text": "["}, "文件不是 JSON"),
        ],
    )
    def test_refused_with_a_sentence(self, world: World, facts: dict[str, str], words_shown: str) -> None:
        data = {"owner": world.committee.pk, "stage": "confirm", **facts}
        page = browser(world.administrator).post("/rules/import/", data)
        assert page.status_code == 400
        assert words_shown in words(page)
        assert not Requirement.objects.filter(owner=world.committee).exists()

    @pytest.mark.parametrize("body", [b"\x00", b"\xff\xfe", "规定".encode("gb18030"), b"{" * 2000])
    def test_files_that_are_none(self, world: World, body: bytes) -> None:
        page = browser(world.administrator).post(
            "/rules/import/", self.upload(body, owner=world.committee.pk)
        )
        assert page.status_code == 400

    def test_not_for_everybody_unless_one_keeps_the_national_rules(self, world: World) -> None:
        data = {"preset": "organ", "stage": "confirm"}
        assert browser(world.administrator).post("/rules/import/", data).status_code == 400
        data["owner"] = world.other_committee.pk
        assert browser(world.administrator).post("/rules/import/", data).status_code == 400
        assert not Requirement.objects.exclude(owner=None).exists()
        del data["owner"]
        assert browser(keeper_of_everything(world)).post("/rules/import/", data).status_code == 302
