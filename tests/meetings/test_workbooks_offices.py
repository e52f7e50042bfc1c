"""What other offices send: other headings, other orders, merged cells, notes, totals."""

from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from meetings.enums import MeetingKind, OrganizationKind, PostTitle, StandingKind
from meetings.workbooks.ledgers import read_ledger
from meetings.workbooks.organizations import read_organizations
from meetings.workbooks.problems import WorkbookRefused
from meetings.workbooks.rosters import read_roster
from tests.meetings.workbook_files import ID_NUMBERS, saved, workbook

TODAY = date(2026, 11, 23)
FIRST, SECOND, THIRD, FOURTH = ID_NUMBERS


def test_two_blank_rows_and_months_instead_of_days() -> None:
    file = workbook(
        [
            ["XX局党员花名册", None, None, None],
            [],
            [],
            ["组织关系所在支部", "党员姓名", "入党年月", "转为正式党员时间"],
            ["财务处党支部", "张 三", "2009.06", "2010年6月"],
            ["财务处党支部", "李　四", "201007", "2011/07"],
            ["合 计", "2人", None, None],
        ],
        merge=["A1:D1"],
    )
    reading = read_roster(file, today=TODAY)
    assert reading.errors == []
    assert [(row.row, row.name, row.joined_on, row.full_member_on) for row in reading.rows] == [
        (5, "张三", date(2009, 6, 1), date(2010, 6, 1)),
        (6, "李四", date(2010, 7, 1), date(2011, 7, 1)),
    ]


def test_merged_branch_and_group_cells() -> None:
    file = workbook(
        [
            ["支部", "党小组", "名字", "加入中共日期"],
            ["办公室党支部", "第一党小组", "张三", "2001-7-1"],
            [None, None, "李四", "2002-7-1"],
            [None, "第二党小组", "王五", "2003-7-1"],
            ["财务处党支部", None, "赵六", "2004-7-1"],
            [None, None, "孙七", "2005-7-1"],
            [None, None, None, None],
        ],
        merge=["A2:A4", "B2:B3", "A5:A7"],
    )
    reading = read_roster(file, today=TODAY)
    assert reading.errors == []
    assert [(row.name, row.branch, row.group) for row in reading.rows] == [
        ("张三", "办公室党支部", "第一党小组"),
        ("李四", "办公室党支部", "第一党小组"),
        ("王五", "办公室党支部", "第二党小组"),
        ("赵六", "财务处党支部", ""),
        ("孙七", "财务处党支部", ""),
    ]


def test_a_header_in_row_six_on_the_second_sheet_with_columns_of_no_interest() -> None:
    rows = [
        ["附件2"],
        ["中共XX市XX局机关委员会党员信息采集表"],
        ["填报单位：XX局", None, None, "填报时间：2026年11月"],
        [],
        [],
        ["序号", "*姓名\n（必填）", "籍 贯", "公民身份号码", "学历", "所属党支部：", "入党时间（年月日）"],
        ["1", "2", "3", "4", "5", "6", "7", "8"],
        ["例", "某某", None, FOURTH, None, "示例支部", "2000-01-01", None],
        [1, "张三", "江苏南京", FIRST, "大学", "办公室党支部", "20230709", "工作积极"],
        [2, "李四", None, SECOND, None, "办公室党支部", datetime(2021, 5, 14), None],
        [3, None, None, None, None, None, None, None],
        ["填表人：王五", None, None, "审核人：赵六", None, None, None, None],
        ["注：日期精确到日。"],
    ]  # fmt: skip
    file = workbook(rows, before=["填表说明"], sheet="党员", merge=["A2:H2", "A13:H13"])
    reading = read_roster(file, today=TODAY)
    assert reading.errors == []
    assert (reading.sheet, reading.header.row) == ("党员", 6)
    assert [(row.row, row.name, row.id_number) for row in reading.rows] == [
        (9, "张三", FIRST),
        (10, "李四", SECOND),
    ]


