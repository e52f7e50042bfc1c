"""Ledgers against what is known: who was due on the day, who was missing, which meeting is the same."""

from datetime import UTC, date, datetime, time

import pytest
from django.utils import translation

from branchlife.models import AuditEvent, User
from meetings.enums import MeetingKind, MeetingState, Presence, RecordSource, Role, StandingKind
from meetings.forms.prefill import kinds_offered
from meetings.models import Attendance, Meeting, Membership, Obligation, Post, Standing
from meetings.services.attendance import expected_at
from meetings.services.imports import ImportKind, ImportRefused, ImportReport, ImportRequest, apply_import
from meetings.services.imports.due import Rolls
from tests.held import hold
from tests.meetings.workbook_files import workbook
from tests.world import World, appoint, make_member, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
BRANCH, SMALL = "办公室党支部", "督查室党支部"
HEADER = ["党支部", "党小组", "类型", "日期", "开始时间", "主题", "主持人", "应到", "实到", "请假缺席及原因"]


def row(branch: str = SMALL, kinds: str = "党员大会", day: str = "2026-3-11", **more: object) -> list[object]:
    values = {"党支部": branch, "类型": kinds, "日期": day, "主题": "学习"} | more
    return [values.get(heading) for heading in HEADER]


def request(*rows: list[object], actor: User | None = None, year: int | None = 2026) -> ImportRequest:
    return ImportRequest(kind=ImportKind.LEDGER, file=workbook([HEADER, *rows]), actor=actor, year=year)


def apply(*rows: list[object], skip_invalid: bool = False, **more: object) -> ImportReport:
    return apply_import(request=request(*rows, **more), skip_invalid=skip_invalid, now=NOW)  # type: ignore[arg-type]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def errors(*rows: list[object], **more: object) -> list[tuple[str, str]]:
    with pytest.raises(ImportRefused) as refused:
        apply(*rows, **more)
    return [(note.cell, note.message) for note in refused.value.report.errors]


def absent(meeting: Meeting) -> list[tuple[str, str, str]]:
    rows = meeting.attendances.exclude(presence=Presence.PRESENT).order_by("member__name_key")
    return list(rows.values_list("member__name", "presence", "reason"))


@pytest.mark.parametrize(("starts", "is_refused"), [("10:01", True), ("10:00", False), (None, False)])
def test_what_has_not_begun_was_not_held(world: World, starts: str | None, is_refused: bool) -> None:
    """Imported at ten in the morning of that day."""
    today = row(day="2026-11-23", 开始时间=starts)
    if is_refused:
        assert errors(today) == [("E2", "开始时间：会议还没有开始：现在还不到 10:01。")]
    else:
        assert apply(today).created == 1


def test_a_row_without_a_theme_is_the_same_meeting_in_any_language(world: World) -> None:
    untitled = row(kinds="主题党日、党课", 主题=None)
    with translation.override("en"):
        assert apply(untitled).created == 1
    assert (counts(apply(untitled)), Meeting.objects.get().theme) == ((0, 0, 1), "主题党日、党课")


def test_a_row_becomes_a_held_meeting_with_everybody_due(world: World) -> None:
    report = apply(
        row(
            开始时间="15:00-16:30", 主持人="解涵杰", 应到="4人", 实到=2.0, 请假缺席及原因="周丽健(病假)、康伟"
        )
    )
    assert (counts(report), report.warnings) == ((1, 0, 0), [])
    meeting = Meeting.objects.get()
    assert (meeting.organization, meeting.group, meeting.theme) == (world.small_branch, None, "学习")
    assert (meeting.day, meeting.starts, meeting.ends) == (date(2026, 3, 11), time(15), time(16, 30))
    assert (meeting.state, meeting.source, meeting.recorded_at) == (
        MeetingState.ACCEPTED,
        RecordSource.IMPORT,
        NOW,
    )
    assert meeting.chair == world.small_members[0]
    assert meeting.attendances.count() == 4
    assert absent(meeting) == [("康伟", Presence.ABSENT, ""), ("周丽健", Presence.EXCUSED, "病假")]


