from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from meetings.enums import Bearer, Condition, MeetingKind, Period
from meetings.models.rule import RuleVersion
from meetings.periods import Span

MOST = 366  # times or days: more is a slip of the pen

FREQUENCY: Mapping[Period, Any] = {
    Period.MONTH: ngettext_lazy("at least %(n)s time a month", "at least %(n)s times a month", "n"),
    Period.QUARTER: ngettext_lazy("at least %(n)s time a quarter", "at least %(n)s times a quarter", "n"),
    Period.HALF: ngettext_lazy("at least %(n)s time a half-year", "at least %(n)s times a half-year", "n"),
    Period.YEAR: ngettext_lazy("at least %(n)s time a year", "at least %(n)s times a year", "n"),
}


class Requirement(RuleVersion):
    """One rule of the rule book: this kind of meeting, at least so often, owed by these, on this basis.

    A period is judged by the version in force on its first day; a change during the year leaves
    earlier periods alone.
    """

    SAYS = (
        "kind",
        "period",
        "minimum",
        "bearer",
        "condition",
        "grace_days",
        "shares_event",
        *RuleVersion.SAYS,
    )

    kind = models.CharField(_("kind of meeting"), max_length=30, choices=MeetingKind)
    period = models.CharField(_("period"), max_length=10, choices=Period)
    minimum = models.PositiveSmallIntegerField(
        _("times at least"), default=1, validators=[MaxValueValidator(MOST)]
    )
    bearer = models.CharField(_("owed by"), max_length=10, choices=Bearer)
    condition = models.CharField(_("owed if"), max_length=20, choices=Condition, default=Condition.NONE)
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"), default=0, validators=[MaxValueValidator(MOST)]
    )
    # One event that is both theme day and lecture discharges both, unless one of the rules wants its own.
    shares_event = models.BooleanField(_("an event of several kinds counts"), default=True)

    class Meta(RuleVersion.Meta):
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [
            *RuleVersion.Meta.constraints,
            models.CheckConstraint(name="requirement_kind_known", condition=Q(kind__in=MeetingKind.values)),
            models.CheckConstraint(name="requirement_period_known", condition=Q(period__in=Period.values)),
            models.CheckConstraint(name="requirement_bearer_known", condition=Q(bearer__in=Bearer.values)),
            models.CheckConstraint(
                name="requirement_condition_known", condition=Q(condition__in=Condition.values)
            ),
            models.CheckConstraint(
                name="requirement_minimum_positive",
                condition=Q(minimum__gte=1),
                violation_error_message=_("A requirement asks for at least one meeting."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def clean(self) -> None:
        if not self.period and not self.minimum:
            raise ValidationError(_("A requirement says how often: give the period and the number of times."))

    def governs(self, span: Span) -> bool:
        """Whether this version is in force on the period's first day."""
        return self.in_force_on(span.start)

    @property
    def frequency(self) -> str:
        """Such as 每季度至少 1 次."""
        return str(FREQUENCY[Period(self.period)] % {"n": self.minimum})
