"""Days that are kept to month after month, such as 每月10日 or 每月第二个周五. Pure arithmetic.

A code is what rows store: ``d10`` the tenth, ``d31`` the last day, ``w2-4`` the second Friday (Monday is 0),
``w5-0`` the last Monday. A day on which people do not work moves to the next working day of the month
or, where none is left, to the last one before it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
LAST_DAY, LAST_WEEK = 31, 5
# The 29th and 30th are missing from February: whoever means them means the last day.
DAYS = (*range(1, 29), LAST_DAY)
WEEKS, WEEKDAYS = range(1, LAST_WEEK + 1), range(5)
CODES = (*(f"d{day}" for day in DAYS), *(f"w{week}-{weekday}" for week in WEEKS for weekday in WEEKDAYS))


@dataclass(frozen=True)
class FixedDay:
    """Either ``day`` of the month, or the ``week``-th ``weekday`` of it."""

    day: int = 0
    week: int = 0
    weekday: int = 0

    @property
    def code(self) -> str:
        return f"d{self.day}" if self.day else f"w{self.week}-{self.weekday}"

    @property
    def label(self) -> str:
        """Such as 每月10日, 每月最后一天, 每月第二个周五."""
        if self.day == LAST_DAY:
            return _("last day of each month")
        if self.day:
            return _("day %(day)s of each month") % {"day": self.day}
        facts = {"nth": _ordinals()[self.week - 1], "weekday": _weekdays()[self.weekday]}
        return pgettext("fixed day", "%(nth)s %(weekday)s of each month") % facts

    def in_month(self, first: date, calendar: WorkCalendar) -> date:
        """The day of the month of ``first`` on which it is held, moved to a working day."""
        wanted = self._wanted(first)
        return _working_day(wanted, calendar)

    def _wanted(self, first: date) -> date:
        length = monthrange(first.year, first.month)[1]
        if self.day:
            return first.replace(day=min(self.day, length))
        first = first.replace(day=1)
        earliest = first + ((self.weekday - first.weekday()) % 7) * ONE_DAY
        weeks = (length - earliest.day) // 7 if self.week == LAST_WEEK else self.week - 1
        return earliest + 7 * weeks * ONE_DAY


def fixed_day(code: str) -> FixedDay | None:
    """The day a code stands for; None for no code. Raises ValueError for anything else."""
    if not code:
        return None
    if code not in CODES:
        raise ValueError(f"{code!r} is not a fixed day")
    if code[0] == "d":
        return FixedDay(day=int(code[1:]))
    return FixedDay(week=int(code[1]), weekday=int(code[3]))


def _working_day(wanted: date, calendar: WorkCalendar) -> date:
    later = wanted
    while not calendar.is_working(later):
        later += ONE_DAY
    return later if later.month == wanted.month else calendar.before(wanted, 1)


def _ordinals() -> tuple[str, ...]:
    return (
        pgettext("week of the month", "first"),
        pgettext("week of the month", "second"),
        pgettext("week of the month", "third"),
        pgettext("week of the month", "fourth"),
        pgettext("week of the month", "last"),
    )


def _weekdays() -> tuple[str, ...]:
    return (
        pgettext("fixed day", "Monday"),
        pgettext("fixed day", "Tuesday"),
        pgettext("fixed day", "Wednesday"),
        pgettext("fixed day", "Thursday"),
        pgettext("fixed day", "Friday"),
    )
