"""The register of meetings as a workbook: one line a meeting, every text as text."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from branchlife.cells import put

HEAD_ROW = 2
WIDTHS = (6, 12, 8, 8, 24, 14, 32, 18, 10, 10, 8, 8, 8, 8, 12)


def write_register(meetings: Sequence[Any], *, title: str) -> bytes:
    """The lines of ``take_register`` below a title and the headings."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.freeze_panes = f"A{HEAD_ROW + 1}"
    put(page["A1"], title)
    page["A1"].font = Font(bold=True, size=14)
    _write(page, HEAD_ROW, _headings())
    for column, width in enumerate(WIDTHS, 1):
        page.cell(HEAD_ROW, column).font = Font(bold=True)
        page.column_dimensions[get_column_letter(column)].width = width
    for number, meeting in enumerate(meetings, 1):
        _write(page, HEAD_ROW + number, (number, *_facts(meeting)))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write(page: Worksheet, row: int, values: Iterable[Any]) -> None:
    for column, value in enumerate(values, 1):
        put(page.cell(row, column), value)


def _headings() -> tuple[str, ...]:
    return (
        pgettext("row", "No."), _("Day"), _("Begins"), _("Ends"), _("Kind of meeting"), _("Party group"),
        _("Theme"), _("Place"), _("Chair"), _("Recorder"), _("Expected"), _("Present"), _("Excused"), _("Absent"),
        _("State"),
    )  # fmt: skip


def _facts(meeting: Any) -> Iterator[Any]:
    yield from (meeting.day, meeting.starts, meeting.ends, str(meeting.kinds_label))
    yield meeting.group.name if meeting.group else ""
    yield from (meeting.theme, meeting.place)
    yield from (person.name if person else "" for person in (meeting.chair, meeting.recorder))
    yield from (meeting.expected, meeting.here, meeting.excused, meeting.absent)
    yield str(meeting.get_state_display())
