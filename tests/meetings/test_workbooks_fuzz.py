"""Whatever stands in the cells: a reading with named cells or one sentence, never an exception."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.workbooks.columns import LEDGER, ORGANIZATIONS, ROSTER, Column
from meetings.workbooks.ledgers import read_ledger
from meetings.workbooks.organizations import read_organizations
from meetings.workbooks.problems import WorkbookRefused
from meetings.workbooks.rosters import read_roster
from meetings.workbooks.table import Reading
from tests.meetings.workbook_files import sample, workbook

TODAY = date(2026, 11, 23)
# openpyxl refuses to write control characters; files made otherwise hold none either (XML 1.0).
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=30)
NEARLY_RIGHT = st.sampled_from(
    [
        "张三",
        "2026-02-30",
        "２０２６年１月",
        "20261301",
        "无",
        "合计",
        "15:70",
        "下午",
        "主题党日、",
        "、、",
        "()",
        "张三(",
    ]
    + [
        ")(",
        "（（病假）",
        "1、",
        "1.",
        "：",
        "人",
        "29/31",
        "'=1+1",
        "-1",
        "1e9",
        "NaN",
        "二〇二六年",
        "十十月",
        "书记兼",
    ]
    + ["党课党课", "+86", "110101199813010674", "፩፪", "²", "ⅷ", "\u200b", "\u202e", "\U000e0100"]
)
CELLS = st.one_of(
    TEXT,
    NEARLY_RIGHT,
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
KINDS: list[tuple[tuple[Column, ...], Callable[[BytesIO], Reading]]] = [
    (ROSTER, lambda file: read_roster(file, today=TODAY)),
    (ORGANIZATIONS, lambda file: read_organizations(file, today=TODAY)),
    (LEDGER, lambda file: read_ledger(file, year=2026, today=TODAY)),
]


def in_spreadsheets(value: object) -> object:
    """openpyxl takes a leading = for a formula and loses the text; a quote keeps it."""
    if isinstance(value, str) and value.startswith("="):
        return f"'{value}"
    return value.replace(microsecond=0) if isinstance(value, datetime | time) else value


@pytest.mark.parametrize(("columns", "read"), KINDS, ids=["roster", "organizations", "ledger"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_random_cells_below_a_good_header(
    columns: tuple[Column, ...], read: Callable[[BytesIO], Reading], data: st.DataObject
) -> None:
    width = len(columns)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6))
    file = workbook(
        [[column.heading for column in columns], *([in_spreadsheets(c) for c in row] for row in rows)]
    )
    try:
        reading = read(file)
    except WorkbookRefused as refused:
        assert str(refused)
        return
    for note in reading.errors:
        assert note.row >= 2
        assert note.message.startswith(note.column)
    wrong = {note.row for note in reading.errors}
    assert not wrong & {row.row for row in reading.rows}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.one_of(CELLS, st.sampled_from(["姓名", "入党时间", "所在党支部"])), max_size=5),
        max_size=8,
    )
)
def test_random_sheets(rows: list[list[object]]) -> None:
    for _columns, read in KINDS:
        try:
            read(workbook([[in_spreadsheets(cell) for cell in row] for row in rows]))
        except WorkbookRefused as refused:
            assert str(refused)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 18_000), st.binary(min_size=1, max_size=4), st.booleans())
def test_damaged_files(position: int, noise: bytes, cut: bool) -> None:
    data = bytearray(sample("roster-clean.xlsx").getvalue())
    data[position : position + len(noise)] = noise
    try:
        read_roster(BytesIO(bytes(data[: len(data) - position]) if cut else bytes(data)), today=TODAY)
    except WorkbookRefused as refused:
        assert str(refused)
