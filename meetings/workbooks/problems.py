"""What can be wrong: with the file as a whole, with one value, with one cell."""

from dataclasses import dataclass

from django.utils.translation import gettext


class WorkbookRefused(Exception):
    """The file as a whole cannot be read; ``str()`` is one sentence for the person who sent it."""


class BadValue(ValueError):
    """One value cannot be understood; ``str()`` says why, without naming the cell."""


@dataclass(frozen=True)
class CellNote:
    """A sentence about one cell. ``row`` counts as the spreadsheet does; ``column`` is our heading."""

    row: int
    column: str
    message: str
    heading: str = ""
    cell: str = ""

    def as_dict(self) -> dict[str, int | str]:
        return {
            "row": self.row,
            "column": self.column,
            "message": self.message,
            "heading": self.heading,
            "cell": self.cell,
        }


def sentence(column: str, why: str) -> str:
    """``column: why`` in the punctuation of the reader's language."""
    return gettext("%(column)s: %(why)s") % {"column": column, "why": why}


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(65 + rest) + letters
        index -= 1
    return letters