def test_a_header_in_two_lines() -> None:
    file = workbook(
        [
            ["党员名册"],
            ["序号", "姓名", "党组织情况", None, "入党", None, "党员"],
            [None, None, "所在支部", "支部职务", "时间", "转正时间", "类别"],
            [1, "张三", "办公室党支部", "党支部书记", "1998.7.1", "1999.7.1", "正式"],
        ],
        merge=["A1:G1", "A2:A3", "B2:B3", "C2:D2"],
    )
    reading = read_roster(file, today=TODAY)
    assert reading.errors == []
    (row,) = reading.rows
    assert (row.row, row.name, row.branch, row.posts) == (4, "张三", "办公室党支部", (PostTitle.SECRETARY,))
    assert (row.joined_on, row.full_member_on, row.category) == (date(1998, 7, 1), date(1999, 7, 1), "full")


def test_standings_in_columns_of_their_own() -> None:
    file = workbook(
        [
            ["姓名", "党支部名称", "入党日期", "人员类别", "是否流动党员", "失去联系", "是否年老体弱"],
            ["张三", "办公室党支部", "1998年7月1日", "正式党员", "是", "否", None],
            ["李四", "办公室党支部", "2026年8月1日", "预备党员", "否", None, "√"],
        ]
    )
    reading = read_roster(file, today=TODAY)
    assert reading.errors == []
    assert [row.standings for row in reading.rows] == [(StandingKind.MOBILE,), (StandingKind.FRAIL,)]
    # The sheet does not say when the first became a full member: a year of probation.
    assert [row.full_member_on for row in reading.rows] == [date(1999, 7, 1), None]
    assert [(note.row, note.column) for note in reading.warnings] == [(2, "转正时间")]


@pytest.mark.parametrize(
    ("joined_on", "full_on"),
    [
        ("2024-07-31", date(2025, 7, 31)),
        ("2024-08-30", date(2025, 8, 30)),
        ("2024-02-28", date(2025, 2, 28)),
        ("2024-02-29", date(2025, 2, 28)),
        ("2025-11-23", date(2026, 11, 23)),
        ("2025-11-29", None),  # today is still within the year
    ],
)
def test_an_assumed_probation_ends_one_year_after_joining(joined_on: str, full_on: date | None) -> None:
    file = workbook([["姓名", "支部", "入党时间"], ["张三", "办公室党支部", joined_on]])
    assert [row.full_member_on for row in read_roster(file, today=TODAY).rows] == [full_on]


def test_numbers_typed_as_numbers() -> None:
    file = workbook(
        [
            ["姓名", "所在支部", "入党时间", "手机号", "身份证号码"],
            ["张三", "办公室党支部", 36708, 13800000000, 110101199810210674],
            ["李四", "办公室党支部", 20000701, "无", FIRST],
        ]
    )
    reading = read_roster(file, today=TODAY)
    assert [(note.cell, note.column) for note in reading.errors] == [("E2", "身份证号")]
    assert "文本" in reading.errors[0].message
    assert [(row.name, row.joined_on, row.phone) for row in reading.rows] == [("李四", date(2000, 7, 1), "")]


def test_every_wrong_cell_of_a_row_is_named() -> None:
    file = workbook(
        [
            [
                "姓名",
                "性别",
                "所在支部",
                "入党时间",
                "转正时间",
                "党员类别",
                "党内职务",
                "党籍状态",
                "联系电话",
            ],
            ["张三", "无误", None, "2030-01-01", "2031-01-01", "群众", "科长", "已去世", "打不通"],
        ]
    )
    reading = read_roster(file, today=TODAY)
    assert reading.rows == []
    assert sorted(note.cell for note in reading.errors) == ["B2", "C2", "D2", "F2", "G2", "H2"]
    assert [note.cell for note in reading.warnings] == ["I2"]


def test_the_same_person_twice() -> None:
    file = workbook(
        [
            ["姓名", "所在支部", "入党时间", "身份证号"],
            ["张三", "甲党支部", "2000-7-1", FIRST],
            ["张三丰", "乙党支部", "2001-7-1", FIRST],
            ["李四", "甲党支部", "2000-7-1", None],
            ["李四", "甲党支部", "2001-7-1", None],
        ]
    )
    reading = read_roster(file, today=TODAY)
    assert [(note.cell, note.message) for note in reading.errors] == [
        ("D3", "身份证号：与第2行是同一人"),
        ("A5", "姓名：与第4行是同一人"),
    ]


