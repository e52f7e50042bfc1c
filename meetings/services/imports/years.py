"""For which year a row of the ledger counts: last year's appraisal is often held in January."""

import re
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.models import Meeting, MeetingPart
from meetings.services.record import LAST_MONTH_FOR_LAST_YEAR, YEARLY_KINDS
from meetings.workbooks.ledgers import LedgerRow
from meetings.workbooks.text import compact

LAST_YEAR = re.compile(r"上一?年度|去年")


def day_counted(row: LedgerRow, kind: str) -> date:
    """A day of the period for which the meeting counts as this kind."""
    is_elsewhere = row.counts_for not in (None, row.day.year) and kind in YEARLY_KINDS
    return date(row.counts_for, 12, 31) if row.counts_for and is_elsewhere else row.day


def year_fault(row: LedgerRow) -> str:
    """Why the row cannot count for the year it gives; empty if it can."""
    if row.counts_for in (None, row.day.year):
        return ""
    if row.counts_for != row.day.year - 1 or row.day.month > LAST_MONTH_FOR_LAST_YEAR:
        why = _("held on %(day)s, it counts for that year or, until the end of March, for the year before")
        return why % {"day": date_format(row.day)}
    if set(row.kinds).isdisjoint(YEARLY_KINDS):
        return _("only meetings owed once a year can count for the year before")
    return ""


def names_last_year(row: LedgerRow) -> bool:
    """Whether the theme speaks of the year before, where the meeting may count for it."""
    if row.day.month > LAST_MONTH_FOR_LAST_YEAR or set(row.kinds).isdisjoint(YEARLY_KINDS):
        return False
    theme = compact(row.theme)
    return f"{row.day.year - 1}年" in theme or bool(LAST_YEAR.search(theme))


def counts_elsewhere(known: Meeting) -> bool:
    """Whether a meeting that is here counts for another year than that of its day."""
    return any(part.counts_for.year != known.day.year for part in known.parts.all())


def parts_to_move(known: Meeting, row: LedgerRow) -> list[MeetingPart]:
    """The kinds of a meeting that is here which count for another year than the row gives."""
    return [part for part in known.parts.all() if part.counts_for.year != day_counted(row, part.kind).year]
