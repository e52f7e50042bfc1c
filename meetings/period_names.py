"""Periods as people write them: 2026年第四季度, 11月, 2026年度."""

from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.enums import Period
from meetings.periods import Span


def period_name(span: Span) -> str:
    """With its year, to stand alone: 2026年第四季度 / Fourth quarter of 2026."""
    if span.period == Period.YEAR:
        return format_date(span.start, pgettext("date format: a year standing alone", "Y"))
    if span.period == Period.MONTH:
        return format_date(span.start, pgettext("date format: month and year", "F Y"))
    part = short_period_name(span)
    return pgettext("period", "%(part)s of %(year)s") % {"part": part, "year": span.start.year}


def short_period_name(span: Span) -> str:
    """As part of a title in which the year is plain: 11月, 第四季度, 下半年; a year stays a year."""
    match span.period:
        case Period.MONTH:
            return format_date(span.start, pgettext("date format: month", "F"))
        case Period.QUARTER:
            return _quarter(span.start)
        case Period.HALF:
            return _("First half-year") if span.start.month == 1 else _("Second half-year")
        case _:
            return format_date(span.start, pgettext("date format: a year in a title", "Y"))


def _quarter(start: date) -> str:
    names = (_("First quarter"), _("Second quarter"), _("Third quarter"), _("Fourth quarter"))
    return names[(start.month - 1) // 3]