def test_dates_that_contradict_each_other() -> None:
    file = workbook(
        [
            ["姓名", "所在支部", "出生日期", "入党时间", "转正时间", "党员类别"],
            ["张三", "甲党支部", "2000-1-1", "1999-7-1", None, None],
            ["李四", "甲党支部", "1990-1-1", "2010-7-1", "2009-7-1", None],
            ["王五", "甲党支部", "1990-1-1", "2010-7-1", "2011-7-1", "预备党员"],
            ["赵六", "甲党支部", "1890-1-1", "2010-7-1", "2011-7-1", None],
            ["孙七", "甲党支部", "1990-1-1", "1920-7-1", None, None],
            ["周八", "甲党支部", "2000-1-1", "2016-7-1", "2017-7-1", None],
            ["吴九", "甲党支部", "2000-1-1", "2010年", "2017-7-1", None],
            ["郑十", "甲党支部", "1980-1-1", "2010-7-15", "2011年7月", None],
            ["冯一", "甲党支部", "1980-1-1", "2010-7-1", "2010-8-1", None],
            ["陈二", "甲党支部", "1950-1-1", "1971-7-1", "1971-7-1", None],
        ]
    )
    reading = read_roster(file, today=TODAY)
    assert [note.cell for note in reading.errors] == ["D2", "E3", "F4", "C5", "D6", "D6", "D8"]
    assert [(note.cell, note.message) for note in reading.warnings] == [
        ("D7", "入党时间：入党时未满18岁"),
        ("E10", "转正时间：距入党不满一年"),
    ]


def test_headings_that_are_missing_or_stand_twice() -> None:
    with pytest.raises(WorkbookRefused, match="入党时间"):
        read_roster(workbook([["姓名", "所在支部"], ["张三", "甲党支部"]]), today=TODAY)
    twice = workbook([["姓名", "所在支部", "入党时间", "姓 名"], ["张三", "甲", "2000-1-1", "李四"]])
    with pytest.raises(WorkbookRefused, match=r"“姓 名”出现了两次（A列和D列）"):
        read_roster(twice, today=TODAY)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["只是", "一些", "字"]], "没有找到表头行"),
        ([[]], "没有找到表头行"),
        ([["姓名", "所在支部", "入党时间"]], "没有数据"),
        ([["姓名", "所在支部", "入党时间"], ["合计", "0人"]], "没有数据"),
    ],
)
def test_workbooks_without_a_table(rows: list[list[object]], sentence: str) -> None:
    with pytest.raises(WorkbookRefused, match=sentence):
        read_roster(workbook(rows), today=TODAY)


def test_two_headings_for_one_field_are_told() -> None:
    file = workbook(
        [
            ["姓名", "所在党支部", "入党时间", "联系电话", "手机"],
            ["张三", "甲党支部", "2000-1-1", "025-83612345", "1"],
        ]
    )
    reading = read_roster(file, today=TODAY)
    assert [note.cell for note in reading.warnings if note.column == ""] == ["E1"]
    assert reading.rows[0].phone == "025-83612345"


def test_a_second_sheet_that_looks_alike_is_told_and_hidden_ones_are_not_read() -> None:
    book = Workbook()
    for name, state in (("旧", "hidden"), ("甲", "visible"), ("乙", "visible")):
        page = book.create_sheet(name)
        page.sheet_state = state
        page.append(["姓名", "所在党支部", "入党时间"])
        page.append([f"张{name}", "甲党支部", "2000-1-1"])
    reading = read_roster(saved(book), today=TODAY)
    assert [row.name for row in reading.rows] == ["张甲"]
    assert [note.message for note in reading.warnings if note.row == 1] == [
        "只读取了工作表“甲”；工作表“乙”的表头与它相同，没有读取。"
    ]


def test_a_header_repeated_on_every_printed_page() -> None:
    header = ["姓名", "所在党支部", "入党时间", "转正时间"]
    file = workbook(
        [
            header,
            ["张三", "甲党支部", "2000-1-1", "2001-1-1"],
            ["本页小计", "1"],
            header,
            ["李四", "甲党支部", "2000-1-1", "2001-1-1"],
        ]
    )
    reading = read_roster(file, today=TODAY)
    assert [row.row for row in reading.rows] == [2, 5]
    assert reading.errors == []


