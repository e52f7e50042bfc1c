"""Rosters against what is known: who is new, who is the same, what changes from which day."""

from datetime import UTC, date, datetime

import pytest

from branchlife.models import AuditEvent, User
from meetings.enums import MeetingKind, PostTitle, Role, StandingKind
from meetings.models import Member, Membership, Obligation, Organization, PartyGroup, Post, Standing
from meetings.services.imports import (
    ImportKind,
    ImportRefused,
    ImportReport,
    ImportRequest,
    apply_import,
    plan_import,
)
from tests.meetings.workbook_files import ID_NUMBERS, workbook
from tests.world import World, appoint, make_member, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY, YESTERDAY = date(2026, 11, 23), date(2026, 11, 22)
LATER = datetime(2026, 12, 1, 2, tzinfo=UTC)
BRANCH, SMALL = "办公室党支部", "督查室党支部"
FIRST, SECOND, THIRD, FOURTH = ID_NUMBERS
JOINED = ["2010-7-1", "2011-7-1"]


@pytest.fixture
def fresh(world: World) -> Organization:
    """A branch without members, whose term began in 2024."""
    facts = {
        "name": "新设党支部",
        "kind": "branch",
        "founded_on": date(2023, 5, 1),
        "term_start_on": date(2024, 2, 1),
    }
    return Organization.objects.add_child(Organization.objects.get(pk=world.committee.pk), facts)


def request(header: str, *rows: list[object], actor: User | None = None) -> ImportRequest:
    return ImportRequest(kind=ImportKind.ROSTER, file=workbook([header.split(), *rows]), actor=actor)


def apply(
    header: str,
    *rows: list[object],
    actor: User | None = None,
    skip_invalid: bool = False,
    now: datetime = NOW,
) -> ImportReport:
    return apply_import(request=request(header, *rows, actor=actor), skip_invalid=skip_invalid, now=now)


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def errors(header: str, *rows: list[object], actor: User | None = None) -> list[tuple[str, str]]:
    with pytest.raises(ImportRefused) as refused:
        apply(header, *rows, actor=actor)
    return [(note.cell, note.message) for note in refused.value.report.errors]


PLAIN = "姓名 所在党支部 入党时间 转正时间 身份证号"


def test_a_new_member_belongs_to_the_branch_since_joining(fresh: Organization) -> None:
    assert counts(apply(PLAIN, ["张三", "新设党支部", *JOINED, FIRST])) == (1, 0, 0)
    member = Member.objects.get(id_number=FIRST)
    assert (member.name, member.name_key[:9]) == ("张三", "zhang san")
    membership = member.memberships.get()
    assert (membership.organization, membership.start_on, membership.end_on) == (
        fresh,
        date(2010, 7, 1),
        None,
    )


def test_a_day_of_transfer_is_the_first_day_but_never_before_joining(fresh: Organization) -> None:
    apply(
        PLAIN + " 组织关系转入时间",
        ["张三", "新设党支部", *JOINED, FIRST, "2025-3-1"],
        ["李四", "新设党支部", *JOINED, SECOND, "2009-3-1"],
    )
    starts = dict(Membership.objects.filter(organization=fresh).values_list("member__name", "start_on"))
    assert starts == {"张三": date(2025, 3, 1), "李四": date(2010, 7, 1)}


