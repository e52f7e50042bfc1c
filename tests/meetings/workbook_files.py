"""Workbooks made on the spot, as an office might have made them."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

SAMPLES = Path(__file__).resolve().parent.parent / "data"

# Numbers with right check digits; none belongs to anybody.
ID_NUMBERS = ("110101199810210674", "320106200101101260", "440103197607171948", "32010619961022057X")


def workbook(
    rows: Iterable[Sequence[object]],
    *,
    merge: Sequence[str] = (),
    sheet: str = "Sheet1",
    before: Sequence[str] = (),
) -> BytesIO:
    """One sheet with these rows; ``before`` names sheets of no interest that come first."""
    book = Workbook()
    page = book.active
    assert page is not None
    for name in before:
        page.title = name
        page.append(["填表说明"])
        page.append(["请如实填写", "日期按年月日填写"])
        page = book.create_sheet()
    page.title = sheet
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            page.cell(row=number, column=column, value=value)
    for area in merge:
        page.merge_cells(area)
    return saved(book)


def saved(book: Workbook) -> BytesIO:
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def sample(name: str) -> BytesIO:
    return BytesIO((SAMPLES / name).read_bytes())
