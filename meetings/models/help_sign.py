from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models.member import Member
from meetings.models.organization import Organization

# Months in a row at which a branch is told; what comes after the sixth is people's to decide.
HELP_MONTHS = (3, 4, 5)


class HelpSign(models.Model):
    """That a branch was told of a member who has been away for so many months in a row. Once each."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    since = models.DateField(_("since the month of"))
    months = models.PositiveSmallIntegerField(_("months"))
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("sign that help is needed")
        verbose_name_plural = _("signs that help is needed")
        constraints = [
            models.UniqueConstraint(
                name="help_sign_once_a_stage", fields=["organization", "member", "since", "months"]
            ),
            models.CheckConstraint(name="help_sign_months_known", condition=Q(months__in=HELP_MONTHS)),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.months}"