def test_the_obligation_is_met_and_accepted(world: World) -> None:
    apply(row(), row(kinds="主题党日、党课", day="2026-2-1"))
    met = Obligation.objects.filter(organization=world.small_branch, counted=1, accepted=1)
    assert set(met.values_list("kind", "period_start")) == {
        (MeetingKind.GENERAL, date(2026, 1, 1)),
        (MeetingKind.LECTURE, date(2026, 1, 1)),
        (MeetingKind.THEME_DAY, date(2026, 2, 1)),
    }


def test_a_ledger_of_an_earlier_year_writes_that_years_obligations(world: World) -> None:
    apply(row(day="2025-3-11"), year=2025)
    lines = Obligation.objects.filter(organization=world.small_branch, period_start=date(2025, 1, 1))
    assert lines.get(kind=MeetingKind.GENERAL).counted == 1


def test_who_is_due_follows_kind_group_and_day(world: World) -> None:
    Membership.objects.filter(member=world.members[8]).update(start_on=date(2026, 3, 12))
    Standing.objects.create(member=world.members[2], kind=StandingKind.FRAIL, start_on=date(2020, 1, 1))
    Standing.objects.create(member=world.members[3], kind=StandingKind.MOBILE, start_on=date(2020, 1, 1))
    apply(
        row(BRANCH, "支委会"),
        row(BRANCH, "党小组会", 党小组="第1党小组"),
        row(BRANCH, "主题党日"),
        row(BRANCH, "主题党日", "2026-4-11"),
    )
    found = [
        sorted(m.attendances.values_list("member__name", flat=True)) for m in Meeting.objects.order_by("id")
    ]
    names = [member.name for member in world.members]
    assert found == [sorted(names[:3]), sorted(names[:5]), sorted(names[:8]), sorted(names)]
    bound = Attendance.objects.filter(meeting__day=date(2026, 4, 11)).values_list(
        "member__name", "hard_bound"
    )
    assert {name for name, is_bound in bound if not is_bound} == {"陈军"}


def test_rolls_say_the_same_as_the_attendance_service(world: World) -> None:
    Standing.objects.create(member=world.members[2], kind=StandingKind.DETAINED, start_on=date(2026, 3, 1))
    Membership.objects.filter(member=world.members[4]).update(end_on=date(2026, 3, 31))
    Post.objects.filter(member=world.members[1]).update(end_on=date(2026, 4, 30))
    rolls = Rolls([world.branch, world.small_branch])
    for day in (date(2015, 12, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)):
        for kinds in (["committee"], ["group"], ["general"], ["theme_day", "lecture"], ["group", "lecture"]):
            for branch, group in (
                (world.branch, None),
                (world.branch, world.groups[0]),
                (world.small_branch, None),
            ):
                ours = rolls.due(branch, group, kinds, day)
                theirs = expected_at(organization=branch, group=group, kinds=kinds, day=day)
                assert ours == theirs


def test_wrong_rows_are_named_by_cell(world: World) -> None:
    make_member("康伟", world.small_branch)
    assert errors(
        row("没有的党支部"),
        row(day="2015-6-30"),
        row(BRANCH, "党小组会", 党小组="第九党小组"),
        row(请假缺席及原因="路人甲(病假)"),
        row(请假缺席及原因="康伟(病假)"),
        row(BRANCH, "支委会", 请假缺席及原因="黄峰浩(病假)、路人乙"),
        row(day="2026-12-1"),
        year=None,
    ) == [
        ("A2", "党支部：没有名为“没有的党支部”的党支部"),
        ("D3", "日期：“督查室党支部”成立于2015年7月1日"),
        ("B4", "党小组：“办公室党支部”没有名为“第九党小组”的党小组"),
        ("J5", "请假缺席及原因：“路人甲”当日不是“督查室党支部”的党员"),
        ("J6", "请假缺席及原因：有多名党员叫“康伟”"),
        ("J7", "请假缺席及原因：“黄峰浩”不在应到人员之列；“路人乙”当日不是“办公室党支部”的党员"),
        ("D8", "日期：2026年12月1日还没有到"),
    ]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("民主生活会", "民主生活会"),
        ("述职评议", "书记述职评议"),
        ("机关党员干部大会", "机关党员干部大会"),
        ("组织生活会、民主生活会", "民主生活会"),
    ],
)
def test_a_branch_does_not_hold_what_is_for_the_organization_above(
    world: World, written: str, kinds: str
) -> None:
    assert errors(row(kinds=written), row(BRANCH, f"党小组会、{written}", 党小组="第一党小组")) == [
        (f"C{number}", f"类型：“{branch}”不召开此类会议：{kinds}由上级党组织召开")
        for number, branch in ((2, SMALL), (3, BRANCH))
    ]
    assert not Meeting.objects.exists()