def test_posts_groups_and_standings_of_a_first_roster(fresh: Organization) -> None:
    header = PLAIN + " 党小组 党内职务 党籍状态"
    rows = [
        ["张三", "新设党支部", *JOINED, FIRST, "第一党小组", "书记", "在册"],
        ["李四", "新设党支部", "2024-6-1", "2025-6-1", SECOND, "一组", "组织委员、宣传委员", "年老体弱"],
    ]
    assert counts(apply(header, *rows)) == (2, 0, 0)
    group = PartyGroup.objects.get(organization=fresh)
    assert (group.name, group.founded_on) == ("第一党小组", date(2023, 5, 1))
    assert set(Post.objects.filter(organization=fresh).values_list("member__name", "title", "start_on")) == {
        ("张三", PostTitle.SECRETARY, date(2024, 2, 1)),
        ("李四", PostTitle.ORGANIZATION, date(2024, 6, 1)),
        ("李四", PostTitle.PUBLICITY, date(2024, 6, 1)),
    }
    standing = Standing.objects.get()
    assert (standing.member.name, standing.kind, standing.start_on) == (
        "李四",
        StandingKind.FRAIL,
        date(2024, 6, 1),
    )
    assert counts(apply(header, *rows)) == (0, 0, 2)


def test_a_later_roster_changes_things_from_its_own_day(fresh: Organization) -> None:
    header = PLAIN + " 党小组 党内职务 党籍状态"
    person = ["张三", "新设党支部", *JOINED, FIRST]
    apply(header, [*person, "第一党小组", "书记", "流动党员"])
    report = apply(header, [*person, "第二党小组", "组织委员", "年老体弱"], now=LATER)
    assert counts(report) == (0, 1, 0)
    days = ["start_on", "end_on"]
    assert list(
        Membership.objects.order_by("id").filter(organization=fresh).values_list("group__name", *days)
    ) == [
        ("第一党小组", date(2010, 7, 1), date(2026, 11, 30)),
        ("第二党小组", date(2026, 12, 1), None),
    ]
    assert list(Post.objects.filter(organization=fresh).order_by("id").values_list("title", *days)) == [
        ("secretary", date(2024, 2, 1), date(2026, 11, 30)),
        ("organization", date(2026, 12, 1), None),
    ]
    assert list(Standing.objects.order_by("id").values_list("kind", *days)) == [
        ("mobile", date(2010, 7, 1), date(2026, 11, 30)),
        ("frail", date(2026, 12, 1), None),
    ]
    # Corrected on the same day: what began this morning never was.
    apply(header, [*person, "第一党小组", "", ""], now=LATER)
    assert [post.end_on for post in Post.objects.filter(organization=fresh)] == [date(2026, 11, 30)]
    assert [standing.end_on for standing in Standing.objects.all()] == [date(2026, 11, 30)]
    current = Membership.objects.get(organization=fresh, end_on=None)
    assert (current.group.name, current.start_on) == ("第一党小组", date(2026, 12, 1))


def test_columns_that_are_not_there_say_nothing(fresh: Organization) -> None:
    apply(
        PLAIN + " 党小组 党内职务 党籍状态",
        ["张三", "新设党支部", *JOINED, FIRST, "第一党小组", "书记", "流动党员"],
    )
    assert counts(apply(PLAIN, ["张三", "新设党支部", *JOINED, FIRST], now=LATER)) == (0, 0, 1)


def test_empty_facts_and_months_do_not_blur_what_is_known(fresh: Organization) -> None:
    apply(
        PLAIN + " 联系电话 出生日期",
        ["张三", "新设党支部", "2010-7-15", "2011-7-15", FIRST, "13800000000", "1998-10-21"],
    )
    report = apply(
        PLAIN + " 联系电话 出生日期", ["张三", "新设党支部", "2010.07", None, FIRST, None, "1998.10"]
    )
    assert counts(report) == (0, 0, 1)
    member = Member.objects.get(id_number=FIRST)
    assert (member.joined_on, member.full_member_on) == (date(2010, 7, 15), date(2011, 7, 15))
    assert counts(apply(PLAIN, ["张三", "新设党支部", "2010.08", None, FIRST])) == (0, 1, 0)


