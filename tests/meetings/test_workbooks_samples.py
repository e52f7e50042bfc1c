"""The sample workbooks say exactly what their makers put into them."""

import json
from collections import Counter
from datetime import date, time

from meetings.enums import MeetingKind, OrganizationKind, PostTitle, StandingKind
from meetings.workbooks.absences import Absence
from meetings.workbooks.ledgers import read_ledger
from meetings.workbooks.organizations import OrganizationRow, read_organizations
from meetings.workbooks.rosters import read_roster
from tests.meetings.workbook_files import SAMPLES, sample

TODAY = date(2026, 11, 23)


def test_organizations() -> None:
    reading = read_organizations(sample("organizations.xlsx"), today=TODAY)
    assert reading.errors == []
    assert [(note.row, note.column) for note in reading.warnings] == [(10, "党组织代码"), (11, "党组织代码")]
    assert reading.rows[1] == OrganizationRow(
        row=3,
        name="综合业务党总支",
        kind=OrganizationKind.GENERAL_BRANCH,
        parent="市直机关党委",
        code="320101",
        founded_on=date(2012, 3, 1),
        term_start_on=date(2024, 5, 20),
        term_years=3,
    )
    assert len(reading.rows) == 11


def test_the_clean_roster_has_no_error() -> None:
    reading = read_roster(sample("roster-clean.xlsx"), today=TODAY)
    assert reading.errors == reading.warnings == []
    assert len(reading.rows) == 133
    first = reading.rows[0]
    assert (first.name, first.group, first.posts) == ("沈玉芳", "第二党小组", (PostTitle.SECRETARY,))
    assert first.is_leading_cadre
    assert first.full_member_on == date(2024, 7, 9)
    standings = Counter(kind for row in reading.rows for kind in row.standings)
    assert standings == {StandingKind.FRAIL: 6, StandingKind.MOBILE: 6}
    assert {"姜㛃", "蒋䶮", "买买提·艾山"} <= {row.name for row in reading.rows}
    assert sum(1 for row in reading.rows if row.full_member_on is None) == 6


def test_the_messy_roster_says_the_same_apart_from_its_errors() -> None:
    clean = {row.id_number: row for row in read_roster(sample("roster-clean.xlsx"), today=TODAY).rows}
    reading = read_roster(sample("roster-messy.xlsx"), today=TODAY)
    expected = json.loads((SAMPLES / "roster-messy.errors.json").read_text())
    # Whether a branch exists only the database knows.
    own = [(error["row"], error["column"]) for error in expected if error["why"] != "unknown branch"]
    assert [(note.row, note.column) for note in reading.errors] == own
    assert reading.warnings == []
    assert [note.cell for note in reading.errors] == ["E8", "I20", "C43", "F55"]
    assert reading.errors[0].message == "入党时间：没有2026-02-30这一天"
    assert reading.errors[0].heading == "加入党组织日期"
    assert len(reading.rows) == 133 - len(own)
    for row in reading.rows:
        other = clean[row.id_number]
        assert (row.name, row.joined_on, row.full_member_on) == (
            other.name,
            other.joined_on,
            other.full_member_on,
        )
        assert (row.phone, row.posts, row.standings, row.group) == (
            other.phone,
            other.posts,
            other.standings,
            other.group,
        )
        assert row.branch in {other.branch, "不存在的党支部"}


def test_the_ledger() -> None:
    reading = read_ledger(sample("ledger-2026.xlsx"), year=2026, today=TODAY)
    assert reading.errors == reading.warnings == []
    assert len(reading.rows) == 338
    kinds = Counter(kind for row in reading.rows for kind in row.kinds)
    assert kinds == {
        MeetingKind.GROUP: 124,
        MeetingKind.THEME_DAY: 83,
        MeetingKind.COMMITTEE: 62,
        MeetingKind.LECTURE: 40,
        MeetingKind.GENERAL: 28,
        MeetingKind.ORGANIZATIONAL_LIFE: 6,
        MeetingKind.APPRAISAL: 6,
    }
    first = reading.rows[0]
    assert (first.branch, first.group, first.day, first.starts) == (
        "信息中心党支部",
        "第二党小组",
        date(2026, 1, 1),
        time(15, 0),
    )
    assert first.absences == (Absence("仇萍", "病假"), Absence("傅俊瀚", "出差"))
    assert (first.expected, first.present) == (10, 8)
    # What the sheet counts agrees with whom it names.
    for row in reading.rows:
        assert row.expected is not None
        assert row.present == row.expected - len(row.absences)


def test_a_ledger_of_another_year_is_refused_day_by_day() -> None:
    reading = read_ledger(sample("ledger-2026.xlsx"), year=2025, today=TODAY)
    assert len(reading.errors) == 338
    assert reading.rows == []
    assert reading.errors[0].message == "日期：2026年1月1日不在2025年内"
