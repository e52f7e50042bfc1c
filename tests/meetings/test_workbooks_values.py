"""Single values: dates, times, names, numbers, words."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import MeetingKind, PostTitle, StandingKind
from meetings.workbooks import words
from meetings.workbooks.absences import Absence, parse_absences
from meetings.workbooks.clock import parse_times
from meetings.workbooks.days import MONTH, YEAR, Day, parse_day
from meetings.workbooks.identity import check_character, parse_id_number, parse_phone
from meetings.workbooks.numerals import parse_count
from meetings.workbooks.problems import BadValue, column_letters
from meetings.workbooks.text import person_name, place_name, plain

DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
FORMS = (
    "{0}年{1}月{2}日",
    "{0}年{1:02}月{2:02}日",
    "{0}-{1}-{2}",
    "{0}-{1:02}-{2:02}",
    "{0}/{1}/{2}",
    "{0}.{1:02}.{2:02}",
    "{0}.{1}.{2}.",
    "{0}{1:02}{2:02}",
    "{0}、{1}、{2}",
    " {0} 年 {1} 月 {2} 日 ",
    "{0}年{1}月{2}号",
    "{0}-{1:02}-{2:02} 00:00:00",
    "{0}-{1:02}-{2:02}T00:00:00",
    "{0}年{1}月{2}日（星期五）",
)


@given(DATES, st.sampled_from(FORMS), st.booleans())
def test_every_form_of_a_date_gives_the_day_back(day: date, form: str, full_width: bool) -> None:
    text = form.format(day.year, day.month, day.day)
    assert parse_day(text.translate(FULL_WIDTH) if full_width else text) == Day(day)


@given(DATES.filter(lambda day: day >= date(1928, 1, 1)))
def test_typed_dates_and_serial_days(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert parse_day(day) == parse_day(datetime(day.year, day.month, day.day)) == Day(day)
    assert parse_day(serial).date == parse_day(float(serial)).date == parse_day(str(serial)).date == day
    assert parse_day(float(f"{day:%Y%m%d}")) == Day(day)


@given(
    DATES, st.sampled_from(("{0}.{1:02}", "{0}年{1}月", "{0}-{1}", "{0}/{1:02}", "{0}{1:02}", "{0}年{1}月份"))
)
def test_a_month_is_its_first_day_and_says_so(day: date, form: str) -> None:
    assert parse_day(form.format(day.year, day.month)) == Day(day.replace(day=1), MONTH)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("二〇二三年七月九日", Day(date(2023, 7, 9))),
        ("二○○九年十二月", Day(date(2009, 12, 1), MONTH)),
        ("一九九八年二十一月", None),
        ("2015年", Day(date(2015, 1, 1), YEAR)),
        (2009.06, Day(date(2009, 6, 1), MONTH)),
        (2009.12, Day(date(2009, 12, 1), MONTH)),
        (2009.1, None),  # typed as 2009.10 or as 2009.1?
        (202306.0, Day(date(2023, 6, 1), MONTH)),
        ("2026年1月9日 15:00", Day(date(2026, 1, 9), rest="15:00")),
        ("2026-1-9 15:00", Day(date(2026, 1, 9), rest="15:00")),
        (datetime(2026, 1, 9, 15, 30), Day(date(2026, 1, 9), rest="15:30")),
        (46031.625, Day(date(2026, 1, 9), rest="15:00")),
        ("2026-02-30", None),
        ("2025-02-29", None),
        ("2024-02-29", Day(date(2024, 2, 29))),
        ("2026.13", None),
        ("1821年7月", None),
        ("20260230", None),
        ("98.7.9", None),
        ("不详", None),
        ("፩፪፫፬", None),
        (float("inf"), None),
        (float("nan"), None),
        (-5.0, None),
        (1e300, None),
        (True, None),
        (time(15, 0), None),
        (timedelta(hours=30), None),
    ],
)
def test_dates_that_need_care(value: object, day: Day | None) -> None:
    if day is None:
        with pytest.raises(BadValue):
            parse_day(value)
    else:
        assert parse_day(value) == day


def test_a_day_that_does_not_exist_is_named_as_written() -> None:
    with pytest.raises(BadValue, match="2026-02-30"):
        parse_day("2026-02-30")


@pytest.mark.parametrize(
    ("value", "times"),
    [
        ("15:00", (time(15), None)),
        ("15：00", (time(15), None)),
        ("9:05", (time(9, 5), None)),
        ("15:00:00", (time(15), None)),
        ("下午3点", (time(15), None)),
        ("下午3点半", (time(15, 30), None)),
        ("晚上7:30", (time(19, 30), None)),
        ("上午9时", (time(9), None)),
        ("9时30分", (time(9, 30), None)),
        ("中午12点", (time(12), None)),
        ("14.30", (time(14, 30), None)),
        ("1430", (time(14, 30), None)),
        ("3:00pm", (time(15), None)),
        ("15:00-16:30", (time(15), time(16, 30))),
        ("15：00—16：30", (time(15), time(16, 30))),
        ("下午3:00至5:00", (time(15), time(17))),
        ("上午10:00-下午2:00", (time(10), time(14))),
        (0.625, (time(15), None)),
        (time(15, 0), (time(15), None)),
        (datetime(2026, 1, 9, 15, 0), (time(15), None)),
    ],
)
def test_times_of_day(value: object, times: tuple[time, time | None]) -> None:
    assert parse_times(value) == times


@pytest.mark.parametrize(
    "value", ["", "25:00", "15:75", "上午", "全天", "1-2-3", 15.0, True, timedelta(1), "24:00"]
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(BadValue):
        parse_times(value)


@given(st.times())
def test_times_come_back(moment: time) -> None:
    minute = moment.replace(second=0, microsecond=0)
    assert parse_times(f"{minute:%H:%M}") == (minute, None)
    assert parse_times(f"{minute:%H时%M分}") == (minute, None)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张 三", "张三"),
        ("张　三", "张三"),
        (" 欧阳琳娜\u200b ", "欧阳琳娜"),
        ("买买提•艾山", "买买提·艾山"),
        ("买买提・艾山", "买买提·艾山"),
        ("买买提．艾山", "买买提·艾山"),
        ("买买提.艾山", "买买提·艾山"),
        ("买买提 · 艾山", "买买提·艾山"),
        ("姜㛃", "姜㛃"),
        ("蒋䶮", "蒋䶮"),
        ("𠮷野\U00030000", "𠮷野\U00030000"),
        ("王\ue863", "王\ue863"),
        ("葛\U000e0100西", "葛\U000e0100西"),
        ("Ａnna Smith", "Ａnna Smith"),
        ("王伟（大）", "王伟（大）"),
    ],
)
def test_names_keep_their_characters(written: str, kept: str) -> None:
    assert person_name(written) == kept


@pytest.mark.parametrize(
    "value", ["=1+1", "张三、李四", "13800000000", "a@b", "<script>", "姓名:张三", "三" * 61]
)
def test_what_is_no_name_is_refused(value: str) -> None:
    with pytest.raises(BadValue):
        person_name(value)


@given(st.text())
def test_text_never_holds_control_characters(value: str) -> None:
    assert "\x00" not in plain(value)
    assert plain(plain(value)) == plain(value)


def test_names_of_places() -> None:
    assert place_name("办公室 党支部\n") == "办公室党支部"
    assert place_name("第 2 党小组") == "第 2 党小组"


@given(st.dates(date(1920, 1, 1), date(2020, 1, 1)), st.integers(0, 999), st.booleans())
def test_id_numbers_with_a_right_check_digit_pass(born: date, order: int, full_width: bool) -> None:
    number = f"110101{born:%Y%m%d}{order:03}"
    number += check_character(number)
    written = number.lower().translate(FULL_WIDTH) if full_width else number
    assert parse_id_number(f" {written} ") == number
    wrong = "0123456789X"["0123456789X".index(number[-1]) - 1]
    with pytest.raises(BadValue):
        parse_id_number(number[:-1] + wrong)


@pytest.mark.parametrize(
    "value", ["11010119980230067X", "1101011998", "11010119981021067A", 1.1010119981021067e17, "٣" * 18]
)
def test_wrong_id_numbers(value: object) -> None:
    with pytest.raises(BadValue):
        parse_id_number(value)


def test_old_id_numbers_pass_if_their_day_of_birth_exists() -> None:
    assert parse_id_number("110101550302030") == "110101550302030"
    with pytest.raises(BadValue):
        parse_id_number("110101551302030")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("１３４５４３５４６７６", "13454354676"),
        (13823763076.0, "13823763076"),
        ("025-83612345", "025-83612345"),
    ],
)
def test_telephone_numbers(value: object, number: str) -> None:
    assert parse_phone(value) == number


@pytest.mark.parametrize("value", ["张三", "12", "1" * 40, "=cmd()"])
def test_what_is_no_telephone_number(value: str) -> None:
    with pytest.raises(BadValue):
        parse_phone(value)


@pytest.mark.parametrize(
    ("value", "count"),
    [("29人", 29), ("２９", 29), (29.0, 29), ("共29人", 29), ("三年", 3), ("二十九人", 29), ("十二", 12)],
)
def test_counts(value: object, count: int) -> None:
    assert parse_count(value) == count


@pytest.mark.parametrize("value", ["", "几个", -3.0, 2.5, "29/31", "十十", float("nan"), True])
def test_what_is_no_count(value: object) -> None:
    with pytest.raises(BadValue):
        parse_count(value)


K = MeetingKind


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("支委会", (K.COMMITTEE,)),
        ("支部委员会会议", (K.COMMITTEE,)),
        ("支部委员会会议（支委会）", (K.COMMITTEE,)),
        ("支委（扩大）会议", (K.COMMITTEE,)),
        ("党员大会", (K.GENERAL,)),
        ("支部党员大会", (K.GENERAL,)),
        ("党员大会（换届选举）", (K.GENERAL,)),
        ("第一季度党员大会", (K.GENERAL,)),
        ("党小组会", (K.GROUP,)),
        ("上党课", (K.LECTURE,)),
        ("书记讲党课", (K.LECTURE,)),
        ("主题党日、党课", (K.THEME_DAY, K.LECTURE)),
        ("主题党日+党课", (K.THEME_DAY, K.LECTURE)),
        ("主题党日（党课）", (K.THEME_DAY, K.LECTURE)),
        ("党课/主题党日活动", (K.LECTURE, K.THEME_DAY)),
        ("11月主题党日暨党员大会", (K.THEME_DAY, K.GENERAL)),
        ("组织生活会和民主评议党员", (K.ORGANIZATIONAL_LIFE, K.APPRAISAL)),
        ("民主评议", (K.APPRAISAL,)),
        ("民主生活会", (K.DEMOCRATIC_LIFE,)),
        ("全体党员干部大会", (K.STAFF,)),
        ("三会一课（党课）", (K.LECTURE,)),
        ("主题\n党日", (K.THEME_DAY,)),
    ],
)
def test_kinds_of_meeting(written: str, kinds: tuple[str, ...]) -> None:
    assert words.parse_kinds(written) == kinds


@pytest.mark.parametrize("written", ["读书会", "主题党日、读书会", "组织学习", "谈心谈话", "会议", "1"])
def test_unknown_kinds_are_refused(written: str) -> None:
    with pytest.raises(BadValue):
        words.parse_kinds(written)


def test_posts() -> None:
    assert words.parse_posts("党支部书记") == (PostTitle.SECRETARY,)
    assert words.parse_posts("副书记兼组织委员") == (PostTitle.DEPUTY, PostTitle.ORGANIZATION)
    assert words.parse_posts("组宣委员") == (PostTitle.ORGANIZATION, PostTitle.PUBLICITY)
    assert words.parse_posts("支部委员、党小组组长") == (PostTitle.MEMBER, words.GROUP_LEADER)
    assert words.parse_posts("机关党委委员") == (words.UPPER_POST,)
    assert words.parse_posts("党支部委员会纪检委员（兼）") == (PostTitle.DISCIPLINE,)
    assert words.parse_posts("支部组宣委员") == (PostTitle.ORGANIZATION, PostTitle.PUBLICITY)
    assert words.parse_posts("普通党员") == ()
    with pytest.raises(BadValue, match="科长"):
        words.parse_posts("科长")


def test_standings() -> None:
    assert words.parse_standings("在册") == ()
    assert words.parse_standings("流动党员、年老体弱") == (StandingKind.MOBILE, StandingKind.FRAIL)
    assert words.parse_standings("出国（境）") == (StandingKind.ABROAD,)
    assert words.parse_standings("流动党员（外出务工）") == (StandingKind.MOBILE,)
    with pytest.raises(BadValue):
        words.parse_standings("已去世")


def test_small_words() -> None:
    assert words.parse_yes_no("√") is True
    assert words.parse_yes_no("否") is False
    assert words.parse_category("中共预备党员") == words.PROBATIONARY
    assert words.kind_by_name("市直机关第一联合党支部") == "joint_branch"
    assert words.kind_by_name("机关第二党总支") == "general_branch"
    assert words.kind_by_name("工会") == ""
    with pytest.raises(BadValue):
        words.parse_category("入党积极分子")
    assert [column_letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("written", "absences"),
    [
        ("张三(病假)、李四（出差）", [("张三", "病假"), ("李四", "出差")]),
        ("张三(病假)、李四（出差）;王五 事假", [("张三", "病假"), ("李四", "出差"), ("王五", "事假")]),
        ("张三（病假、住院）", [("张三", "病假、住院")]),
        ("张三因病请假，李四出差", [("张三", "因病请假"), ("李四", "出差")]),
        ("张 三 病假", [("张三", "病假")]),
        ("张 三", [("张三", "")]),
        ("张三-病假\n李四-事假", [("张三", "病假"), ("李四", "事假")]),
        ("张三:病假；李四：事假", [("张三", "病假"), ("李四", "事假")]),
        ("病假：张三、李四；事假：王五", [("张三", "病假"), ("李四", "病假"), ("王五", "事假")]),
        ("病假2人（张三、李四）", [("张三", "病假"), ("李四", "病假")]),
        ("张三（病假）、李四（事假）共2人", [("张三", "病假"), ("李四", "事假")]),
        ("请假2人：张三（病假）、李四", [("张三", "病假"), ("李四", "请假")]),
        ("1.张三（病假）；2.李四（事假）", [("张三", "病假"), ("李四", "事假")]),
        ("2人：张三(病假)、李四(事假)", [("张三", "病假"), ("李四", "事假")]),
        ("张三", [("张三", "")]),
        ("买买提•艾山（在外地流动）", [("买买提·艾山", "在外地流动")]),
        ("请假：无；缺席：张三", [("张三", "缺席")]),
        ("无", []),
        ("无。", []),
        ("—", []),
        ("0人", []),
        ("０", []),
        (0.0, []),
        ("全部到会", []),
        ("无缺席人员", []),
        ("", []),
        (None, []),
    ],
)
def test_who_was_missing(written: object, absences: list[tuple[str, str]]) -> None:
    assert [(absence.name, absence.reason) for absence in parse_absences(written)] == absences


def test_an_excuse_needs_a_reason_that_excuses() -> None:
    assert Absence("张三", "病假").is_excused
    assert not Absence("张三").is_excused
    assert not Absence("张三", "无故缺席").is_excused
    with pytest.raises(BadValue, match="张三"):
        parse_absences("张三(病假)、张三(事假)")
    with pytest.raises(BadValue):
        parse_absences("张三(病假)、=HYPERLINK(1)")