def test_another_branch_is_a_transfer_from_today(world: World, fresh: Organization) -> None:
    secretary = world.small_members[0]
    Member.objects.filter(pk=secretary.pk).update(id_number=FIRST)
    joined = [secretary.joined_on, secretary.full_member_on]
    report = apply(PLAIN + " 党内职务", ["解涵杰", "新设党支部", *joined, FIRST, "书记"])
    assert counts(report) == (0, 1, 0)
    assert list(
        secretary.memberships.order_by("id").values_list("organization__name", "start_on", "end_on")
    ) == [
        (SMALL, date(2016, 1, 1), YESTERDAY),
        ("新设党支部", TODAY, None),
    ]
    assert list(secretary.posts.order_by("id").values_list("organization__name", "end_on")) == [
        (SMALL, YESTERDAY),
        ("新设党支部", None),
    ]


def test_a_transfer_uses_the_day_the_sheet_gives(world: World, fresh: Organization) -> None:
    member = world.small_members[1]
    Member.objects.filter(pk=member.pk).update(id_number=FIRST)
    joined = [member.joined_on, member.full_member_on]
    apply(PLAIN + " 转入时间", ["周丽健", "新设党支部", *joined, FIRST, "2026-10-1"])
    assert list(member.memberships.order_by("id").values_list("start_on", "end_on")) == [
        (date(2016, 1, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), None),
    ]


def test_without_id_number_name_birth_and_branch_tell_who_it_is(world: World) -> None:
    member = world.small_members[1]
    row = ["周丽健", SMALL, "2010-1-1", "2011-1-1"]
    report = apply("姓名 所在党支部 入党时间 转正时间 出生日期 身份证号", [*row, "1998-10-21", FIRST])
    assert counts(report) == (0, 1, 0)
    member.refresh_from_db()
    assert (member.born_on, member.id_number) == (date(1998, 10, 21), FIRST)
    assert counts(apply("姓名 所在党支部 入党时间 转正时间 出生日期", [*row, "1998-10"])) == (0, 0, 1)
    # Born in another year: somebody else of the same name.
    assert counts(apply("姓名 所在党支部 入党时间 转正时间 出生日期", [*row, "1988-10-21"])) == (1, 0, 0)
    assert errors("姓名 所在党支部 入党时间 转正时间", row) == [
        ("A2", "姓名：“周丽健”可能对应多名党员，请填写身份证号")
    ]


def test_a_row_with_and_a_row_without_id_number_for_one_person(world: World) -> None:
    row = ["周丽健", SMALL, "2010-1-1", "2011-1-1"]
    assert errors(PLAIN, [*row, FIRST], [*row, None]) == [("A3", "姓名：与第2行是同一人")]


def test_names_of_branches_are_taken_loosely_but_never_guessed(world: World) -> None:
    names = ["中共办公室支部委员会", "市直机关党委办公室党支部", "市直机关党委/督查室党支部", "320102"]
    rows = [[f"新人{n}", name, *JOINED, None] for n, name in zip("甲乙丙丁", names, strict=True)]
    apply(PLAIN, *rows)
    branches = Membership.objects.filter(member__name__startswith="新人").order_by("member__id")
    assert list(branches.values_list("organization__name", flat=True)) == [BRANCH, BRANCH, SMALL, SMALL]
    facts = {"name": BRANCH, "kind": "branch", "founded_on": date(2020, 1, 1)}
    Organization.objects.add_child(Organization.objects.get(pk=world.other_committee.pk), facts)
    assert errors(PLAIN, ["戊", BRANCH, *JOINED, None], ["己", "市直机关党委", *JOINED, None]) == [
        (
            "B2",
            "所在党支部：有多个党支部叫“办公室党支部”（上级：市直机关党委、外单位党委），请在前面写明上级党组织",
        ),
        ("B3", "所在党支部：“市直机关党委”不是党支部，党员和会议应归属党支部"),
    ]


