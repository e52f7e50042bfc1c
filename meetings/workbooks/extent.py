"""How large a sheet is once it is laid out as a rectangle.

A sheet with one cell at A1 and one at XFD1048576 is a few hundred bytes of XML, but a reader that
lays it out needs seventeen thousand million cells. So the corners are measured before.
"""

import re
from xml.parsers import expat

from django.utils.translation import gettext as _

from meetings.workbooks.problems import WorkbookRefused

MAX_CELLS = 8_000_000
# Real sheets are mostly full. This much emptiness is still fine whatever is in it.
ALWAYS_FINE = 1_000_000
MAX_EMPTINESS = 20
# An unfinished tag or comment is scanned again with every piece, so a very long one costs minutes.
MAX_TOKEN_BYTES = 4 * 1024 * 1024

REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})\Z")


class SheetExtent:
    """Fed with the XML of any part; for a worksheet it knows the rectangle of filled cells."""

    def __init__(self) -> None:
        self.filled = self.row = self.column = self.last_row = self.last_column = 0
        self.first_row = 1 << 30
        self._fed = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._element_started
        self._parser.StartDoctypeDeclHandler = self._doctype_found

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError:
            raise _damaged() from None
        self._fed += len(piece)
        if self._fed - self._parser.CurrentByteIndex > MAX_TOKEN_BYTES:
            raise _damaged()

    def judge(self) -> None:
        """Raise WorkbookRefused if laying the sheet out would need too much room."""
        height = max(self.last_row - self.first_row + 1, 0)
        cells = height * self.last_column
        if cells > MAX_CELLS or cells > ALWAYS_FINE + MAX_EMPTINESS * self.filled:
            why = _("A sheet has cells too far apart or too many of them; delete the empty rest.")
            raise WorkbookRefused(why)

    def _element_started(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._move_to(attributes.get("r", ""))
        elif tag == "v" or tag == "is":
            self._cell_filled()
        elif tag == "row":
            self._row_started(attributes.get("r", ""))

    def _row_started(self, number: str) -> None:
        self.row = int(number) if number.isascii() and number.isdigit() else self.row + 1
        self.column = 0

    def _move_to(self, reference: str) -> None:
        match = REFERENCE.match(reference)
        if match is None:
            self.column += 1
            return
        self.row = int(match[2])
        self.column = 0
        for letter in match[1].upper():
            self.column = self.column * 26 + ord(letter) - 64

    def _cell_filled(self) -> None:
        self.filled += 1
        self.last_row = max(self.last_row, self.row)
        self.first_row = min(self.first_row, self.row)
        self.last_column = max(self.last_column, self.column)

    @staticmethod
    def _doctype_found(*declaration: object) -> None:
        """Entities are declared there; no spreadsheet program writes any."""
        raise _damaged()


def _damaged() -> WorkbookRefused:
    return WorkbookRefused(_("The file is damaged and cannot be opened."))
