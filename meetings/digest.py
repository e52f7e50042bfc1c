"""When somebody may be written to: once a day, not at night, on working days. Pure arithmetic."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from meetings.workdays import ONE_DAY, WorkCalendar

# No row of days off is longer; a calendar that says so was entered wrong.
LONGEST_WAIT = timedelta(days=31)


@dataclass(frozen=True)
class Habits:
    """A person's own choice, or the usual one. Times are local. From ``quiet_from`` until ``quiet_until``
    nothing is sent; equal times mean never quiet."""

    by_mail: bool = True
    digest_at: time = time(8, 30)
    quiet_from: time = time(20)
    quiet_until: time = time(8)
    working_days_only: bool = True

    def may_send(self, moment: datetime, calendar: WorkCalendar) -> bool:
        """``moment`` in local time."""
        if self.working_days_only and not calendar.is_working(moment.date()):
            return False
        return not self.is_quiet(moment.time())

    def is_quiet(self, moment: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= moment < self.quiet_until
        return moment >= self.quiet_from or moment < self.quiet_until

    def next_moment(self, moment: datetime, calendar: WorkCalendar) -> datetime:
        """The earliest local time from ``moment`` on at which something may be sent."""
        end = moment + LONGEST_WAIT
        while not self.may_send(moment, calendar) and moment < end:
            if self.working_days_only and not calendar.is_working(moment.date()):
                moment = _at(moment, moment.date() + ONE_DAY, time(0))
            else:
                moment = self._end_of_quiet(moment)
        return moment

    def digest_of(self, day: date, moment: datetime, calendar: WorkCalendar) -> datetime:
        """When the one letter of ``day`` goes out: at the chosen time, or as soon after as it may."""
        return self.next_moment(max(moment, _at(moment, day, self.digest_at)), calendar)

    def _end_of_quiet(self, moment: datetime) -> datetime:
        day = moment.date()
        if moment.time() >= self.quiet_until:  # the evening: quiet ends tomorrow
            day += ONE_DAY
        return _at(moment, day, self.quiet_until)


USUAL = Habits()


def _at(moment: datetime, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=moment.tzinfo)
