"""The ladder of each kind of deadline at each place, by the rule book of a day."""

from datetime import date

from meetings.ladder import Ladder, Step
from meetings.models import ReminderRule
from meetings.reminding import Source
from meetings.services.rulebook.effective import RuleBook
from meetings.workdays import WorkCalendar

Steps = tuple[Step | None, ...]


class Stages(dict[date, Steps]):
    """By due date what a ladder has reached on a day; reckoned when it is asked for."""

    def __init__(self, ladder: Ladder | None, day: date, calendar: WorkCalendar) -> None:
        super().__init__()
        self._ladder, self._day, self._calendar = ladder, day, calendar

    def __missing__(self, due_on: date) -> Steps:
        self[due_on] = self._ladder.reached(due_on, self._day, self._calendar) if self._ladder else ()
        return self[due_on]


class Ladders:
    def __init__(self, day: date, calendar: WorkCalendar) -> None:
        self.day, self.calendar = day, calendar
        self._book = RuleBook.read(ReminderRule.objects.all(), day, day)
        self._at: dict[tuple[str, tuple[str, ...]], Stages] = {}
        self._by_place: dict[tuple[str, str], Stages] = {}

    def reached(self, source: Source, path: str, due_on: date) -> Steps:
        """By rung, what should have been announced last by the day; empty where nothing is announced."""
        place = source.code, path
        if place not in self._by_place:
            self._by_place[place] = self._stages(source, path)
        return self._by_place[place][due_on]

    def _stages(self, source: Source, path: str) -> Stages:
        """One for all places under the same rules."""
        key = source.code, self._book.chain(path)
        if key not in self._at:
            self._at[key] = Stages(self._ladder(source, path), self.day, self.calendar)
        return self._at[key]

    def _ladder(self, source: Source, path: str) -> Ladder | None:
        """The one in force there; the source's own without a rule; None where the rule is not in use."""
        rule = self._book.at(source.code, path, self.day)
        if rule is None:
            return source.ladder
        return rule.ladder if rule.is_active else None

    def last_due_date(self, source: Source) -> date:
        """What is due later has not reached the first stage anywhere."""
        rules = self._book.versions(source.code)
        ladders = [source.ladder, *(rule.ladder for rule in rules)]
        return max(ladder.last_due_date(self.day, self.calendar) for ladder in ladders)
