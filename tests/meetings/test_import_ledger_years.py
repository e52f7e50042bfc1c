"""For which year a row of the ledger counts: last year's appraisal is often held in January."""

from datetime import UTC, date, datetime

import pytest

from meetings.enums import MeetingKind
from meetings.models import LedgerYear, Meeting, MeetingPart, Obligation
from meetings.services.imports import ImportKind, ImportRefused, ImportReport, ImportRequest, apply_import
from meetings.services.obligations import generate_obligations
from tests.meetings.workbook_files import workbook
from tests.world import World

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SMALL = "督查室党支部"


def apply(
    kinds: str, day: str, theme: str = "年度工作", counts_for: object = None, heading: str = "计入年度"
) -> ImportReport:
    rows = [["党支部", "类型", "日期", "主题", heading], [SMALL, kinds, day, theme, counts_for]]
    request = ImportRequest(kind=ImportKind.LEDGER, file=workbook(rows), actor=None, year=2026)
    return apply_import(request=request, now=NOW)


def notes(report: ImportReport) -> list[tuple[str, str]]:
    return [(note.cell, note.message) for note in report.warnings]


def parts() -> dict[str, date]:
    return dict(MeetingPart.objects.values_list("kind", "counts_for"))


def counted(world: World, kind: str) -> dict[int, int]:
    lines = Obligation.objects.filter(
        organization=world.small_branch, kind=kind, period_start__year__lte=2026
    )
    return {start.year: number for start, number in lines.values_list("period_start", "counted")}


def test_what_is_owed_once_a_year_counts_for_the_year_the_row_gives(world: World) -> None:
    generate_obligations(as_of=date(2025, 12, 20))
    report = apply("民主评议党员、党课", "2026-1-12", "2025年度民主评议党员", "2025年")
    assert (report.created, report.warnings) == (1, [])
    assert parts() == {MeetingKind.APPRAISAL: date(2025, 12, 31), MeetingKind.LECTURE: date(2026, 1, 12)}
    assert counted(world, MeetingKind.APPRAISAL) == {2025: 1, 2026: 0}


@pytest.mark.parametrize("heading", ["计入年度", "所属年度", "评议年度", "归属年度"])
@pytest.mark.parametrize("written", [2025, "2025", "２０２５年度", "二〇二五年", date(2025, 12, 31)])
def test_the_year_may_be_headed_and_written_in_many_ways(world: World, heading: str, written: object) -> None:
    apply("组织生活会", "2026-3-31", counts_for=written, heading=heading)
    assert parts() == {MeetingKind.ORGANIZATIONAL_LIFE: date(2025, 12, 31)}


def test_a_year_nobody_kept_is_not_called_up_by_one_meeting(world: World) -> None:
    apply("民主评议党员", "2026-1-12", counts_for=2025)
    assert not LedgerYear.objects.filter(year=2025).exists()
    assert counted(world, MeetingKind.APPRAISAL) == {2026: 0}


def test_the_year_can_be_corrected_by_importing_again(world: World) -> None:
    generate_obligations(as_of=date(2025, 12, 20))
    seen = []
    for given in (None, 2025, 2025, None, 2026):
        report = apply("民主评议党员", "2026-1-12", counts_for=given)
        seen.append((report.created, report.updated, report.unchanged, counted(world, MeetingKind.APPRAISAL)))
    assert seen == [
        (1, 0, 0, {2025: 0, 2026: 1}),
        (0, 1, 0, {2025: 1, 2026: 0}),
        (0, 0, 1, {2025: 1, 2026: 0}),
        (0, 0, 1, {2025: 1, 2026: 0}),  # an empty cell says nothing
        (0, 1, 0, {2025: 0, 2026: 1}),
    ]


@pytest.mark.parametrize(
    ("kinds", "day", "year", "why"),
    [
        (
            "民主评议党员",
            "2026-4-1",
            2025,
            "2026年4月1日召开的会议只能计入当年，或在3月底前召开的计入上一年度",
        ),
        (
            "民主评议党员",
            "2026-1-12",
            2024,
            "2026年1月12日召开的会议只能计入当年，或在3月底前召开的计入上一年度",
        ),
        (
            "民主评议党员",
            "2026-1-12",
            2027,
            "2026年1月12日召开的会议只能计入当年，或在3月底前召开的计入上一年度",
        ),
        ("主题党日", "2026-1-12", 2025, "只有每年召开一次的会议才能计入上一年度"),
        ("民主评议党员", "2026-1-12", "上年度", "“上年度”不是年份"),
    ],
)
def test_a_year_for_which_it_cannot_count_is_refused(
    world: World, kinds: str, day: str, year: object, why: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        apply(kinds, day, counts_for=year)
    assert [(note.cell, note.message) for note in refused.value.report.errors] == [("E2", f"计入年度：{why}")]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("kinds", "day", "theme", "year", "is_told"),
    [
        ("民主评议党员", "2026-1-12", "2025年度民主评议党员", None, True),
        ("组织生活会", "2026-3-31", "上年度组织生活会", None, True),
        ("民主评议党员", "2026-1-12", "2025年度民主评议党员", 2025, False),
        ("民主评议党员", "2026-1-12", "2025年度民主评议党员", 2026, False),
        ("民主评议党员", "2026-1-12", "民主评议党员", None, False),
        ("民主评议党员", "2026-4-1", "2025年度民主评议党员", None, False),
        ("主题党日", "2026-1-12", "2025年度总结", None, False),
    ],
)
def test_a_theme_that_names_last_year_is_asked_about(
    world: World, kinds: str, day: str, theme: str, year: int | None, is_told: bool
) -> None:
    told = [("D2", "主题：写的是上一年度，但会议将计入2026年；如应计入上一年度，请填写“计入年度”")]
    assert notes(apply(kinds, day, theme, year)) == (told if is_told else [])


def test_what_counts_for_last_year_already_is_not_asked_about_again(world: World) -> None:
    apply("民主评议党员", "2026-1-12", "2025年度民主评议党员", 2025)
    again = apply("民主评议党员", "2026-1-12", "2025年度民主评议党员")
    assert (again.unchanged, notes(again)) == (1, [])
