"""By when a plan, a record or a review is due: the time limit in force, counted by the calendar."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from meetings.enums import DeadlineSubject, DeadlineUnit, Period
from meetings.models import Deadline
from meetings.services.rulebook.effective import RuleBook
from meetings.services.rulebook.remembered import recall, remember
from meetings.services.workdays import calendar_warning, read_calendar
from meetings.workdays import WorkCalendar

PLAN_OF = {Period.YEAR: DeadlineSubject.YEAR_PLAN, Period.QUARTER: DeadlineSubject.QUARTER_PLAN}


@dataclass(frozen=True)
class Limit:
    """The last day that is in time, and the rule that says so."""

    due_on: date
    rule: Deadline

    @property
    def sentence(self) -> str:
        """Such as 会后 3 个工作日内."""
        return self.rule.sentence

    def is_late(self, day: date) -> bool:
        return day > self.due_on


class Limits:
    """Every time limit at every place and time, with the calendar it is counted by.

    Three queries where nothing is remembered.
    """

    def __init__(self, book: RuleBook[Deadline], calendar: WorkCalendar) -> None:
        self._book, self.calendar = book, calendar
        self._counted: set[date] = set()

    @classmethod
    def read(cls) -> Self:
        known = recall()
        if known is None:
            known = _from_tables()
            remember(known)
        rules, calendar = known
        return cls(RuleBook(rules), calendar)

    @classmethod
    def read_anew(cls) -> Self:
        """As the tables say at this moment: for a day that is written down and kept."""
        rules, calendar = _from_tables()
        return cls(RuleBook(rules), calendar)

    def limit(self, subject: DeadlineSubject, path: str, start: date) -> Limit | None:
        """What holds at a place of the tree; None where the book sets no limit.

        ``start`` is the first day of the year or quarter, or the day of the meeting or of handing in; the
        rule in force on it decides, so a later change leaves what began earlier alone.
        """
        rule = self._book.at(subject, path, start)
        if rule is None or not rule.is_active:
            return None
        if rule.unit != DeadlineUnit.WORKING_DAYS:
            return Limit(rule.due_on(start, self.calendar), rule)
        found = Limit(rule.due_on(start, self.calendar), rule)
        self._counted |= {start, found.due_on}
        return found

    def waited(self, since: date, today: date) -> int:
        """Working days gone by, the day of handing in not counted."""
        self._counted |= {since, today}
        return self.calendar.between(since, today)

    @property
    def warning(self) -> str:
        """The sentence a page shows when days were counted in a year whose calendar was not entered."""
        return calendar_warning(self.calendar, *self._counted) if self._counted else ""


def _from_tables() -> tuple[list[Deadline], WorkCalendar]:
    return list(Deadline.objects.select_related("owner")), read_calendar()
