"""The report line by line, on a day that may lie in the past; and the command that prints it."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.enums import MeetingState, OrganizationKind, StandingKind
from meetings.models import Member, Obligation, Organization, Requirement, Standing
from meetings.services.obligations import sync_obligations
from reviews.compliance.branches import Presence
from reviews.compliance.report import Report, compliance_report, distinct_names
from tests.held import attended, hold
from tests.world import FOUNDED, World, build_world, make_member

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 11, 23)


@pytest.fixture
def world() -> World:
    world = build_world()
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    return world


def report(world: World, as_of: date = AS_OF, **where: Organization) -> Report:
    return compliance_report(organization=where.get("at", world.committee), year=2026, as_of=as_of)


def status(found: Report, branch: Organization, kind: str, period: str, group: str = "") -> tuple[int, str]:
    lines = [
        (line.counted, line.status)
        for line in found.obligations
        if (line.branch, line.kind, line.period, line.group) == (branch.name, kind, period, group)
    ]
    assert len(lines) == 1, lines
    return lines[0]


def test_held_overdue_and_open(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 9, 8))
    found = report(world)
    assert status(found, world.branch, "theme_day", "2026-09") == (1, "met")
    assert status(found, world.branch, "theme_day", "2026-10") == (0, "overdue")
    assert status(found, world.branch, "theme_day", "2026-11") == (0, "open")
    assert "2026-12" not in {line.period for line in found.obligations}


def test_the_due_day_itself_is_still_open(world: World) -> None:
    assert status(report(world, date(2026, 10, 31)), world.branch, "theme_day", "2026-10") == (0, "open")
    assert status(report(world, date(2026, 11, 1)), world.branch, "theme_day", "2026-10") == (0, "overdue")


def test_a_period_counts_from_its_first_day(world: World) -> None:
    assert "2026-11" not in {line.period for line in report(world, date(2026, 10, 31)).obligations}
    assert status(report(world, date(2026, 11, 1)), world.branch, "theme_day", "2026-11") == (0, "open")


def test_looking_back_sees_what_was_held_by_then(world: World) -> None:
    attended(hold(world.branch, "theme_day", date(2026, 5, 20)))
    before, after = report(world, date(2026, 5, 19)), report(world, date(2026, 5, 20))
    assert status(before, world.branch, "theme_day", "2026-05") == (0, "open")
    assert status(after, world.branch, "theme_day", "2026-05") == (1, "met")
    assert before.attendance[world.branch.name] == Presence(0, 0)
    assert after.attendance[world.branch.name] == Presence(9, 9)


def test_last_years_appraisal_held_in_january_is_not_this_years(world: World) -> None:
    hold(world.branch, "appraisal", date(2026, 1, 20), counts_for=date(2025, 12, 31))
    assert status(report(world), world.branch, "appraisal", "2026") == (0, "open")


def test_a_stricter_rule_from_july_needs_two(world: World) -> None:
    old = Requirement.objects.get(code="theme_day")
    new = Requirement.objects.get(pk=old.pk)
    new.pk, new.version, new.valid_from, new.minimum = None, 2, date(2026, 7, 1), 2
    old.valid_to = date(2026, 6, 30)
    old.save()
    new.save()
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    for month in (6, 7):
        hold(world.branch, "theme_day", date(2026, month, 8))
    assert status(report(world), world.branch, "theme_day", "2026-06") == (1, "met")
    assert status(report(world), world.branch, "theme_day", "2026-07") == (1, "overdue")


def test_a_waived_line_says_so(world: World) -> None:
    Obligation.objects.filter(organization=world.branch, kind="lecture").update(
        waived_at="2026-10-01T00:00:00Z", waived_by=world.administrator, waiver_reason="抗洪"
    )
    assert status(report(world), world.branch, "lecture", "2026Q3") == (0, "waived")
    assert status(report(world, date(2026, 10, 1)), world.branch, "lecture", "2026Q3") == (0, "waived")


def test_looking_back_does_not_see_what_was_waived_later(world: World) -> None:
    waived = Obligation.objects.filter(organization=world.branch, kind="lecture", period_start="2026-07-01")
    late_at_night = "2026-10-05T16:30:00Z"  # in Shanghai the next day
    waived.update(waived_at=late_at_night, waived_by=world.administrator, waiver_reason="抗洪")
    assert status(report(world, date(2026, 10, 5)), world.branch, "lecture", "2026Q3") == (0, "overdue")
    assert status(report(world, date(2026, 10, 6)), world.branch, "lecture", "2026Q3") == (0, "waived")


def test_lines_stand_in_the_order_of_tree_rule_book_time_and_group(world: World) -> None:
    found = [(line.branch, line.kind, line.period, line.group) for line in report(world).obligations]
    own = [line for line in found if line[0] == world.branch.name]
    kinds = ["general", "committee", "group", "lecture", "theme_day", "organizational_life", "appraisal"]
    assert found == own + [line for line in found if line[0] == world.small_branch.name]
    assert list(dict.fromkeys(line[1] for line in own)) == kinds
    assert [line[2:] for line in own if line[1] == "group"][:3] == [
        ("2026-01", "第一党小组"),
        ("2026-01", "第二党小组"),
        ("2026-02", "第一党小组"),
    ]


def test_attendance_counts_the_hard_bound_of_meetings_that_count(world: World) -> None:
    frail = Member.objects.get(name="曾浩")
    Standing.objects.create(member=frail, kind=StandingKind.FRAIL, start_on=date(2026, 1, 1))
    attended(hold(world.branch, "general", date(2026, 3, 5)), world.members[2], frail)
    attended(hold(world.branch, "group", date(2026, 3, 9), group=world.groups[0]), world.members[2])
    attended(hold(world.branch, "committee", date(2026, 3, 10)))
    attended(hold(world.branch, "theme_day", date(2026, 3, 12), state=MeetingState.HOLD_AGAIN))
    attended(hold(world.branch, "theme_day", date(2025, 12, 12)))
    assert report(world).attendance == {
        world.branch.name: Presence(8 + 5 + 3, 7 + 4 + 3),
        world.small_branch.name: Presence(0, 0),
    }


def test_nothing_of_another_tree_is_in_it(world: World) -> None:
    attended(hold(world.other_branch, "theme_day", date(2026, 5, 20)))
    found = report(world)
    assert world.other_branch.name not in {line.branch for line in found.obligations} | set(found.attendance)
    other = report(world, at=world.other_committee)
    assert {line.branch for line in other.obligations} == set(other.attendance) == {world.other_branch.name}


def test_a_branch_founded_later_or_dissolved_before_has_no_attendance_line(world: World) -> None:
    Organization.objects.filter(pk=world.branch.pk).update(dissolved_on=date(2026, 1, 1))
    Organization.objects.filter(pk=world.small_branch.pk).update(founded_on=date(2026, 11, 24))
    assert report(world).attendance == {}


def test_equal_names_under_different_parents_are_told_apart() -> None:
    root = Organization(name="机关党委", path="0001", kind=OrganizationKind.COMMITTEE, pk=1)
    first = Organization(name="业务总支", path="00010001", kind=OrganizationKind.GENERAL_BRANCH, pk=2)
    second = Organization(name="后勤总支", path="00010002", kind=OrganizationKind.GENERAL_BRANCH, pk=3)
    twins = [
        Organization(
            name="第一党支部", path=f"{parent.path}0001", kind=OrganizationKind.BRANCH, pk=10 + parent.pk
        )
        for parent in (first, second)
    ]
    assert distinct_names([root, first, second, *twins]) == {
        1: "机关党委", 2: "业务总支", 3: "后勤总支", 12: "业务总支/第一党支部", 13: "后勤总支/第一党支部",
    }  # fmt: skip


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    with CaptureQueriesContext(connection) as one:
        report(world, at=world.small_branch)
    for month in range(1, 11):
        attended(hold(world.branch, "theme_day", date(2026, month, 9)))
    with CaptureQueriesContext(connection) as many:
        report(world)
    assert len(one) == len(many) <= 4


# --- the command -----------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    call_command("compliance", *arguments)
    return capsys.readouterr().out


def test_json_has_the_agreed_shape(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    attended(hold(world.small_branch, "theme_day", date(2026, 1, 9)), world.small_members[0])
    text = run(
        capsys, "--organization", "320102", "--year", "2026", "--as-of", "2026-01-20", "--format", "json"
    )
    line = {"branch": "督查室党支部", "group": "", "counted": 0, "status": "open"}
    assert json.loads(text) == {
        "as_of": "2026-01-20",
        "year": 2026,
        "obligations": [
            line | {"kind": "general", "period": "2026Q1"},
            line | {"kind": "lecture", "period": "2026Q1"},
            line | {"kind": "theme_day", "period": "2026-01", "counted": 1, "status": "met"},
            line | {"kind": "organizational_life", "period": "2026"},
            line | {"kind": "appraisal", "period": "2026"},
        ],
        "attendance": {"督查室党支部": {"expected": 4, "present": 3}},
    }
    assert "督查室" in text  # readable, not escaped


def test_the_table_names_what_is_missing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "--organization", "督查室党支部", "--year", "2026", "--as-of", "2026-02-01")
    lines = text.splitlines()
    assert any("督查室党支部" in line and "0/6" in line and "0.0%" in line for line in lines)
    assert any(
        "2026-01" in line and "主题党日" in line and "逾期" in line and world.branch.name not in line
        for line in lines
    )


def test_it_answers_before_the_clock_ever_ran(capsys: pytest.CaptureFixture[str]) -> None:
    build_world()
    text = run(
        capsys, "--organization", "3201", "--year", "2025", "--as-of", "2025-03-01", "--format", "json"
    )
    assert {line["period"] for line in json.loads(text)["obligations"]} == {
        "2025", "2025Q1", "2025-01", "2025-02", "2025-03",
    }  # fmt: skip


def test_a_day_before_the_year_owes_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    text = run(
        capsys, "--organization", "3201", "--year", "2026", "--as-of", "2025-12-31", "--format", "json"
    )
    assert json.loads(text)["obligations"] == []


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("compliance", *arguments)
    assert "\n" not in str(refusal.value)
    assert refusal.value.returncode == 1
    return str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--organization"),
        (("--organization", ""), "--organization"),
        (("--organization", "404"), "404"),
        (("--organization", "3201", "--year", "26"), "26"),
        (("--organization", "3201", "--year", "２０２６"), "--year"),
        (("--organization", "3201", "--year", "1066"), "1066"),
        (("--organization", "3201", "--year", "-2026"), "--year"),
        (("--organization", "3201", "--as-of", "2026-02-30"), "2026-02-30"),
        (("--organization", "3201", "--as-of", "yesterday"), "yesterday"),
        (("--organization", "3201", "--as-of", "9999-12-31"), "9999"),
        (("--organization", "3201", "--format", "xml"), "xml"),
    ],
)
def test_bad_input_is_one_line_that_names_it(world: World, arguments: tuple[str, ...], word: str) -> None:
    assert word in refused(*arguments)


def test_a_code_that_occurs_twice_names_both(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    Organization.objects.filter(pk=world.other_branch.pk).update(code="320102")
    sentence = refused("--organization", "320102")
    assert "市直机关党委/督查室党支部" in sentence
    assert "外单位党委/外单位第一党支部" in sentence
    assert run(capsys, "--organization", "外单位第一党支部", "--format", "json")


def test_a_name_that_occurs_twice_is_found_by_the_way_to_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    parent = Organization.objects.get(pk=world.other_committee.pk)
    facts = {"name": world.branch.name, "code": "7", "kind": OrganizationKind.BRANCH, "founded_on": FOUNDED}
    make_member("另一位", Organization.objects.add_child(parent, facts))
    assert "外单位党委/办公室党支部" in refused("--organization", "办公室党支部")
    text = run(capsys, "--organization", "外单位党委/办公室党支部", "--year", "2026", "--format", "json")
    assert list(json.loads(text)["attendance"]) == ["办公室党支部"]
