"""Months, quarters, halves and years as dates. Pure arithmetic: no database, no clock."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from meetings.enums import Period

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF: 6, Period.YEAR: 12}


@dataclass(frozen=True, order=True)
class Span:
    """One concrete period; both days belong to it."""

    start: date
    end: date
    period: Period

    @property
    def code(self) -> str:
        """``2026-11``, ``2026Q4``, ``2026H2`` or ``2026``."""
        part = (self.start.month - 1) // MONTHS[self.period] + 1
        match self.period:
            case Period.MONTH:
                return f"{self.start:%Y-%m}"
            case Period.QUARTER:
                return f"{self.start.year}Q{part}"
            case Period.HALF:
                return f"{self.start.year}H{part}"
            case _:
                return str(self.start.year)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def span_of(period: Period | str, day: date) -> Span:
    """The period of that length in which ``day`` lies."""
    period = Period(period)
    months = MONTHS[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Span(first, months_later(first, months) - timedelta(days=1), period)


def next_span(span: Span) -> Span:
    return span_of(span.period, span.end + timedelta(days=1))


def spans_between(period: Period | str, first: date, last: date) -> Iterator[Span]:
    """Every period of that length that has at least one day in ``first … last``."""
    span = span_of(period, first)
    while span.start <= last:
        yield span
        span = next_span(span)


def span_from_code(code: str) -> Span:
    """The inverse of ``Span.code``. Raises ValueError with the code for anything else."""
    try:
        span = _read_code(code)
    except (ValueError, OverflowError):
        raise ValueError(f"{code!r} is not a period") from None
    if span.code != code:  # " 2026", "02026", full-width digits: readable, but not how we write it
        raise ValueError(f"{code!r} is not a period")
    return span


def _read_code(code: str) -> Span:
    for letter, period in (("Q", Period.QUARTER), ("H", Period.HALF)):
        if letter in code:
            year, part = code.split(letter)
            return span_of(period, date(int(year), int(part) * MONTHS[period], 1))
    if "-" in code:
        return span_of(Period.MONTH, date.fromisoformat(f"{code}-01"))
    return span_of(Period.YEAR, date(int(code), 1, 1))


def months_later(day: date, months: int) -> date:
    """The same day of another month; the last one where the month is shorter (31 → 30, 29 Feb → 28)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
