"""The ladder of each kind of deadline at each place, by the rule book of a day."""

from datetime import date

from meetings.ladder import Ladder, Step
from meetings.models import ReminderRule
from meetings.reminding import Source
from meetings.services.rulebook.effective import RuleBook
from meetings.workdays import WorkCalendar

Steps = tuple[Step | None, ...]


class Ladders:
    def __init__(self, day: date, calendar: WorkCalendar) -> None:
        self.day, self.calendar = day, calendar
        self._book = RuleBook.read(ReminderRule.objects.all(), day, day)
        self._at: dict[tuple[str, tuple[str, ...]], Ladder | None] = {}
        self._steps: dict[tuple[Ladder, date], Steps] = {}

    def at(self, source: Source, path: str) -> Ladder | None:
        """The ladder in force there; the source's own without a rule; None where the rule is not in use."""
        key = source.code, self._book.chain(path)
        if key not in self._at:
            rule = self._book.at(source.code, path, self.day)
            self._at[key] = source.ladder if rule is None else rule.ladder if rule.is_active else None
        return self._at[key]

    def reached(self, source: Source, path: str, due_on: date) -> Steps:
        """By rung, what should have been announced last by the day; empty where nothing is announced."""
        ladder = self.at(source, path)
        if ladder is None:
            return ()
        if (ladder, due_on) not in self._steps:
            self._steps[ladder, due_on] = ladder.reached(due_on, self.day, self.calendar)
        return self._steps[ladder, due_on]

    def last_due_date(self, source: Source) -> date:
        """What is due later has not reached the first stage anywhere."""
        rules = self._book.versions(source.code)
        ladders = [source.ladder, *(rule.ladder for rule in rules)]
        return max(ladder.last_due_date(self.day, self.calendar) for ladder in ladders)
