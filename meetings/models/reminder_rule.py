from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from branchlife.enumeration import enumerated
from meetings.ladder import Ladder
from meetings.models.rule import RuleVersion
from meetings.reminder_enums import LeadUnit, WhenUnsure
from meetings.reminding import source_of, title_of

NUMBERS = RegexValidator(
    r"\A\d{1,3}(, ?\d{1,3}){0,5}\Z", gettext_lazy("Up to six whole numbers, such as “10, 3”.")
)
MOST_DAYS = 366


class ReminderRule(RuleVersion):
    """When one kind of deadline is announced and to whom upward: a ladder of the rule book, local practice.

    ``code`` is that of the kind of deadline (``meetings.reminding``).
    """

    SAYS = ("before", "unit", "after", "every", "times", "above", "when_unsure", *RuleVersion.SAYS)

    before = models.CharField(
        gettext_lazy("before the due date"), max_length=40, blank=True, validators=[NUMBERS]
    )
    unit = models.CharField(
        gettext_lazy("counted in"), max_length=12, choices=LeadUnit, default=LeadUnit.WORKING_DAYS
    )
    after = models.PositiveSmallIntegerField(
        gettext_lazy("overdue after (working days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    every = models.PositiveSmallIntegerField(
        gettext_lazy("then every (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )
    times = models.PositiveSmallIntegerField(
        gettext_lazy("times at most"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    above = models.CharField(
        gettext_lazy("told above after (working days)"), max_length=40, blank=True, validators=[NUMBERS]
    )
    when_unsure = models.CharField(
        gettext_lazy("mail without an answer"), max_length=10, choices=WhenUnsure, default=WhenUnsure.HOLD
    )

    class Meta(RuleVersion.Meta):
        verbose_name = gettext_lazy("reminder rule")
        verbose_name_plural = gettext_lazy("reminder rules")
        constraints = [
            *RuleVersion.Meta.constraints,
            models.CheckConstraint(name="reminderrule_unit_known", condition=Q(unit__in=LeadUnit.values)),
            models.CheckConstraint(
                name="reminderrule_when_unsure_known", condition=Q(when_unsure__in=WhenUnsure.values)
            ),
            models.CheckConstraint(
                name="reminderrule_repeats_sensibly",
                condition=(Q(after__isnull=True) | Q(after__range=(1, MOST_DAYS)))
                & (Q(every__isnull=True) | Q(every__range=(1, MOST_DAYS)))
                & Q(times__range=(1, 100)),
                violation_error_message=gettext_lazy("Days lie between 1 and 366, times between 1 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return str(title_of(self.code))

    def clean(self) -> None:
        """Numbers that cannot be read have been refused by their field."""
        if source_of(self.code) is None:
            raise ValidationError({"code": _("Nobody is reminded of anything by this code.")})
        if not self.before and self.after is None:
            raise ValidationError(_("A reminder comes before the due date, after it, or both."))
        rungs = _numbers(self.above)
        if list(rungs) != sorted(set(rungs)):
            sentence = _("From the nearest organization upward: each number is larger than the one before.")
            raise ValidationError({"above": sentence})

    @property
    def ladder(self) -> Ladder:
        return Ladder(
            before=_numbers(self.before),
            unit=LeadUnit(self.unit),
            after=self.after,
            every=self.every,
            times=self.times,
            above=_numbers(self.above),
        )

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """What it says, point by point."""
        return [
            (_("Before the due date"), self._said_before() or _("not announced")),
            (_("When it is overdue"), self._said_after() or _("not announced")),
            (_("To those above"), self._said_above() or _("not announced")),
            (_("Mail without an answer"), self.get_when_unsure_display()),
        ]

    @property
    def sentence(self) -> str:
        """Such as 到期前 10、3 个工作日；逾期 1 个工作日起每 7 天；逾期 5、10 个工作日报上级."""
        return _("; ").join(filter(None, (self._said_before(), self._said_after(), self._said_above())))

    def _said_before(self) -> str:
        if not self.before:
            return ""
        words = {
            LeadUnit.WORKING_DAYS: _("%(n)s working days before"),
            LeadUnit.DAYS: _("%(n)s days before"),
            LeadUnit.MONTHS: _("%(n)s months before"),
        }
        return words[LeadUnit(self.unit)] % {"n": _listed(self.before)}

    def _said_after(self) -> str:
        if self.after is None:
            return ""
        if not self.every or self.times == 1:
            return ngettext("%(n)s working day after", "%(n)s working days after", self.after) % {
                "n": self.after
            }
        facts = {"n": self.after, "every": self.every, "times": self.times}
        return _("from %(n)s working days after every %(every)s days, %(times)s times") % facts

    def _said_above(self) -> str:
        words = _("to the organizations above after %(n)s working days")
        return words % {"n": _listed(self.above)} if self.above else ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(",") if word.strip().isdecimal())


def _listed(text: str) -> str:
    return enumerated(_numbers(text))


def as_columns(ladder: Ladder) -> dict[str, object]:
    """A ladder as a rule's columns."""
    return {
        "before": ", ".join(map(str, ladder.before)),
        "unit": ladder.unit,
        "after": ladder.after,
        "every": ladder.every,
        "times": ladder.times,
        "above": ", ".join(map(str, ladder.above)),
    }
