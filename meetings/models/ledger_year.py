from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.organization import Organization
from meetings.models.workday import FIRST_YEAR, LAST_YEAR


class LedgerYear(models.Model):
    """The ledger of one organization is kept for one year: every period that begins in it by ``through`` is there.

    Years are kept from the first one in which the ledger was written; nobody is told of a past nobody kept.
    A frozen year stays as written and is only recounted: the organization hung elsewhere in the tree then,
    or had no leading body, and what it owed cannot be derived from the structure of today.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="ledger_years")
    year = models.PositiveSmallIntegerField(_("year"))
    through = models.DateField(_("written through"))
    is_frozen = models.BooleanField(_("stays as written"), default=False)

    class Meta:
        verbose_name = _("year of the ledger")
        verbose_name_plural = _("years of the ledger")
        ordering = ["organization_id", "year"]
        constraints = [
            models.UniqueConstraint(name="ledger_year_once", fields=["organization", "year"]),
            models.CheckConstraint(
                name="ledger_year_sensible", condition=Q(year__range=(FIRST_YEAR, LAST_YEAR))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.year}"

    @property
    def is_complete(self) -> bool:
        return self.through >= date(self.year, 12, 31)
