"""A table of small coloured cells (things × months), as plain data for the `matrix` template tag."""

from dataclasses import dataclass, field

STATES = ("met", "waiting", "due", "overdue", "open", "waived", "none")


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One cell. `span` counts columns (a quarter spans 3); `spoken` is read out and shown as tooltip."""

    state: str
    text: str = ""
    url: str = ""
    span: int = 1
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    label: str
    cells: list[MatrixCell]
    url: str = ""
    note: str = ""
    totals: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Matrix:
    """`columns` and `totals` are headings; every row's spans must add up to `len(columns)`."""

    caption: str
    corner: str
    columns: list[str]
    rows: list[MatrixRow]
    totals: list[str] = field(default_factory=list)
