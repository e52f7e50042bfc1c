from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.enums import ANCHOR, OF_A_PERIOD, Anchor, DeadlineSubject, DeadlineUnit
from meetings.models.rule import RuleVersion
from meetings.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
MONTHS_OF_A_YEAR = 12
LAST_MONTH = 2 * MONTHS_OF_A_YEAR
MOST_DAYS = 366

# By anchor and whether working days are counted.
WITHIN: Mapping[tuple[Anchor, bool], Any] = {
    (Anchor.YEAR, False): gettext_lazy("within %(n)s days from the year's beginning"),
    (Anchor.YEAR, True): gettext_lazy("within %(n)s working days from the year's beginning"),
    (Anchor.QUARTER, False): gettext_lazy("within %(n)s days from the quarter's beginning"),
    (Anchor.QUARTER, True): gettext_lazy("within %(n)s working days from the quarter's beginning"),
    (Anchor.AFTER_MEETING, False): gettext_lazy("within %(n)s days after the meeting"),
    (Anchor.AFTER_MEETING, True): gettext_lazy("within %(n)s working days after the meeting"),
    (Anchor.BEFORE_MEETING, False): gettext_lazy("%(n)s days before the meeting"),
    (Anchor.BEFORE_MEETING, True): gettext_lazy("%(n)s working days before the meeting"),
    (Anchor.AFTER_SUBMISSION, False): gettext_lazy("within %(n)s days after it was handed in"),
    (Anchor.AFTER_SUBMISSION, True): gettext_lazy("within %(n)s working days after it was handed in"),
    (Anchor.AFTER_FINDING, False): gettext_lazy("within %(n)s days after it was found"),
    (Anchor.AFTER_FINDING, True): gettext_lazy("within %(n)s working days after it was found"),
}


def between(least: int, most: int) -> list[Callable[[Any], None]]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class Deadline(RuleVersion):
    """A time limit beside the meetings themselves; all of them are local practice unless a rule was read.

    ``month`` counts from the period's first month, which is 1; 13 of a year is January of the next.
    """

    SAYS = ("amount", "unit", "month", *RuleVersion.SAYS)

    code = models.CharField(gettext_lazy("what is limited"), max_length=60, choices=DeadlineSubject)
    amount = models.PositiveSmallIntegerField(gettext_lazy("number"), validators=between(1, MOST_DAYS))
    unit = models.CharField(gettext_lazy("counted in"), max_length=12, choices=DeadlineUnit)
    month = models.PositiveSmallIntegerField(
        gettext_lazy("month of the period"), null=True, blank=True, validators=between(1, LAST_MONTH)
    )

    class Meta(RuleVersion.Meta):
        verbose_name = gettext_lazy("time limit")
        verbose_name_plural = gettext_lazy("time limits")
        constraints = [
            *RuleVersion.Meta.constraints,
            models.CheckConstraint(name="deadline_code_known", condition=Q(code__in=DeadlineSubject.values)),
            models.CheckConstraint(name="deadline_unit_known", condition=Q(unit__in=DeadlineUnit.values)),
            models.CheckConstraint(
                name="deadline_amount_sensible",
                condition=Q(amount__range=(1, MOST_DAYS)),
                violation_error_message=gettext_lazy("A time limit has between 1 and 366 days."),
            ),
            models.CheckConstraint(
                name="deadline_day_has_month",
                condition=Q(unit=DeadlineUnit.DAY_OF_MONTH, month__isnull=False)
                & Q(month__range=(1, LAST_MONTH), amount__lte=31)
                | (~Q(unit=DeadlineUnit.DAY_OF_MONTH) & Q(month__isnull=True)),
                violation_error_message=gettext_lazy(
                    "A day of a month needs the month (1 is the period's first) and a day up to 31; "
                    "other units have no month."
                ),
            ),
            models.CheckConstraint(
                name="deadline_day_of_a_period",
                condition=~Q(unit=DeadlineUnit.DAY_OF_MONTH) | Q(code__in=OF_A_PERIOD),
                violation_error_message=gettext_lazy(
                    "This limit is counted from the day something happened: give days or working days."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_code_display())

    @property
    def anchor(self) -> Anchor:
        return ANCHOR[DeadlineSubject(self.code)]

    def due_on(self, start: date, calendar: WorkCalendar) -> date:
        """The last day that is in time.

        ``start`` is the first day of the year or quarter, or the day something happened, which itself does
        not count. Counted in working days, the n-th working day of a period may be its first day.
        """
        if self.unit == DeadlineUnit.DAY_OF_MONTH:
            return _day_of_month(start, self.month or 1, self.amount)
        if self.code in OF_A_PERIOD:
            start -= ONE_DAY
        back = self.anchor == Anchor.BEFORE_MEETING
        if self.unit == DeadlineUnit.WORKING_DAYS:
            return calendar.before(start, self.amount) if back else calendar.after(start, self.amount)
        return start + (-self.amount if back else self.amount) * ONE_DAY

    @property
    def sentence(self) -> str:
        """Such as 会后 3 个工作日内."""
        if self.unit != DeadlineUnit.DAY_OF_MONTH:
            words = WITHIN[self.anchor, self.unit == DeadlineUnit.WORKING_DAYS]
            return str(words % {"n": self.amount})
        month = self.month or 1
        if self.anchor == Anchor.QUARTER:
            words = _("by day %(day)s of month %(month)s of the quarter")
        elif month > MONTHS_OF_A_YEAR:
            words = _("by day %(day)s of month %(month)s of the next year")
            month -= MONTHS_OF_A_YEAR
        else:
            words = _("by day %(day)s of month %(month)s of the year")
        return words % {"day": self.amount, "month": month}


def _day_of_month(start: date, month: int, day: int) -> date:
    index = start.year * MONTHS_OF_A_YEAR + start.month - 1 + month - 1
    year, number = index // MONTHS_OF_A_YEAR, index % MONTHS_OF_A_YEAR + 1
    return date(year, number, min(day, monthrange(year, number)[1]))
