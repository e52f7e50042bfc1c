from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.models import Organization
from meetings.scope import scope_of


class RectificationNoticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the branches a user answers for; the one they are sent to and those above it."""
        return self.filter(scope_of(user).within("organization__"))


class RectificationNotice(models.Model):
    """A numbered paper by which an upper organization asks a branch to put certain things right (整改通知书).

    Numbers run by issuer and year and are never given twice.
    """

    issuer = models.ForeignKey(Organization, models.PROTECT, related_name="rectification_notices_issued")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="rectification_notices")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    occasion = models.CharField(_("on what occasion it was found"), max_length=200)
    issued_on = models.DateField(_("issued on"))
    reply_by = models.DateField(_("report back by"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = RectificationNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("rectification notice")
        verbose_name_plural = _("rectification notices")
        ordering = ["-year", "-number", "-id"]
        constraints = [
            models.UniqueConstraint(name="notice_number_once_a_year", fields=["issuer", "year", "number"]),
            models.CheckConstraint(name="notice_says_the_occasion", condition=~Q(occasion="")),
            models.CheckConstraint(
                name="notice_reply_after_issue",
                condition=Q(reply_by__gte=F("issued_on")),
                violation_error_message=_("The answer cannot be due before the notice is issued."),
            ),
            models.CheckConstraint(
                name="notice_from_above",
                condition=~Q(issuer=F("organization")),
                violation_error_message=_("A notice comes from an organization above the branch."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as official papers write it: 整改〔2026〕3号."""
        return f"整改〔{self.year}〕{self.number}号"

    def is_late(self, as_of: date) -> bool:
        return self.reply_by < as_of