def test_there_is_one_secretary(world: World, fresh: Organization) -> None:
    header = PLAIN + " 党内职务"
    two = [["张三", "新设党支部", *JOINED, FIRST, "书记"], ["李四", "新设党支部", *JOINED, SECOND, "书记"]]
    assert errors(header, *two) == [("F3", "党内职务：该支部的书记已在第2行")]
    newcomer = ["王五", SMALL, *JOINED, THIRD, "书记"]
    assert errors(header, newcomer) == [("F2", "党内职务：该支部已有书记解涵杰")]
    # If the sheet also has the old one without the post, the office changes hands today.
    report = apply(header, newcomer, ["解涵杰", SMALL, "2010-1-1", "2011-1-1", None, ""])
    assert counts(report) == (1, 1, 0)
    posts = Post.objects.filter(organization=world.small_branch, title="secretary").order_by("id")
    assert list(posts.values_list("member__name", "end_on")) == [("解涵杰", YESTERDAY), ("王五", None)]
    assert posts[1].start_on == TODAY


def test_suspensions_are_not_lifted_by_a_roster(world: World) -> None:
    member = world.small_members[1]
    Standing.objects.create(member=member, kind=StandingKind.DETAINED, start_on=date(2026, 1, 1))
    header = "姓名 所在党支部 入党时间 转正时间 党籍状态"
    report = apply(header, ["周丽健", SMALL, "2010-1-1", "2011-1-1", "在册"])
    assert counts(report) == (0, 0, 1)
    assert Standing.objects.get().end_on is None
    assert [note.cell for note in report.warnings if "以组织决定为准" in note.message] == ["E2"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("留置", StandingKind.DETAINED),
        ("失联", StandingKind.LOST_CONTACT),
        ("留党察看一年", StandingKind.PROBATION_WITHIN_PARTY),
    ],
)
def test_suspensions_are_not_begun_by_a_roster(world: World, word: str, kind: StandingKind) -> None:
    rows = [
        ["张三", SMALL, *JOINED, FIRST, f"{word}、年老体弱"],
        ["周丽健", SMALL, "2010-1-1", "2011-1-1", None, word],
    ]
    for expected in ((1, 0, 1), (0, 0, 2)):
        report = apply(PLAIN + " 党籍状态", *rows)
        assert counts(report) == expected
        told = [note for note in report.warnings if "以组织决定为准" in note.message]
        assert [note.cell for note in told] == ["F2", "F3"]
        assert f"“{kind.label}”" in told[0].message
    assert list(Standing.objects.values_list("member__name", "kind")) == [("张三", StandingKind.FRAIL)]


@pytest.mark.parametrize("last_day", [None, TODAY, date(2027, 10, 1)])
def test_a_suspension_that_is_known_is_not_told(world: World, last_day: date | None) -> None:
    kind = StandingKind.PROBATION_WITHIN_PARTY
    Standing.objects.create(
        member=world.small_members[1], kind=kind, start_on=date(2025, 10, 2), end_on=last_day
    )
    row = ["周丽健", SMALL, "2010-1-1", "2011-1-1", "留党察看"]
    report = apply("姓名 所在党支部 入党时间 转正时间 党籍状态", row)
    assert counts(report) == (0, 0, 1)
    assert [note for note in report.warnings if note.cell] == []
    assert Standing.objects.get().end_on == last_day


def test_a_suspension_is_told_at_the_column_that_names_it(world: World) -> None:
    row = ["周丽健", SMALL, "2010-1-1", "2011-1-1", "在册"]
    header = "姓名 所在党支部 入党时间 转正时间 党籍状态 是否失联"
    assert [n.cell for n in apply(header, [*row, "是"]).warnings if n.cell] == ["F2"]
    assert [n.cell for n in apply(header, [*row[:4], "失联", "否"]).warnings if n.cell] == ["E2"]
    Standing.objects.create(
        member=world.small_members[1], kind=StandingKind.LOST_CONTACT, start_on=date(2026, 1, 1)
    )
    header = "姓名 所在党支部 入党时间 转正时间 是否失联"
    assert [n.cell for n in apply(header, [*row[:4], "否"]).warnings if n.cell] == ["E2"]


