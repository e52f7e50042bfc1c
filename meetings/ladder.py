"""When a deadline is announced, and how far up: pure arithmetic on one table of numbers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from meetings.periods import months_later
from meetings.reminder_enums import LeadUnit, ReminderStage
from meetings.workdays import ONE_DAY, WorkCalendar


class Step(NamedTuple):
    """A stage that has been reached, and the day it fell on."""

    falls_on: date
    stage: ReminderStage


@dataclass(frozen=True)
class Ladder:
    """The stages of one kind of deadline.

    ``before``: so many units before the due date those responsible are told. ``after``: so many working
    days after it they are told that it is overdue; repeated every so many days, ``times`` times in all.
    ``above``: so many working days after it the organization above is told, then the one above that, and
    so on: rung 1, rung 2 …; rung 0 are those responsible.
    """

    before: tuple[int, ...] = (10, 3)
    unit: LeadUnit = LeadUnit.WORKING_DAYS
    after: int | None = 1
    every: int | None = 7
    times: int = 13
    above: tuple[int, ...] = (5, 10)

    def reached(self, due_on: date, today: date, calendar: WorkCalendar) -> tuple[Step | None, ...]:
        """By rung, what should have been announced last by today; None where nothing has been reached.

        Earlier stages that were missed (the server was off) are not made up for: the latest says it all.
        """
        return (self._responsible(due_on, today, calendar), *self._above(due_on, today, calendar))

    def last_due_date(self, today: date, calendar: WorkCalendar) -> date:
        """What is due later than this has not reached the first stage."""
        if not self.before:
            return today
        if self.unit is LeadUnit.MONTHS:
            return months_later(today, max(self.before)) + timedelta(days=3)  # months differ in length
        if self.unit is LeadUnit.DAYS:
            return today + timedelta(days=max(self.before))
        return calendar.after(today, max(self.before) + 1) - ONE_DAY

    def first_day(self, due_on: date, calendar: WorkCalendar) -> date:
        """The day of the first stage."""
        if self.before:
            return self._lead(due_on, max(self.before), calendar)
        return calendar.after(due_on, min([self.after or 1, *self.above]))

    def _responsible(self, due_on: date, today: date, calendar: WorkCalendar) -> Step | None:
        late = self._late(due_on, today, calendar) if today > due_on else None
        if late:
            return Step(late, ReminderStage.OVERDUE)
        days = [self._lead(due_on, amount, calendar) for amount in self.before]
        reached = [day for day in days if day <= today]
        return Step(max(reached), ReminderStage.DUE_SOON) if reached else None

    def _late(self, due_on: date, today: date, calendar: WorkCalendar) -> date | None:
        """The latest of the repeated days; on the last one it ends."""
        if self.after is None:
            return None
        first = calendar.after(due_on, self.after)
        if today < first:
            return None
        if not self.every:
            return first
        repeated = min((today - first).days // self.every, self.times - 1)
        return first + timedelta(days=repeated * self.every)

    def _above(self, due_on: date, today: date, calendar: WorkCalendar) -> list[Step | None]:
        if today <= due_on:
            return [None] * len(self.above)
        days = [calendar.after(due_on, amount) for amount in self.above]
        return [Step(day, ReminderStage.ESCALATED) if day <= today else None for day in days]

    def _lead(self, due_on: date, amount: int, calendar: WorkCalendar) -> date:
        match self.unit:
            case LeadUnit.MONTHS:
                return months_later(due_on, -amount)
            case LeadUnit.DAYS:
                return due_on - timedelta(days=amount)
            case _:
                return calendar.before(due_on, amount)
