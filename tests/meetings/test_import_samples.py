"""The sample committee from its workbooks to its compliance figures, by the commands alone."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from branchlife.models import AuditEvent
from meetings.models import Attendance, Meeting, Member, Organization, PartyGroup
from tests.meetings.workbook_files import SAMPLES

pytestmark = pytest.mark.django_db
MOMENT = "2026-11-23T02:00:00Z"
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@pytest.fixture(autouse=True)
def day_of_the_samples() -> Iterator[None]:
    with time_machine.travel(MOMENT, tick=True):
        yield


def run(command: str, *arguments: object) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def import_all() -> list[dict]:
    return [
        json.loads(run(command, SAMPLES / file, "--format", "json", *more))
        for command, file, *more in (
            ("import_organizations", "organizations.xlsx"),
            ("import_roster", "roster-clean.xlsx"),
            ("import_ledger", "ledger-2026.xlsx", "--year", 2026),
        )
    ]


@pytest.fixture(scope="class")
def reports(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[dict]]:
    """The samples are in the database, imported once for all the tests of a class: what was told of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(MOMENT, tick=True):
            told = import_all()
        yield told
        transaction.set_rollback(True)


def everything() -> dict[str, list[dict]]:
    """Every row of every table of ours."""
    models = [
        model
        for name in ("branchlife", "meetings", "reviews")
        for model in apps.get_app_config(name).get_models()
    ]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def compliance(name: str = "3201") -> dict:
    return json.loads(
        run("compliance", "--organization", name, "--year", 2026, "--as-of", "2026-11-23", "--format", "json")
    )


def by_key(lines: list[dict]) -> dict[tuple, dict]:
    return {(line["branch"], line["group"], line["kind"], line["period"]): line for line in lines}


class TestImported:
    def test_imported_samples_give_the_expected_figures(self, reports: list[dict]) -> None:
        assert [report["errors"] for report in reports] == [[], [], []]
        assert [report["created"] for report in reports] == [11, 133, 338]
        expected = json.loads((SAMPLES / "compliance-2026.expected.json").read_text())
        found = compliance()
        assert by_key(found["obligations"]) == by_key(expected["obligations"])
        assert len(found["obligations"]) == len(expected["obligations"]) == 366
        for branch, figures in expected["attendance"].items():
            assert {name: found["attendance"][branch][name] for name in figures} == figures
        assert set(found["attendance"]) == set(expected["attendance"])

    def test_importing_again_changes_no_row(self, reports: list[dict]) -> None:
        compliance()
        before = everything()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            again = import_all()
        assert [(r["created"], r["updated"], r["unchanged"]) for r in again] == [
            (0, 0, 11),
            (0, 0, 133),
            (0, 0, 338),
        ]
        assert [q["sql"] for q in queries if q["sql"].startswith(WRITING)] == []
        assert everything() == before

    def test_importing_leaves_one_audit_event_each(self, reports: list[dict]) -> None:
        events = AuditEvent.objects.order_by("id").values_list("action", "subject_label", "difference")
        assert list(events) == [
            ("import.organizations", "市直机关党委", {"created": 11, "updated": 0, "left_out": 0}),
            ("import.roster", "市直机关党委", {"created": 133, "updated": 0, "left_out": 0}),
            ("import.ledger", "市直机关党委", {"created": 338, "updated": 0, "left_out": 0}),
        ]

    def test_the_number_of_queries_does_not_follow_the_rows(self, reports: list[dict]) -> None:
        with CaptureQueriesContext(connection) as queries:
            run("import_roster", SAMPLES / "roster-clean.xlsx")
            run("import_ledger", SAMPLES / "ledger-2026.xlsx", "--year", 2026)
        assert len(queries) <= 40

    def test_what_the_samples_become(self, reports: list[dict]) -> None:
        assert Organization.objects.get(name="人事处党支部").code == "32010201"
        branch = Organization.objects.get(name="离退休第一党支部")
        assert Organization.objects.get_parent(branch).name == "离退休党总支"
        assert PartyGroup.objects.count() == 12
        member = Member.objects.get(name="姜㛃")
        assert member.name_key.startswith("jiang")
        membership = member.memberships.get()
        assert membership.start_on == member.joined_on
        assert [standing.kind for standing in member.standings.all()] == ["mobile"]
        meeting = Meeting.objects.get(day="2026-04-11", starts="09:00", organization__name="人事处党支部")
        assert meeting.kinds == ["theme_day", "lecture"]
        absent = Attendance.objects.get(meeting=meeting, presence="excused")
        assert (absent.member.name, absent.reason) == ("马桂", "病假")
        problems = Organization.objects.find_problems()
        assert not any(problems)


def test_a_dry_run_of_the_messy_roster_names_exactly_its_wrong_cells() -> None:
    run("import_organizations", SAMPLES / "organizations.xlsx")
    before = everything()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_roster", str(SAMPLES / "roster-messy.xlsx"), "--dry-run", "--format", "json", stdout=out
        )
    assert ended.value.code == 1
    report = json.loads(out.getvalue())
    expected = json.loads((SAMPLES / "roster-messy.errors.json").read_text())
    assert [(e["row"], e["column"]) for e in report["errors"]] == [(e["row"], e["column"]) for e in expected]
    assert report["errors"][2]["message"] == "所在党支部：没有名为“不存在的党支部”的党支部"
    assert (report["errors"][2]["heading"], report["errors"][2]["cell"]) == ("支部名称", "B26")
    assert report["created"] == 128
    assert everything() == before


def test_the_messy_roster_without_its_wrong_rows_is_the_clean_one_without_them() -> None:
    run("import_organizations", SAMPLES / "organizations.xlsx")
    run("import_roster", SAMPLES / "roster-messy.xlsx", "--skip-invalid")
    assert Member.objects.count() == 128
    report = json.loads(run("import_roster", SAMPLES / "roster-clean.xlsx", "--format", "json"))
    # The clean one also says everybody's ethnicity.
    assert (report["created"], report["updated"]) == (5, 128)
    assert (report["errors"], Member.objects.count()) == ([], 133)
    again = json.loads(run("import_roster", SAMPLES / "roster-clean.xlsx", "--format", "json"))
    assert again["unchanged"] == 133