def test_what_the_sheet_leaves_empty_must_still_fit(world: World) -> None:
    header = "姓名 所在党支部 入党时间"
    assert errors(header, ["周丽健", SMALL, "2015-1-1"]) == [
        ("C2", "入党时间：晚于已登记的转正时间2011年1月1日")
    ]


def test_a_dissolved_group_takes_nobody(world: World) -> None:
    PartyGroup.objects.filter(pk=world.groups[0].pk).update(dissolved_on=date(2026, 6, 1))
    assert errors(PLAIN + " 党小组", ["张三", BRANCH, *JOINED, None, "第一党小组"]) == [
        ("F2", "党小组：“第一党小组”已于2026年6月1日撤销")
    ]


def test_all_or_nothing_unless_asked_otherwise(world: World) -> None:
    rows = [["张三", BRANCH, *JOINED, FIRST], ["李四", "没有的党支部", *JOINED, SECOND]]
    before = Member.objects.count()
    assert errors(PLAIN, *rows) == [("B3", "所在党支部：没有名为“没有的党支部”的党支部")]
    assert (Member.objects.count(), AuditEvent.objects.count()) == (before, 0)
    report = plan_import(request=request(PLAIN, *rows), now=NOW)
    assert (counts(report), len(report.errors), Member.objects.count()) == ((1, 0, 0), 1, before)
    assert counts(apply(PLAIN, *rows, skip_invalid=True)) == (1, 0, 0)
    assert Member.objects.count() == before + 1
    event = AuditEvent.objects.get()
    assert event.difference == {"created": 1, "updated": 0, "left_out": 1}


def test_members_who_are_not_in_the_sheet_stay_and_are_counted(world: World) -> None:
    report = apply(PLAIN, ["张三", SMALL, *JOINED, FIRST])
    assert [note.message for note in report.warnings] == ["督查室党支部：系统中有4名党员不在表中，保持不变。"]
    assert Membership.objects.filter(organization=world.small_branch, end_on=None).count() == 5


def test_seven_full_members_make_the_branch_owe_committee_meetings(world: World, fresh: Organization) -> None:
    owed = Obligation.objects.filter(organization=fresh, kind=MeetingKind.COMMITTEE)
    rows = [[f"党员{name}", "新设党支部", *JOINED, None] for name in "甲乙丙丁戊己"]
    apply(PLAIN, *rows)
    assert not owed.exists()
    assert Obligation.objects.filter(organization=fresh, kind=MeetingKind.GENERAL).exists()
    apply(PLAIN, ["党员庚", "新设党支部", *JOINED, None])
    assert owed.exists()


def test_an_administrator_reaches_only_the_own_part(world: World) -> None:
    boss = make_user("boss")
    appoint(boss, world.committee, Role.ADMINISTRATOR)
    stranger = world.other_members[1]
    Member.objects.filter(pk=stranger.pk).update(id_number=FIRST)
    rows = [["张三", "外单位第一党支部", *JOINED, SECOND], ["外党员", BRANCH, "2010-1-1", "2011-1-1", FIRST]]
    assert errors(PLAIN, *rows, actor=boss) == [
        ("B2", "所在党支部：没有名为“外单位第一党支部”的党支部"),
        ("E3", "身份证号：此人属于您管理范围之外的党支部"),
    ]
    assert counts(apply(PLAIN, ["张三", BRANCH, *JOINED, SECOND], actor=boss)) == (1, 0, 0)
    assert AuditEvent.objects.get().actor == boss
    # The command line sees both.
    assert counts(apply(PLAIN, rows[1])) == (0, 1, 0)


def test_somebody_who_left_comes_back_today(world: World) -> None:
    member = make_member("钱归来", world.small_branch)
    Member.objects.filter(pk=member.pk).update(id_number=FOURTH)
    member.memberships.update(end_on=date(2025, 12, 31))
    assert counts(apply(PLAIN, ["钱归来", SMALL, "2010-1-1", "2011-1-1", FOURTH])) == (0, 1, 0)
    assert member.memberships.get(end_on=None).start_on == TODAY
