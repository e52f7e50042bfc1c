"""An empty workbook to fill in, with the canonical headings."""

from collections.abc import Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from branchlife.enumeration import enumerated
from meetings.workbooks.columns import Column

ROWS_PREPARED = 1000
# As text, so that the spreadsheet keeps eighteen digits and leading zeros.
AS_TEXT = {"id_number", "phone", "code"}
HEAD_FILL = PatternFill("solid", fgColor="F1EEE9")


def blank_workbook(columns: Sequence[Column], *, title: str) -> bytes:
    """An .xlsx with one sheet to fill in and one that explains."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.title = title
    page.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        _prepare(page, number, column)
    explanation = book.create_sheet(_("How to fill in"))
    explanation.column_dimensions["A"].width = 80
    for text in _explanation(columns):
        explanation.append([text])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _prepare(page: Worksheet, number: int, column: Column) -> None:
    heading = page.cell(row=1, column=number, value=column.heading)
    heading.font = Font(bold=True)
    heading.fill = HEAD_FILL
    heading.alignment = Alignment(horizontal="center")
    page.column_dimensions[get_column_letter(number)].width = 22 if column.field in AS_TEXT else 16
    if column.field in AS_TEXT:
        for row in range(2, ROWS_PREPARED + 2):
            page.cell(row=row, column=number).number_format = "@"


def _explanation(columns: Sequence[Column]) -> list[str]:
    required = enumerated(column.heading for column in columns if column.required)
    return [
        _("Must be filled in: %(columns)s.") % {"columns": required},
        _("Columns may stand in any order, and those you do not need may be deleted."),
        _("Dates: 2026-07-09, 2026年7月9日, 2026.07.09 or 20260709; or a month if the day is unknown."),
        _("Titles above the header, blank rows and a row of totals do no harm."),
    ]
