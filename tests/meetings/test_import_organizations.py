"""Lists of organizations against the tree: order, codes, circles, places of one's own."""

from datetime import UTC, date, datetime

import pytest

from branchlife.models import User
from meetings.enums import MeetingKind, MeetingState, OrganizationKind, Role
from meetings.models import LedgerYear, Membership, Obligation, Organization
from meetings.services.imports import (
    ImportKind,
    ImportRefused,
    ImportReport,
    ImportRequest,
    apply_import,
    plan_import,
)
from meetings.services.obligations import generate_obligations
from meetings.services.reconcile import reconcile
from tests.held import hold
from tests.meetings.workbook_files import workbook
from tests.world import appoint, build_world, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
HEADER = ["党组织名称", "党组织代码", "上级党组织", "党组织类别", "成立时间", "本届任期开始", "任期(年)"]


def request(*rows: list[object], actor: User | None = None) -> ImportRequest:
    return ImportRequest(kind=ImportKind.ORGANIZATIONS, file=workbook([HEADER, *rows]), actor=actor)


def apply(*rows: list[object], actor: User | None = None, skip_invalid: bool = False) -> ImportReport:
    return apply_import(request=request(*rows, actor=actor), skip_invalid=skip_invalid, now=NOW)


def errors(*rows: list[object], actor: User | None = None) -> list[tuple[str, str]]:
    with pytest.raises(ImportRefused) as refused:
        apply(*rows, actor=actor)
    return [(note.cell, note.message) for note in refused.value.report.errors]


def tree() -> list[str]:
    return [f"{'-' * (each.depth - 1)}{each.name}" for each in Organization.objects.order_by("path")]


COMMITTEE = ["机关党委", "01", None, "机关党委", "2009.06", "2023-09-15", 5]
GENERAL = ["业务党总支", "0101", "机关党委", "党总支", "2012.03", None, None]
BRANCH = ["第一党支部", "0102", "业务党总支", "党支部", "2015-7-1", "2023-11-5", 3]


def test_rows_may_stand_in_any_order() -> None:
    report = apply(BRANCH, GENERAL, COMMITTEE)
    assert (report.created, report.errors) == (3, [])
    assert tree() == ["机关党委", "-业务党总支", "--第一党支部"]
    assert not any(Organization.objects.find_problems())
    branch = Organization.objects.get(name="第一党支部")
    assert (branch.kind, branch.code, branch.founded_on) == (
        OrganizationKind.BRANCH,
        "0102",
        date(2015, 7, 1),
    )
    assert (branch.term_start_on, branch.term_years) == (date(2023, 11, 5), 3)


def test_a_parent_may_be_given_by_its_code() -> None:
    apply(COMMITTEE, ["第二党支部", "", "01", "党支部", "2015.7.1", None, None])
    assert tree() == ["机关党委", "-第二党支部"]


def test_a_repeated_code_is_a_warning_and_no_parent() -> None:
    other = ["第二党支部", "0102", "机关党委", "党支部", "2015.7.1", None, None]
    report = apply(COMMITTEE, GENERAL, BRANCH, other)
    assert report.created == 4
    assert [(note.cell, note.column) for note in report.warnings] == [("B5", "党组织代码")]
    below = ["第三党支部", "", "0102", "党支部", "2015.7.1", None, None]
    assert errors(below) == [("C2", "上级党组织：“0102”对应2个党组织")]


def test_the_same_name_under_another_parent_is_another_organization() -> None:
    twin = ["第一党支部", "0102", "机关党委", "党支部", "2015-7-1", None, None]
    apply(COMMITTEE, GENERAL, BRANCH)
    report = apply(twin)
    assert (report.created, [note.cell for note in report.warnings]) == (1, ["A2"])
    assert tree() == ["机关党委", "-业务党总支", "--第一党支部", "-第一党支部"]
    assert apply(COMMITTEE, GENERAL, BRANCH, twin).unchanged == 4


def test_unknown_parents_circles_and_what_hangs_on_them() -> None:
    rows = [
        COMMITTEE,
        ["甲党总支", "", "没有的党委", "党总支", "2012.03", None, None],
        ["乙党总支", "", "丙党总支", "党总支", "2012.03", None, None],
        ["丙党总支", "", "乙党总支", "党总支", "2012.03", None, None],
        ["丁党支部", "", "甲党总支", "党支部", "2012.03", None, None],
        ["戊党支部", "", "丁党支部", "党支部", "2012.03", None, None],
        ["己党支部", "", "己党支部", "党支部", "2012.03", None, None],
        ["庚党支部", "", "机关党委", "党支部", None, None, None],
        ["辛党支部", "", "机关党委", "党支部", None, "2024.1.1", None],
    ]
    assert errors(*rows) == [
        ("C3", "上级党组织：没有名为“没有的党委”的党组织"),
        ("C4", "上级党组织：上级党组织互相循环"),
        ("C5", "上级党组织：上级党组织互相循环"),
        ("C6", "上级党组织：“甲党总支”本身不能导入"),
        ("C7", "上级党组织：“丁党支部”是党支部，其下不能再设党组织"),
        ("C8", "上级党组织：上级党组织互相循环"),
        ("E9", "成立时间：未填写"),
    ]
    assert not Organization.objects.exists()
    report = apply(*rows, skip_invalid=True)
    assert report.created == 2
    assert tree() == ["机关党委", "-辛党支部"]
    assert [note.cell for note in report.warnings] == ["E10"]


