"""Months, quarters, halves, years."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import Period
from meetings.periods import Span, next_span, span_from_code, span_of, spans_between

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
PERIODS = st.sampled_from(list(Period))


@pytest.mark.parametrize(
    ("period", "day", "start", "end", "code"),
    [
        (Period.MONTH, date(2026, 11, 30), date(2026, 11, 1), date(2026, 11, 30), "2026-11"),
        (Period.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29), "2028-02"),
        (Period.QUARTER, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31), "2026Q4"),
        (Period.QUARTER, date(2026, 1, 1), date(2026, 1, 1), date(2026, 3, 31), "2026Q1"),
        (Period.HALF, date(2026, 6, 30), date(2026, 1, 1), date(2026, 6, 30), "2026H1"),
        (Period.HALF, date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31), "2026H2"),
        (Period.YEAR, date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31), "2026"),
    ],
)
def test_the_period_of_a_day(period: Period, day: date, start: date, end: date, code: str) -> None:
    span = span_of(period, day)
    assert (span.start, span.end, span.code) == (start, end, code)


@given(PERIODS, DAYS)
def test_a_day_lies_in_exactly_one_period(period: Period, day: date) -> None:
    span = span_of(period, day)
    assert day in span
    assert day not in next_span(span)
    assert next_span(span).start == span.end + timedelta(days=1)
    assert span_of(period, span.start) == span_of(period, span.end) == span


@given(PERIODS, DAYS)
def test_the_code_is_read_back(period: Period, day: date) -> None:
    span = span_of(period, day)
    assert span_from_code(span.code) == span


@given(PERIODS, DAYS, st.integers(0, 800))
def test_the_periods_between_two_days_touch_and_cover_them(period: Period, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    spans = list(spans_between(period, first, last))
    assert first in spans[0]
    assert last in spans[-1]
    assert all(next_span(a) == b for a, b in pairwise(spans))


def test_no_period_lies_between_days_the_wrong_way_round() -> None:
    assert list(spans_between(Period.MONTH, date(2026, 3, 1), date(2026, 2, 28))) == []


@pytest.mark.parametrize(
    "code",
    [
        "", "x", "2026Q", "2026Q0", "2026Q5", "2026H3", "2026-13", "2026-00", "2026-1", "2026-11-1", "0",
        "-1", "02026", " 2026", "2026 ", "2026Q１", "２０２６", "9" * 30, "9" * 5000, "2026\x00", "2026QQ1", "Q1",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_name(code: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        span_from_code(code)


def test_periods_are_in_the_order_of_time() -> None:
    assert span_of(Period.MONTH, date(2026, 3, 9)) < span_of(Period.MONTH, date(2026, 4, 1))
    assert sorted([span_from_code("2026Q3"), span_from_code("2025Q4")])[0] == Span(
        date(2025, 10, 1), date(2025, 12, 31), Period.QUARTER
    )
