"""Counting in working days. Pure arithmetic over a calendar that was read elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday, except for the days the State Council moved.

    ``moved`` says of single days whether people work on them; ``years`` are those whose list was
    entered. Other years count Monday to Friday, and pages say so.
    """

    moved: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        return self.moved.get(day, day.weekday() < SATURDAY)

    def knows(self, *days: date) -> bool:
        """Whether the list of every year touched was entered."""
        return all(day.year in self.years for day in days)

    def after(self, day: date, working_days: int) -> date:
        """The day that lies so many working days after ``day``, which itself never counts.

        Zero gives the day itself. Raises ValueError for a negative number.
        """
        if working_days < 0:
            raise ValueError("count forward only; use `before`")
        return self._walk(day, working_days, ONE_DAY)

    def before(self, day: date, working_days: int) -> date:
        """The day that lies so many working days before ``day``."""
        if working_days < 0:
            raise ValueError("count backward only; use `after`")
        return self._walk(day, working_days, -ONE_DAY)

    def between(self, first: date, last: date) -> int:
        """Working days after ``first`` up to and including ``last``; negative when ``last`` lies earlier."""
        if last < first:
            return -self.between(last, first)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(self.is_working(day) for day in days)

    def _walk(self, day: date, steps: int, stride: timedelta) -> date:
        while steps:
            day += stride
            steps -= self.is_working(day)
        return day