def test_what_an_import_takes_is_what_the_page_offers(world: World) -> None:
    for group in (None, world.groups[0]):
        for kind, label in kinds_offered(world.branch, group, []):
            name = group.name if group else None
            assert counts(apply(row(BRANCH, str(label), 党小组=name, 主题=kind))) == (1, 0, 0)


def test_somebody_who_joined_later_was_not_absent_before(world: World) -> None:
    Membership.objects.filter(member=world.small_members[1]).update(start_on=date(2026, 3, 12))
    assert errors(row(请假缺席及原因="周丽健(病假)")) == [
        ("J2", "请假缺席及原因：“周丽健”当日不是“督查室党支部”的党员")
    ]
    apply(row(day="2026-3-12", 请假缺席及原因="周丽健(病假)"))


def test_figures_that_disagree_and_chairs_unknown_are_only_told(world: World) -> None:
    report = apply(row(应到=9, 实到=9, 主持人="路人甲"), row(BRANCH, "党课", 党小组="第一党小组"))
    assert report.created == 2
    assert [(note.cell, note.message) for note in report.warnings] == [
        ("G2", "主持人：“路人甲”不能对应本支部的一名党员，该项留空"),
        ("H2", "应到：表中为9，按当日花名册应为4"),
        ("I2", "实到：表中为9，按当日花名册应为4"),
        ("B3", "党小组：以党小组名义开展，不计入支部"),
    ]


def test_the_same_again_is_the_same_and_corrections_change_it(world: World) -> None:
    first = row(开始时间="15:00", 请假缺席及原因="康伟(病假)")
    assert counts(apply(first)) == (1, 0, 0)
    assert counts(apply(first)) == (0, 0, 1)
    report = apply(row(开始时间="15:00", 主持人="田军瀚", 请假缺席及原因="周丽健(事假)"))
    assert counts(report) == (0, 1, 0)
    meeting = Meeting.objects.get()
    assert meeting.chair == world.small_members[2]
    assert absent(meeting) == [("周丽健", Presence.EXCUSED, "事假")]
    # Another beginning or another theme is another meeting.
    assert counts(apply(row(开始时间="19:30"), row(开始时间="15:00", 主题="选举"))) == (2, 0, 0)
    assert errors(row(开始时间="9:00"), row(开始时间="上午9点")) == [("D3", "日期：与第2行是同一次会议")]


def test_what_is_archived_is_left_alone(world: World) -> None:
    apply(row(开始时间="15:00"))
    Meeting.objects.update(state=MeetingState.ARCHIVED)
    report = apply(row(开始时间="15:00", 主持人="田军瀚"))
    assert (counts(report), [note.cell for note in report.warnings]) == ((0, 0, 1), ["D2"])
    assert Meeting.objects.get().chair is None


def test_attendance_stays_frozen_when_the_roster_moves_on(world: World) -> None:
    ledger = row(请假缺席及原因="康伟(病假)")
    apply(ledger)
    Standing.objects.create(member=world.small_members[0], kind=StandingKind.FRAIL, start_on=date(2020, 1, 1))
    make_member("新来", world.small_branch)
    assert counts(apply(ledger)) == (0, 0, 1)
    assert Attendance.objects.filter(hard_bound=True).count() == 4


def test_an_absentee_the_roster_learnt_of_later_is_told(world: World) -> None:
    apply(row(请假缺席及原因="康伟(病假)"))
    for name in ("新来", "后到"):
        make_member(name, world.small_branch)
    ledger = row(应到=6, 实到=3, 请假缺席及原因="康伟(病假)、新来(病假)、后到")
    for _time in range(2):
        report = apply(ledger)
        assert counts(report) == (0, 0, 1)
        assert [(note.cell, note.message) for note in report.warnings] == [
            (
                "J2",
                "请假缺席及原因：该会议的应到人员名单已确定，后到、新来不在其中，如需更改请到该会议页面办理",
            )
        ]
    assert absent(Meeting.objects.get()) == [("康伟", Presence.EXCUSED, "病假")]
    # What the row says of the others is taken over all the same.
    report = apply(row(应到=6, 实到=5, 请假缺席及原因="新来(病假)"))
    assert (counts(report), [note.cell for note in report.warnings]) == ((0, 1, 0), ["J2"])
    assert absent(Meeting.objects.get()) == []


