"""The cells of a workbook, with row numbers as the person sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from meetings.workbooks.archive import judge_workbook
from meetings.workbooks.problems import WorkbookRefused
from meetings.workbooks.text import Cell

# Filling merged cells writes one value many times; a hostile file could ask for it without end.
MAX_MERGED_CELLS = 2_000_000


@dataclass(frozen=True)
class Row:
    number: int
    cells: tuple[Cell, ...]  # as they stand
    filled: tuple[Cell, ...]  # with vertically merged cells filled from their top
    is_wide: bool = False  # a merged cell lies across it: a title, a section or a note


class Sheet:
    """One worksheet. Columns count from 0, rows from 1."""

    def __init__(self, sheet: CalamineSheet, *, is_visible: bool) -> None:
        self.name: str = sheet.name
        self.is_visible = is_visible
        self._sheet = sheet
        self._first_row, self._first_column = sheet.start or (0, 0)
        self._tops, self._wide = self._read_merges()

    def rows(self) -> Iterator[Row]:
        """Every row from the first filled one on."""
        above: dict[int, Cell] = {}
        for number, found in enumerate(self._sheet.iter_rows(), self._first_row + 1):
            cells: tuple[Cell, ...] = (*[""] * self._first_column, *found)
            yield Row(number, cells, self._fill(number, cells, above), number in self._wide)

    def _fill(self, number: int, cells: tuple[Cell, ...], above: dict[int, Cell]) -> tuple[Cell, ...]:
        """``above`` remembers the value at the top of the merged cell in each column."""
        filled = list(cells)
        for column, is_top in self._tops.get(number, {}).items():
            if column >= len(filled):
                continue
            if is_top:
                above[column] = filled[column]
            elif filled[column] == "":
                filled[column] = above.get(column, "")
        return tuple(filled)

    def _read_merges(self) -> tuple[dict[int, dict[int, bool]], set[int]]:
        """Per row the columns with a merged cell (and whether it begins there), and the wide rows.

        Only downward filling is wanted: a cell merged across is a title or has its value in the
        first column anyway.
        """
        tops: dict[int, dict[int, bool]] = {}
        wide: set[int] = set()
        last_row = (self._sheet.end or (0, 0))[0]
        budget = MAX_MERGED_CELLS
        for (top, left), (bottom, right) in self._sheet.merged_cell_ranges or []:
            bottom = min(bottom, last_row)
            budget -= max(bottom - top, 0) + 1
            if budget < 0:
                raise WorkbookRefused(
                    _("The sheet “%(name)s” has too many merged cells.") % {"name": self.name}
                )
            if right - left >= 2 and bottom == top:
                wide.add(top + 1)
            if bottom > top:
                for row in range(top, bottom + 1):
                    tops.setdefault(row + 1, {})[left] = row == top
        return tops, wide


def read_sheets(file: BinaryIO) -> list[Sheet]:
    """Open a workbook that has passed ``judge_workbook``; raises WorkbookRefused otherwise."""
    judge_workbook(file)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
        return [
            Sheet(workbook.get_sheet_by_name(data.name), is_visible=data.visible == SheetVisibleEnum.Visible)
            for data in workbook.sheets_metadata
            if data.typ == SheetTypeEnum.WorkSheet
        ]
    except (KeyboardInterrupt, SystemExit, WorkbookRefused):
        raise
    # The reader's own failures may derive from BaseException (a panic of its native code).
    except BaseException:
        raise WorkbookRefused(_("The file is damaged and cannot be opened.")) from None
