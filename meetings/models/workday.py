from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1950, 2200


class CalendarYear(models.Model):
    """A year whose days off and swapped working days were entered. Only a complete one counts as known."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("announced in"), max_length=200, blank=True)
    is_complete = models.BooleanField(_("all days are entered"), default=False)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                name="calendar_year_sensible",
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)),
                violation_error_message=_("The year lies between 1950 and 2200."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class MovedDay(models.Model):
    """A weekday that is off, or a Saturday or Sunday people work on, as the State Council announced it."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("occasion"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("moved day")
        verbose_name_plural = _("moved days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