def test_a_meeting_recorded_here_is_left_alone(world: World) -> None:
    meeting = hold(world.small_branch, "general", date(2026, 3, 11))
    Meeting.objects.filter(pk=meeting.pk).update(theme="学习", starts=None)
    report = apply(row(请假缺席及原因="康伟(病假)"))
    assert (counts(report), [note.cell for note in report.warnings]) == ((0, 0, 1), ["D2"])
    assert absent(meeting) == []


def told_of_another(report: ImportReport) -> list[tuple[str, str]]:
    return [(note.cell, note.message) for note in report.warnings if "另增一次" in note.message]


def test_a_second_meeting_of_a_kind_on_one_day_is_told(world: World) -> None:
    hold(world.small_branch, "theme_day", date(2026, 5, 8), theme="廉政教育")
    ledger = row(kinds="主题党日、党课", day="2026-5-8", 主题="廉政教育")
    report = apply(ledger)
    assert counts(report) == (1, 0, 0)
    assert told_of_another(report) == [
        ("D2", "日期：系统中当日已有同类会议“廉政教育”，本行将另增一次；如为同一次会议，请删去本行")
    ]
    again = apply(ledger)
    assert (counts(again), again.warnings) == ((0, 0, 1), [])


@pytest.mark.parametrize(
    ("state", "is_told"),
    [
        (MeetingState.SCHEDULED, True),
        (MeetingState.HOLD_AGAIN, True),
        (MeetingState.ARCHIVED, True),
        (MeetingState.CANCELLED, False),
    ],
)
def test_any_meeting_but_a_cancelled_one_may_be_the_same(world: World, state: str, is_told: bool) -> None:
    hold(world.small_branch, "general", date(2026, 3, 11), theme="学习", state=state)
    assert bool(told_of_another(apply(row()))) is is_told


def test_a_meeting_still_on_the_calendar_at_that_very_time_is_told(world: World) -> None:
    hold(world.small_branch, "general", date(2026, 3, 11), theme="学习", state=MeetingState.SCHEDULED)
    assert told_of_another(apply(row(开始时间="15:00")))


def test_other_days_kinds_and_groups_are_other_meetings(world: World) -> None:
    hold(world.branch, "group", date(2026, 3, 11), group=world.groups[0])
    hold(world.branch, "general", date(2026, 3, 11))
    report = apply(
        row(BRANCH, "党课"),
        row(BRANCH, "党员大会", "2026-3-12"),
        row(SMALL, "党员大会"),
        row(BRANCH, "党小组会", 党小组="第二党小组"),
    )
    assert (counts(report), report.warnings) == ((4, 0, 0), [])
    assert [cell for cell, _why in told_of_another(apply(row(BRANCH, "党小组会", 党小组="第一党小组")))] == [
        "D2"
    ]


def test_what_has_a_row_of_its_own_is_another_meeting(world: World) -> None:
    morning, evening = row(开始时间="9:00"), row(开始时间="19:30")
    apply(morning)
    assert told_of_another(apply(morning, evening)) == []
    # The time was corrected in the sheet: what was imported before stays beside it.
    assert [cell for cell, _why in told_of_another(apply(row(开始时间="9:30"), evening))] == ["D2"]


def test_a_meeting_without_theme_is_called_by_its_kinds(world: World) -> None:
    apply(row(kinds="主题党日、党课", 主题=None))
    assert Meeting.objects.get().theme == "主题党日、党课"


def test_correct_rows_are_imported_when_asked(world: World) -> None:
    report = apply(row(), row("没有的党支部"), skip_invalid=True)
    assert (counts(report), report.bad_rows) == ((1, 0, 0), 1)


def test_an_administrator_reaches_only_the_own_part(world: World) -> None:
    boss = make_user("boss")
    appoint(boss, world.committee, Role.ADMINISTRATOR)
    assert [cell for cell, _ in errors(row("外单位第一党支部"), actor=boss)] == ["A2"]
    apply(row(), actor=boss)
    assert Meeting.objects.get().recorded_by == boss
    assert AuditEvent.objects.get().actor == boss