def test_what_differs_is_changed_and_an_empty_cell_says_nothing() -> None:
    apply(COMMITTEE, GENERAL, BRANCH)
    report = apply(["第一党支部", None, "业务党总支", None, None, "2026-11-5", None], COMMITTEE)
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    branch = Organization.objects.get(name="第一党支部")
    assert (branch.code, branch.term_start_on, branch.term_years) == ("0102", date(2026, 11, 5), 3)


# --- what a sheet does not change ------------------------------------------------------------


def known(kind: str | None, founded_on: str | None, name: str = "督查室党支部") -> list[object]:
    """A row of an organization that is there, below the committee."""
    return [name, None, "市直机关党委", kind, founded_on, None, None]


def ledger(organization: Organization, year: int) -> list[tuple]:
    lines = Obligation.objects.filter(organization=organization, period_start__year=year)
    return list(lines.order_by("kind", "period_start").values_list("kind", "period_start", "counted"))


def drifted() -> int:
    return sum(reconcile(as_of=NOW.date()).counts.values())


def test_an_organization_with_members_or_meetings_keeps_its_kind() -> None:
    world = build_world()
    generate_obligations(as_of=NOW.date())
    before = ledger(world.small_branch, 2026)
    why = "党组织类别：“督查室党支部”在系统中为党支部，已有党员或会议，不能改为其他类别"
    assert errors(known("党总支", None)) == [("D2", why)]
    Membership.objects.filter(organization=world.small_branch).update(end_on=date(2020, 1, 1))
    assert errors(known("党总支", None)) == [("D2", why)], "it had members"
    Membership.objects.filter(organization=world.small_branch).delete()
    meeting = hold(world.small_branch, MeetingKind.THEME_DAY, date(2026, 3, 8), state=MeetingState.SCHEDULED)
    assert errors(known("党总支", None)) == [("D2", why)]
    assert ledger(world.small_branch, 2026) == before
    meeting.state = MeetingState.CANCELLED
    meeting.save()
    assert apply(known("党总支", None)).updated == 1
    assert Organization.objects.get(pk=world.small_branch.pk).kind == OrganizationKind.GENERAL_BRANCH
    assert ledger(world.small_branch, 2026) == []


def test_one_kind_of_branch_may_become_another() -> None:
    world = build_world()
    generate_obligations(as_of=NOW.date())
    before = ledger(world.small_branch, 2026)
    assert apply(known("联合党支部", None)).updated == 1
    assert Organization.objects.get(pk=world.small_branch.pk).kind == OrganizationKind.JOINT_BRANCH
    assert ledger(world.small_branch, 2026) == before != []
    assert drifted() == 0


def test_a_refused_kind_makes_no_room_below() -> None:
    world = build_world()
    below = ["新设党支部", "", "督查室党支部", "党支部", "2026-1-1", None, None]
    rows = [known("党总支", None), below, known("党支部", "2014-7-1", "办公室党支部")]
    assert [cell for cell, _ in errors(*rows)] == ["D2", "C3"]
    report = apply(*rows, skip_invalid=True)
    assert (report.created, report.updated, report.bad_rows) == (0, 1, 2)
    assert Organization.objects.get(pk=world.small_branch.pk).kind == OrganizationKind.BRANCH
    assert not any(Organization.objects.find_problems())


def test_a_kind_judged_by_the_name_is_not_given() -> None:
    world = build_world()
    own = Organization.objects.filter(pk=world.small_branch.pk)
    own.update(kind=OrganizationKind.JOINT_BRANCH)
    assert apply(known(None, None)).unchanged == 1
    assert own.get().kind == OrganizationKind.JOINT_BRANCH


