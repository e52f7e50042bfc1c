"""What an import would do or did, and what kept it from doing more."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from meetings.models import Organization
from meetings.services.imports.preview import Preview, preview_of
from meetings.workbooks.problems import CellNote
from meetings.workbooks.table import Reading


@dataclass(frozen=True)
class ImportReport:
    """Counts are rows of the sheet. ``errors`` and ``warnings`` stand in the order of the sheet."""

    kind: str
    sheet: str
    header_row: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[CellNote] = field(default_factory=list)
    warnings: list[CellNote] = field(default_factory=list)
    preview: Preview = field(default_factory=Preview)

    @property
    def good_rows(self) -> int:
        return self.created + self.updated + self.unchanged

    @property
    def bad_rows(self) -> int:
        return len({note.row for note in self.errors})

    def as_dict(self) -> dict[str, Any]:
        return {
            "errors": [note.as_dict() for note in self.errors],
            "warnings": [note.as_dict() for note in self.warnings],
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
        }


class ImportRefused(Exception):
    """Nothing was written, because of the errors in ``report``."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__(f"{len(report.errors)} errors")
        self.report = report


class Plan(Protocol):
    """All an import would change, worked out without writing anything."""

    created: int
    updated: int
    unchanged: int
    touched: list[Organization]  # whose obligations may change
    years: set[int]  # besides this one, whose ledger may change
    years_counted: set[int]  # for which meetings of other years count; nothing is owed because of it

    def write(self) -> None: ...


def report_of(kind: str, reading: Reading, plan: Plan) -> ImportReport:
    return ImportReport(
        kind=kind,
        sheet=reading.sheet,
        header_row=reading.header.row,
        created=plan.created,
        updated=plan.updated,
        unchanged=plan.unchanged,
        errors=_in_order(reading.errors),
        warnings=_in_order(reading.warnings),
        preview=preview_of(kind, reading.rows),
    )


def _in_order(notes: list[CellNote]) -> list[CellNote]:
    """By row, then by column from left to right (A … Z, AA …)."""
    return sorted(notes, key=lambda note: (note.row, len(note.cell), note.cell))
