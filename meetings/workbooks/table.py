"""The rows below a header: which of them are data, and how one is read cell by cell."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Generic, TypeVar

from django.utils.translation import gettext as _

from meetings.workbooks.columns import Column
from meetings.workbooks.headers import Header, find_header
from meetings.workbooks.problems import BadValue, CellNote, WorkbookRefused, sentence
from meetings.workbooks.sheet import Row, read_sheets
from meetings.workbooks.text import Cell, compact, is_nothing

T = TypeVar("T")
RowT = TypeVar("RowT")

TOTAL = re.compile(
    r"(?:本页|本支部|支部|全部|以上)?(?:合计|总计|小计|共计|累计|总人数|总数)(?:[:]?\d*[人名条次个]?)?\Z|共计?\d+[人名条次个]\Z"
)
NOTE = re.compile(
    r"(?:备注|附注|注|说明|填表说明|填写说明|填报说明|填表人|填报人|制表人|制表|审核人|审核|负责人|联系人|填报单位|填报日期|填报时间|"
    r"填表日期|填表时间|单位盖章|盖章|书记签字|签字|统计人|经办人|领导签字)\d*(?:\(.*\))?[:.、]|(?:注|备注|说明|填表说明|填写说明)\Z"
)
# "一、在职党员" or "办公室党支部" alone in a row heads what follows.
SECTION = re.compile(r"[一二三四五六七八九十]+[、.].*|.*(?:支部|小组|党员)(?:\(.*\))?[:]?\Z")
EXAMPLE = re.compile(r"(?:示例|样例|例|例如|填写示例|范例|举例)\d*[:.]?\Z")


@dataclass
class Reading(Generic[RowT]):
    """What a workbook says, and what in it could not be understood.

    ``rows`` are the rows without any error, so they can be imported even if others cannot.
    """

    sheet: str
    header: Header
    columns: dict[str, Column]
    rows: list[RowT] = field(default_factory=list)
    errors: list[CellNote] = field(default_factory=list)
    warnings: list[CellNote] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the sheet has a column for the field."""
        return name in self.header.headings

    def note(self, row: int, name: str, why: str) -> CellNote:
        """A note about the cell of a field; the column need not be in the sheet."""
        column = self.columns[name].heading
        heading = self.header.headings.get(name)
        return CellNote(
            row,
            column,
            sentence(column, why),
            heading.text if heading else "",
            f"{heading.letters}{row}" if heading else "",
        )

    def refuse(self, row: int, name: str, why: str) -> None:
        self.errors.append(self.note(row, name, why))

    def warn(self, row: int, name: str, why: str) -> None:
        self.warnings.append(self.note(row, name, why))


class RowReader:
    """One row of data. A cell that cannot be read becomes an error, and its value is None."""

    def __init__(self, reading: Reading, row: Row) -> None:
        self.number = row.number
        self.is_good = True
        self._reading = reading
        self._cells = row.filled

    def cell(self, name: str) -> Cell:
        heading = self._reading.header.headings.get(name)
        if heading is None or heading.column >= len(self._cells):
            return ""
        return self._cells[heading.column]

    def read(self, name: str, parse: Callable[[Cell], T], *, required: bool = False) -> T | None:
        value = self.cell(name)
        if is_nothing(value):
            if required:
                self.refuse(name, _("is missing"))
            return None
        try:
            return parse(value)
        except BadValue as problem:
            self.refuse(name, str(problem))
            return None

    def refuse(self, name: str, why: str) -> None:
        self.is_good = False
        self._reading.refuse(self.number, name, why)

    def warn(self, name: str, why: str) -> None:
        self._reading.warn(self.number, name, why)


def open_table(file: BinaryIO, columns: Sequence[Column]) -> tuple[Reading, list[Row]]:
    """Find the table in a workbook. Raises WorkbookRefused with a sentence when there is none."""
    sheet, header, others = find_header(read_sheets(file), columns)
    reading: Reading = Reading(sheet.name, header, {column.field: column for column in columns})
    _tell_what_is_not_read(reading, [other.name for other in others])
    rows = list(_data_rows(sheet.rows(), header))
    if not rows:
        raise WorkbookRefused(
            _("Sheet “%(sheet)s” has no row below its header in row %(row)s.")
            % {"sheet": sheet.name, "row": header.row}
        )
    return reading, rows


def _tell_what_is_not_read(reading: Reading, others: list[str]) -> None:
    for name in others:
        why = _("Only sheet “%(sheet)s” is read; sheet “%(other)s” looks alike.")
        message = why % {"sheet": reading.sheet, "other": name}
        reading.warnings.append(CellNote(reading.header.row, "", message))
    for unread, read in reading.header.repeated:
        why = _("Column %(column)s “%(heading)s” is not read; %(other_column)s “%(other)s” means the same.")
        values = {
            "column": unread.letters,
            "heading": unread.text,
            "other_column": read.letters,
            "other": read.text,
        }
        note = CellNote(
            reading.header.row, "", why % values, unread.text, f"{unread.letters}{reading.header.row}"
        )
        reading.warnings.append(note)


def _data_rows(rows: Iterator[Row], header: Header) -> Iterator[Row]:
    columns = [heading.column for heading in header.headings.values()]
    for row in rows:
        if row.number > header.row and not _is_no_data(row, columns) and not _repeats_header(row, header):
            yield row


def _is_no_data(row: Row, columns: list[int]) -> bool:
    """Blank, total, note and section rows, and the row that numbers the columns."""
    own = (row.cells[column] for column in columns if column < len(row.cells))
    if all(is_nothing(cell) for cell in own):
        return True
    words = _words(row)
    first, second = next(words, ""), next(words, "")
    if TOTAL.match(first) or TOTAL.match(second) or NOTE.match(first) or EXAMPLE.match(first):
        return True
    heads_section = not second and (row.is_wide or bool(SECTION.match(first)))
    return heads_section or (_is_number(first, 1) and _numbers_columns(row))


def _words(row: Row) -> Iterator[str]:
    return (word for cell in row.cells if cell != "" and (word := compact(cell)))


def _is_number(word: str, number: int) -> bool:
    return word.strip("()") == str(number)


def _numbers_columns(row: Row) -> bool:
    words = list(_words(row))
    return len(words) >= 3 and all(_is_number(word, n) for n, word in enumerate(words, 1))


def _repeats_header(row: Row, header: Header) -> bool:
    """Printed lists repeat their header on every page."""
    same = 0
    for heading in header.headings.values():
        cell = row.cells[heading.column] if heading.column < len(row.cells) else ""
        same += isinstance(cell, str) and " ".join(cell.split()) == heading.text
    return same >= 2 and same * 2 > len(header.headings)
