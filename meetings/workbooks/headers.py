"""Finding the header row by itself: in whichever sheet, below titles and blank rows, in any order."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from meetings.workbooks.columns import Column
from meetings.workbooks.problems import WorkbookRefused, column_letters
from meetings.workbooks.sheet import Row, Sheet
from meetings.workbooks.text import Cell, plain

# Titles and blank rows come first; nobody puts this many.
HEADER_WITHIN = 40
MINIMUM_RECOGNIZED = 2

BRACKETS = re.compile(r"[(\[【<《].*?[)\]】>》]")
NOT_LETTERS = re.compile(r"[\W_]+")
FORM_NOTES = re.compile(r"必填项?|选填项?|^\d+(?=\D)")


@dataclass(frozen=True)
class Heading:
    """A heading as the sheet has it. ``column`` counts from 0."""

    column: int
    text: str

    @property
    def letters(self) -> str:
        return column_letters(self.column)


@dataclass(frozen=True)
class Header:
    """The header row of one sheet: which field stands in which column."""

    row: int
    headings: dict[str, Heading]
    repeated: list[tuple[Heading, Heading]] = field(default_factory=list)  # (not read, read instead)

    def missing(self, columns: Sequence[Column]) -> list[Column]:
        return [column for column in columns if column.required and column.field not in self.headings]


def letters_of(text: str) -> list[str]:
    """What is compared of a heading: with the note in brackets and without it."""
    text = unicodedata.normalize("NFKC", text).lower()
    shapes = (NOT_LETTERS.sub("", text), NOT_LETTERS.sub("", BRACKETS.sub("", text)))
    return [shape for shape in dict.fromkeys(FORM_NOTES.sub("", shape) for shape in shapes) if shape]


class Vocabulary:
    """Every heading of one kind of workbook with the fields it may mean, best first."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._borrowers = {column.field: column.borrows for column in columns if column.borrows}
        self._trust: dict[str, list[tuple[int, str]]] = {}
        for column in columns:
            for rank, heading in enumerate(column.headings):
                for shape in letters_of(heading):
                    self._trust.setdefault(shape, []).append((rank, column.field))

    def meanings(self, text: str) -> list[tuple[int, str]]:
        """``(rank, field)`` of a heading; a smaller rank is more trusted."""
        for shape in letters_of(text):
            if shape in self._trust:
                return self._trust[shape]
        return []

    def assign(self, row: int, texts: Sequence[str]) -> Header:
        """Give each field the most trusted heading. A heading whose field is taken gets its next meaning."""
        claims = sorted(
            (rank, column, name) for column, text in enumerate(texts) for rank, name in self.meanings(text)
        )
        headings: dict[str, Heading] = {}
        used: set[int] = set()
        for _rank, column, name in claims:
            if name not in headings and column not in used:
                headings[name] = Heading(column, texts[column])
                used.add(column)
        for name, lender in self._borrowers.items():
            if lender in headings:
                headings.setdefault(name, headings[lender])
        unread: dict[int, tuple[Heading, Heading]] = {}
        for _rank, column, name in claims:
            if column not in used:
                unread.setdefault(column, (Heading(column, texts[column]), headings[name]))
        return Header(row, headings, list(unread.values()))


def find_header(sheets: Iterable[Sheet], columns: Sequence[Column]) -> tuple[Sheet, Header, list[Sheet]]:
    """The best sheet, its header, and other sheets that also have a complete header.

    Raises WorkbookRefused if there is none, or if a required heading is missing or stands twice.
    """
    vocabulary = Vocabulary(columns)
    found = [(sheet, header) for sheet in sheets if (header := _header_of(sheet, vocabulary)) is not None]
    if not found:
        raise WorkbookRefused(
            _("No header row was found. The sheet needs at least the columns %(columns)s.")
            % {"columns": enumerated(column.heading for column in columns if column.required)}
        )
    # Stable: of equal sheets the first one wins.
    found.sort(
        key=lambda pair: (len(pair[1].missing(columns)), not pair[0].is_visible, -len(pair[1].headings))
    )
    sheet, header = found[0]
    _require(sheet, header, columns)
    others = [sheet for sheet, other in found[1:] if sheet.is_visible and not other.missing(columns)]
    return sheet, header, others


def _require(sheet: Sheet, header: Header, columns: Sequence[Column]) -> None:
    place = {"sheet": sheet.name, "row": header.row}
    if missing := header.missing(columns):
        names = enumerated(column.heading for column in missing)
        why = _("Sheet “%(sheet)s”, header in row %(row)s: the column %(names)s is missing.")
        raise WorkbookRefused(why % (place | {"names": names}))
    for again, first in header.repeated:
        if letters_of(again.text) == letters_of(first.text):
            why = _("Sheet “%(sheet)s”, row %(row)s: “%(name)s” stands twice (%(one)s and %(two)s).")
            both = {"name": again.text, "one": first.letters, "two": again.letters}
            raise WorkbookRefused(why % (place | both))


def _header_of(sheet: Sheet, vocabulary: Vocabulary) -> Header | None:
    """The row, or two rows together, in which most headings are recognized; the first of equals."""
    top = list(islice(sheet.rows(), HEADER_WITHIN))
    single = [vocabulary.assign(row.number, _texts(row.filled)) for row in top]
    double = [
        vocabulary.assign(lower.number, _both(upper, lower, vocabulary)) for upper, lower in pairwise(top)
    ]
    best = max((*single, *double), key=lambda header: len(header.headings), default=None)
    return best if best and len(best.headings) >= MINIMUM_RECOGNIZED else None


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [" ".join(plain(cell).split()) if isinstance(cell, str) else "" for cell in cells]


def _both(upper: Row, lower: Row, vocabulary: Vocabulary) -> list[str]:
    """A header in two lines: the lower word, both together ("入党" over "时间"), or the upper one."""
    texts = []
    for above, below in zip(_texts(upper.filled), _texts(lower.filled), strict=False):
        choices = (below, above + below, above)
        texts.append(next((text for text in choices if vocabulary.meanings(text)), below))
    return texts