def test_a_founding_day_does_not_pass_the_first_member_or_meeting() -> None:
    world = build_world()
    generate_obligations(as_of=NOW.date())
    hold(world.small_branch, MeetingKind.THEME_DAY, date(2026, 3, 8))
    before, own = ledger(world.small_branch, 2026), Organization.objects.filter(pk=world.small_branch.pk)
    why = "成立时间：晚于本组织最早有党员或会议的日期2016年1月1日"
    assert errors(known("党支部", "2026-11-1"), known("党总支", "2016-1-2", "办公室党支部")) == [
        ("E2", why),
        ("D3", "党组织类别：“办公室党支部”在系统中为党支部，已有党员或会议，不能改为其他类别"),
        ("E3", why),
    ]
    assert (own.get().founded_on, ledger(world.small_branch, 2026)) == (date(2015, 7, 1), before)
    assert apply(known("党支部", "2016-1-1")).updated == 1
    assert apply(known("党支部", "2016-1-1")).unchanged == 1
    assert apply(known("党支部", "2014-1-1")).updated == 1
    assert (own.get().founded_on, ledger(world.small_branch, 2026)) == (date(2014, 1, 1), before)
    Membership.objects.filter(organization=world.small_branch).delete()
    assert [cell for cell, _ in errors(known(None, "2026-3-9"))] == ["E2"]
    assert apply(known(None, "2026-3-8")).updated == 1


def test_another_kind_leaves_years_gone_by_as_they_are_written() -> None:
    world = build_world()
    generate_obligations(as_of=date(2025, 12, 20))
    Membership.objects.filter(organization=world.small_branch).delete()
    before = ledger(world.small_branch, 2025)
    apply(known("党总支", None))
    assert before and ledger(world.small_branch, 2025) == before
    years = LedgerYear.objects.filter(organization=world.small_branch, is_frozen=True)
    assert list(years.values_list("year", flat=True)) == [2025]
    assert ledger(world.small_branch, 2026) == []
    generate_obligations(as_of=NOW.date())
    assert drifted() == 0


@pytest.mark.parametrize(("day", "first"), [("2025-6-1", date(2025, 6, 1)), ("2014-1-1", date(2025, 1, 1))])
def test_the_ledger_of_kept_years_follows_the_day_of_founding(day: str, first: date) -> None:
    world = build_world()
    own = Organization.objects.filter(pk=world.small_branch.pk)
    own.update(founded_on=date(2025, 3, 15))
    generate_obligations(as_of=date(2025, 12, 20))
    generate_obligations(as_of=NOW.date())
    Membership.objects.filter(organization=world.small_branch).update(start_on=date(2025, 7, 1))
    assert apply(known("党支部", day)).updated == 1
    theme_days = Obligation.objects.filter(organization=world.small_branch, kind=MeetingKind.THEME_DAY)
    assert theme_days.earliest("period_start").period_start == first
    assert drifted() == 0
    assert not LedgerYear.objects.filter(is_frozen=True).exists()


def test_new_branches_owe_at_once() -> None:
    apply(COMMITTEE, GENERAL, BRANCH)
    assert Obligation.objects.filter(organization__name="第一党支部", kind="general").exists()


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    report = plan_import(request=request(COMMITTEE, GENERAL, BRANCH), now=NOW)
    assert (report.created, report.updated, report.unchanged) == (3, 0, 0)
    assert not Organization.objects.exists()


def test_an_administrator_reaches_only_the_own_part() -> None:
    world = build_world()
    boss = make_user("boss")
    appoint(boss, world.committee, Role.ADMINISTRATOR)
    new = ["新设党支部", "", "市直机关党委", "党支部", "2026-1-1", None, None]
    foreign = ["渗透党支部", "", "外单位党委", "党支部", "2026-1-1", None, None]
    root = ["新党委", "", None, "党委", "2026-1-1", None, None]
    report = apply(new, actor=boss)
    assert report.created == 1
    assert errors(foreign, root, actor=boss) == [
        ("C2", "上级党组织：没有名为“外单位党委”的党组织"),
        ("C3", "上级党组织：只能在您管理的党组织之下新增"),
    ]
    # The command line may.
    assert apply(foreign, root).created == 2


def test_the_top_of_the_own_part_is_recognized_whatever_stands_above_it() -> None:
    apply(COMMITTEE, GENERAL, BRANCH)
    boss = make_user("boss")
    appoint(boss, Organization.objects.get(name="业务党总支"), Role.ADMINISTRATOR)
    new = ["第九党支部", "", "业务党总支", "党支部", "2026-1-1", None, None]
    report = apply(GENERAL, BRANCH, new, actor=boss)
    assert (report.created, report.unchanged, report.errors) == (1, 2, [])
    outside = ["第八党支部", "", "机关党委", "党支部", "2026-1-1", None, None]
    assert [cell for cell, _ in errors(outside, actor=boss)] == ["C2"]
    assert [cell for cell, _ in errors(COMMITTEE, actor=boss)] == ["C2"]
