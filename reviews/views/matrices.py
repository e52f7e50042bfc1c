"""The month matrices: branches by month, and one branch's kinds by month."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branchlife.matrix import Matrix, MatrixCell, MatrixRow
from meetings.enums import MeetingKind
from meetings.models import Organization
from meetings.period_names import period_name
from reviews.compliance.branches import MONTHS, BranchYear, Presence
from reviews.compliance.lines import YearCell, YearRow, state_of
from reviews.compliance.tally import Tally
from reviews.views.states import CELLS, LABELS, SHORT, Line, in_words, ledger_url

NOTHING = Tally()


def month_names() -> list[str]:
    pattern = pgettext("date format: month above a column", "M")
    return [format_date(date(2000, month, 1), pattern) for month in MONTHS]


def branch_matrix(
    branches: Iterable[Organization],
    years: Mapping[int, BranchYear],
    present: Mapping[int, Presence],
    query: Mapping[str, str],
) -> Matrix:
    """One row a branch: held of owed by the month things fall due in, then the two rates.

    ``query`` is the filter of the page (year, kind), carried on to the lists behind the cells.
    """
    names = month_names()
    rows = [
        _branch_row(each, years.get(each.pk, BranchYear()), present.get(each.pk, Presence()), query, names)
        for each in branches
    ]
    caption = _("Branches by month: meetings held of those owed")
    return Matrix(caption, "", names, rows, totals=[_("Rate"), _("Attendance")])


def _branch_row(
    branch: Organization, year: BranchYear, present: Presence, query: Mapping[str, str], names: Sequence[str]
) -> MatrixRow:
    known = {**query, "organization": branch.pk}
    cells = [
        _tally_cell(year.months.get(month, NOTHING), f"{branch.name} {name}", {**known, "month": month})
        for month, name in zip(MONTHS, names, strict=True)
    ]
    url = reverse("branch_detail", args=[branch.pk])
    return MatrixRow(branch.name, cells, url=url, totals=[year.total.rate, present.rate])


def _tally_cell(tally: Tally, place: str, query: Mapping[str, object]) -> MatrixCell:
    """Opens just the lines it counts; where none counts yet, those that are waived or still to begin."""
    state = tally.state
    if state == "none":
        return MatrixCell("none", spoken=f"{place}: {LABELS['none']}")
    text = f"{tally.met}/{tally.owed}" if tally.owed else ""
    url = ledger_url(status="owed" if tally.owed else "", **query)
    return MatrixCell(CELLS[state], text, url, spoken=f"{place}: {in_words(tally)}")


def kind_matrix(rows: Iterable[YearRow], *, year: int, as_of: date) -> Matrix:
    """One branch's year: a row for every kind (and group), a cell for every line, as wide as its period."""
    return Matrix(
        caption=_("What was held in %(year)s, by kind and month") % {"year": year},
        corner="",
        columns=month_names(),
        rows=[_kind_row(row, as_of) for row in rows],
    )


def _kind_row(row: YearRow, as_of: date) -> MatrixRow:
    label = str(MeetingKind(row.kind).label)
    cells = [_line_cell(cell, as_of) for cell in row.cells]
    return MatrixRow(label, cells, note=row.group)


def _line_cell(cell: YearCell, as_of: date) -> MatrixCell:
    if cell.line is None:
        return MatrixCell("none", span=cell.months, spoken=str(LABELS["none"]))
    state = state_of(cell.line, as_of)
    url = Line(cell.line, as_of).url
    text = str(SHORT.get(state, "")) if cell.months > 1 else ""
    spoken = f"{period_name(cell.line.span)}: {LABELS[state]}"
    return MatrixCell(CELLS[state], text, url, span=cell.months, spoken=spoken)