def test_organizations_with_other_headings_in_any_order() -> None:
    file = workbook(
        [
            ["组织架构一览表"],
            ["隶属党组织", "组织全称", "组织类型", "组建时间", "换届时间", "任期"],
            ["机关党委", "第一党支部", "支部", "2015年", "2024年5月", "三年"],
            [None, "机关党委", None, "2009.06", "2023.09.15", "5年"],
            ["机关党委", "离退休党总支", None, 2012.03, None, 3],
            ["机关党委", "工会", None, "2012.3", None, "30年"],
            ["机关党委", "第一党支部", "党支部", None, None, None],
            ["共5个", None, None, None, None, None],
        ],
        merge=["A1:F1"],
    )
    reading = read_organizations(file, today=TODAY)
    assert [(row.name, row.kind, row.parent, row.founded_on, row.term_years) for row in reading.rows] == [
        ("第一党支部", OrganizationKind.BRANCH, "机关党委", date(2015, 1, 1), 3),
        ("机关党委", OrganizationKind.COMMITTEE, "", date(2009, 6, 1), 5),
        ("离退休党总支", OrganizationKind.GENERAL_BRANCH, "机关党委", date(2012, 3, 1), 3),
    ]
    assert [note.cell for note in reading.errors] == ["C6", "F6", "B7"]


def test_a_ledger_with_heads_counted_in_words_and_times_behind_dates() -> None:
    rows = [
        ["2026年组织生活台账"],
        ["序号", "支部名称", "会议类别", "会议时间", "应到人数", "实到人数", "缺席人员"],
        [1, "办公室党支部", "主题党日（党课）", "2026年1月9日 15:00-16:30", "29人", "２８人", "李四 事假"],
        [2, "办公室党支部", "支委会", datetime(2026, 1, 10, 9, 30), "五人", "多数", "无"],
        ["合计", 2],
    ]  # fmt: skip
    file = workbook(rows)
    reading = read_ledger(file, year=2026, today=TODAY)
    assert reading.errors == []
    first, second = reading.rows
    assert first.kinds == (MeetingKind.THEME_DAY, MeetingKind.LECTURE)
    assert (first.day, first.starts, first.ends) == (date(2026, 1, 9), time(15), time(16, 30))
    assert (first.expected, first.present) == (29, 28)
    assert (second.starts, second.expected, second.present) == (time(9, 30), 5, None)
    assert [note.cell for note in reading.warnings] == ["F4"]


def test_a_ledger_with_a_date_and_a_time_column_of_nearly_the_same_name() -> None:
    file = workbook(
        [
            ["党支部", "活动类型", "会议日期", "会议时间", "结束时间", "主题"],
            ["办公室党支部", "党员大会", "2026/3/4", "下午3点", "17：00", "选举"],
            ["办公室党支部", "党员大会", "2026/3/5", "15:00", "14:00", "选举"],
            ["办公室党支部", "读书会", "2026/3", "15:00", None, "读书"],
            ["办公室党支部", "党小组会", "2027/3/1", "15:00", None, "读书"],
        ]
    )
    reading = read_ledger(file, year=2026, today=TODAY)
    assert [(row.day, row.starts, row.ends) for row in reading.rows] == [
        (date(2026, 3, 4), time(15), time(17))
    ]
    assert [(note.cell, note.column) for note in reading.errors] == [
        ("E3", "结束时间"),
        ("C4", "日期"),
        ("B4", "类型"),
        ("C5", "日期"),
        ("", "党小组"),
    ]


def test_days_without_a_year_and_sections_between_rows() -> None:
    file = workbook(
        [
            ["党支部", "类型", "日期", "主题"],
            ["一、办公室党支部"],
            ["办公室党支部", "党课", "3月4日（周三）下午3点", "学习"],
            ["财务处党支部"],
            ["财务处党支部", "党课", "2月30日", "学习"],
        ]
    )
    reading = read_ledger(file, year=2026, today=TODAY)
    assert [(row.day, row.starts) for row in reading.rows] == [(date(2026, 3, 4), time(15))]
    assert [note.cell for note in reading.errors] == ["C5"]


def test_a_ledger_with_begin_and_end_as_moments() -> None:
    file = workbook(
        [
            ["党支部", "类型", "开始时间", "结束时间", "主题"],
            ["办公室党支部", "党课", "2026-03-04 15:00", "2026-03-04 16:00", "学习"],
            ["办公室党支部", "党课", datetime(2026, 3, 5), None, "学习"],
        ]
    )
    reading = read_ledger(file, year=2026, today=TODAY)
    assert reading.errors == []
    assert [(row.day, row.starts, row.ends) for row in reading.rows] == [
        (date(2026, 3, 4), time(15), time(16)),
        (date(2026, 3, 5), None, None),
    ]
