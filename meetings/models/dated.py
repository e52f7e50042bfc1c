"""Facts that hold for a time: from a day, to a day or until further notice. Both days belong to it."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def on_day(day: date, lookup: str = "") -> Q:
    """The condition "in force on that day" for rows reached by ``lookup``."""
    started = Q(**{f"{lookup}start_on__lte": day})
    return started & (Q(**{f"{lookup}end_on__isnull": True}) | Q(**{f"{lookup}end_on__gte": day}))


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> Self:
        return self.filter(on_day(day))


class Dated(models.Model):
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        return self.start_on <= day and (self.end_on is None or day <= self.end_on)


def ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
        violation_error_message=_("The end lies before the beginning."),
    )
