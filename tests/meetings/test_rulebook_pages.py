"""The rule book's pages: who may read what, what each place owes in words, files in and out."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from meetings.models import Obligation, Organization, Requirement
from meetings.services.obligations import sync_obligations
from meetings.services.rulebook.sets import export_rule_set
from tests.meetings.rulebook import NOW, change, keeper_of_everything, limit, national, override
from tests.meetings.rulebook_pages import (
    JULY,
    MOST_QUERIES,
    browser,
    hidden_fields,
    queries,
    read,
    words,
)
from tests.world import World, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _in_may() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def world_of_module(module_database: None) -> World:
    """With the ledger of three quarters."""
    with time_machine.travel(NOW, tick=False):
        world = build_world()
        sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
    return world


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
        above = read(world.secretary, f"/rules/{national('theme_day').pk}/")
        assert re.search(r"上级与下级 .* 每月至少 1 次 每个党支部 · 宽限 5 天 市直机关党委", above)
        text = read(world.secretary, f"/rules/{own.pk}/")
        assert "本规定要求低于上级，并已说明理由。 宽限更长：本级 5 天，上级 0 天。" in text
        Requirement.objects.filter(pk=own.pk).update(note="")
        assert "尚未说明理由" in read(world.secretary, f"/rules/{own.pk}/")

    def test_an_old_version_stands_on_the_rules_page_an_ended_rule_in_the_list(self, world: World) -> None:
        own = override("theme_day", world.committee, date(2026, 2, 1), minimum=2)
        Requirement.objects.filter(pk=own.pk).update(valid_to=date(2026, 4, 30))
        assert "2026年4月30日止" in read(world.secretary, "/rules/")
        override("theme_day", world.committee, date(2026, 5, 1), minimum=3)
        text = read(world.secretary, "/rules/")
        assert "至少 3 次" in text and "2026年4月30日止" not in text
        assert "2026年4月30日止" in read(world.secretary, f"/rules/{own.pk}/")

    def test_one_rule_with_its_versions_and_who_owes_it(self, world: World) -> None:
        old = national("theme_day")
        new = change("theme_day", JULY, minimum=2)
        text = read(world.administrator, f"/rules/{old.pk}/")
        assert "至2026年6月30日止" in text
        assert "2019年1月1日 – 2026年6月30日 每月至少 1 次" in text
        assert "2026年7月1日起 每月至少 2 次" in text
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
        done = client.post("/rules/import/", hidden_fields(preview) | {"stage": "confirm"}, follow=True)
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
