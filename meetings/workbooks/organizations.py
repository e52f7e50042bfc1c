"""Reading a list of organizations."""

from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.workbooks import words
from meetings.workbooks.columns import ORGANIZATIONS
from meetings.workbooks.days import parse_day
from meetings.workbooks.numerals import parse_count
from meetings.workbooks.problems import BadValue
from meetings.workbooks.table import Reading, RowReader, open_table
from meetings.workbooks.text import Cell, compact, line, place_name

TERM_YEARS = range(1, 11)


@dataclass(frozen=True)
class OrganizationRow:
    row: int
    name: str
    kind: str
    parent: str = ""  # name or code as written; empty for the top
    code: str = ""
    founded_on: date | None = None
    term_start_on: date | None = None
    term_years: int | None = None
    kind_is_guess: bool = False  # judged by the name, where the cell says nothing


def read_organizations(file: BinaryIO, *, today: date) -> Reading[OrganizationRow]:
    """Read a list of organizations in any order. Raises WorkbookRefused for the file as a whole.

    Codes repeat in real lists, so a repeated code is a warning; the same name twice under the same
    parent is an error.
    """
    reading, rows = open_table(file, ORGANIZATIONS)
    names: dict[tuple[str, str], int] = {}
    codes: dict[str, int] = {}
    for sheet_row in rows:
        reader = RowReader(reading, sheet_row)
        row = _read_organization(reader, today)
        if row and not _is_repeated(reader, row, names):
            _warn_of_repeated_code(reader, row, codes)
            reading.rows.append(row)
    return reading


def _read_organization(reader: RowReader, today: date) -> OrganizationRow | None:
    name = reader.read("name", place_name, required=True) or ""
    kind = reader.read("kind", words.parse_organization_kind)
    row = OrganizationRow(
        row=reader.number,
        name=name,
        kind=kind or _guess_kind(reader, name),
        kind_is_guess=kind is None,
        parent=reader.read("parent", place_name) or "",
        code=reader.read("code", _code) or "",
        founded_on=reader.read("founded_on", lambda value: _past_day(value, today)),
        term_start_on=reader.read("term_start_on", lambda value: _past_day(value, today)),
        term_years=reader.read("term_years", _term_years),
    )
    if row.founded_on and row.term_start_on and row.term_start_on < row.founded_on:
        reader.refuse("term_start_on", _("lies before the organization was founded"))
    return row if reader.is_good else None


def _guess_kind(reader: RowReader, name: str) -> str:
    kind = words.kind_by_name(name)
    if not kind and reader.is_good:
        reader.refuse("kind", _("is missing"))
    return kind


def _code(value: Cell) -> str:
    return line(compact(value).upper(), 40)


def _past_day(value: Cell, today: date) -> date:
    """A year alone is enough here: old branches know no more."""
    day = parse_day(value).date
    if day > today:
        raise BadValue(_("%(day)s lies in the future") % {"day": date_format(day)})
    return day


def _term_years(value: Cell) -> int:
    years = parse_count(value)
    if years not in TERM_YEARS:
        raise BadValue(_("a term lasts 1 to 10 years"))
    return years


def _is_repeated(reader: RowReader, row: OrganizationRow, names: dict[tuple[str, str], int]) -> bool:
    first = names.setdefault((row.parent, row.name), row.row)
    if first == row.row:
        return False
    reader.refuse("name", _("the same organization stands in row %(row)s") % {"row": first})
    return True


def _warn_of_repeated_code(reader: RowReader, row: OrganizationRow, codes: dict[str, int]) -> None:
    if row.code and codes.setdefault(row.code, row.row) != row.row:
        reader.warn(
            "code", _("%(code)s is also used in row %(row)s") % {"code": row.code, "row": codes[row.code]}
        )
