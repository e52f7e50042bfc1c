"""Reading a ledger of meetings held (台账)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import BinaryIO, TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.enums import MeetingKind
from meetings.workbooks.absences import Absence, parse_absences
from meetings.workbooks.clock import parse_times
from meetings.workbooks.columns import LEDGER
from meetings.workbooks.days import DAY, Day, parse_day, parse_year
from meetings.workbooks.numerals import parse_count
from meetings.workbooks.problems import BadValue
from meetings.workbooks.table import Reading, RowReader, open_table
from meetings.workbooks.text import Cell, compact, is_nothing, line, person_name, place_name, plain
from meetings.workbooks.words import parse_kinds

T = TypeVar("T")
MAX_CONTENT = 20_000
MONTH_AND_DAY = re.compile(r"\d{1,2}月\d{1,2}[日号]")


@dataclass(frozen=True)
class LedgerRow:
    row: int
    branch: str
    day: date
    kinds: tuple[str, ...]
    group: str = ""
    starts: time | None = None
    ends: time | None = None
    place: str = ""
    theme: str = ""
    chair: str = ""
    recorder: str = ""
    expected: int | None = None
    present: int | None = None
    absences: tuple[Absence, ...] = ()
    content: str = ""
    decisions: str = ""
    # Where the sheet says it: the year for which what is owed once a year counts.
    counts_for: int | None = None


def read_ledger(file: BinaryIO, *, year: int | None, today: date) -> Reading[LedgerRow]:
    """Read the meetings of a year (of any year if None). Days after ``today`` are errors.

    Raises WorkbookRefused for the file as a whole.
    """
    reading, rows = open_table(file, LEDGER)
    for sheet_row in rows:
        row = _read_meeting(RowReader(reading, sheet_row), year, today)
        if row:
            reading.rows.append(row)
    return reading


def _read_meeting(reader: RowReader, year: int | None, today: date) -> LedgerRow | None:
    branch = reader.read("branch", place_name, required=True)
    day = _read_day(reader, year, today)
    kinds = reader.read("kinds", parse_kinds, required=True)
    group = reader.read("group", lambda value: place_name(value, 60)) or ""
    absences = reader.read("absences", parse_absences) or ()
    starts, ends = _read_times(reader, day)
    counts_for = reader.read("counts_for", parse_year)
    chair, recorder = (reader.read(name, person_name) or "" for name in ("chair", "recorder"))
    if kinds and MeetingKind.GROUP in kinds and not group:
        reader.refuse("group", _("a group meeting needs its group"))
    if not (reader.is_good and branch and day and kinds):
        return None
    return LedgerRow(
        row=reader.number,
        branch=branch,
        day=day.date,
        kinds=kinds,
        group=group,
        starts=starts,
        ends=ends,
        place=_shortened(reader, "place", 100),
        theme=_shortened(reader, "theme", 200),
        chair=chair,
        recorder=recorder,
        expected=_or_warn(reader, "expected", parse_count),
        present=_or_warn(reader, "present", parse_count),
        absences=absences,
        content=_paragraphs(reader, "content"),
        decisions=_paragraphs(reader, "decisions"),
        counts_for=counts_for,
    )


def _read_day(reader: RowReader, year: int | None, today: date) -> Day | None:
    def parse(value: Cell) -> Day:
        day = parse_day(_with_year(value, year))
        if day.precision != DAY:
            raise BadValue(_("the day is missing"))
        if day.date > today:
            raise BadValue(_("%(day)s lies in the future") % {"day": date_format(day.date)})
        if year is not None and day.date.year != year:
            raise BadValue(_("%(day)s is not in %(year)s") % {"day": date_format(day.date), "year": year})
        return day

    return reader.read("day", parse, required=True)


def _with_year(value: Cell, year: int | None) -> Cell:
    """In the ledger of a year people often write only 1月9日."""
    if year is not None and isinstance(value, str) and MONTH_AND_DAY.match(compact(value)):
        return f"{year}年{compact(value)}"
    return value


def _read_times(reader: RowReader, day: Day | None) -> tuple[time | None, time | None]:
    """From the columns for begin and end, or from what stands behind the date."""
    starts, ends = reader.read("starts", _times) or (None, None)
    if starts is None and day and day.rest:
        starts, ends = _or_nothing(day.rest)
    if finish := reader.read("ends", _times):
        ends = finish[0]
    if starts and ends and ends <= starts:
        reader.refuse("ends", _("the meeting ends before it begins"))
    return starts, ends


def _times(value: Cell) -> tuple[time, time | None] | None:
    """A time of day, which may stand behind a date; None for a date alone."""
    try:
        day = parse_day(value)
    except BadValue:
        return parse_times(value)
    if day.precision == DAY:
        return parse_times(day.rest) if day.rest else None
    return parse_times(value)


def _or_nothing(text: str) -> tuple[time | None, time | None]:
    try:
        return parse_times(text)
    except BadValue:
        return None, None


def _or_warn(reader: RowReader, name: str, parse: Callable[[Cell], T]) -> T | None:
    """Figures that the records yield anyway: a wrong one is told but keeps nothing out."""
    value = reader.cell(name)
    try:
        return None if is_nothing(value) else parse(value)
    except BadValue as problem:
        reader.warn(name, str(problem))
        return None


def _shortened(reader: RowReader, name: str, limit: int) -> str:
    text = line(reader.cell(name), 100_000)
    if len(text) > limit:
        reader.warn(name, _("shortened to %(limit)s characters") % {"limit": limit})
    return text[:limit]


def _paragraphs(reader: RowReader, name: str) -> str:
    """Running text with its line breaks; cells hold at most 32,767 characters."""
    value = reader.cell(name)
    lines = value.splitlines() if isinstance(value, str) else [plain(value)]
    text = "\n".join(plain(part) for part in lines).strip()
    return "" if is_nothing(text) else text[:MAX_CONTENT]
