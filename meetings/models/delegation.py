from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Role
from meetings.models.appointment import Appointment
from meetings.models.dated import on_day
from meetings.scope import scope_of


class DelegationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own, given or received; administrators see those of their organizations."""
        administers = scope_of(user).within("appointment__organization__", (Role.ADMINISTRATOR,))
        return self.filter(administers | Q(grantor=user.pk) | Q(deputy=user.pk))

    def standing(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def on(self, day: date) -> Self:
        """In force on that day, and the seat that was lent, too."""
        lent = self.standing().filter(start_on__lte=day, end_on__gte=day)
        return lent.filter(on_day(day, "appointment__"), appointment__role=Role.REVIEWER)


class Delegation(models.Model):
    """A reviewer's seat lent to somebody for the days of an absence. Both days belong to it.

    What the owner of the seat may not decide, the deputy may not decide in the owner's place either.
    """

    appointment = models.ForeignKey(
        Appointment, models.PROTECT, related_name="delegations", verbose_name=_("role")
    )
    # Repeated from the appointment, so that the database can tell the two people apart.
    grantor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_given", verbose_name=_("from")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_received", verbose_name=_("to")
    )
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    given_at = models.DateTimeField(_("given"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-start_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="delegation_ends_after_start",
                condition=Q(end_on__gte=F("start_on")),
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                name="delegation_to_somebody_else",
                condition=~Q(grantor=F("deputy")),
                violation_error_message=_("Choose somebody else."),
            ),
            models.UniqueConstraint(
                name="delegation_given_once",
                fields=["appointment", "deputy", "start_on"],
                condition=Q(revoked_at__isnull=True),
                violation_error_message=_("You have delegated this already from that day on."),
            ),
        ]
        indexes = [models.Index(fields=["deputy", "end_on"], name="delegation_deputy")]

    def __str__(self) -> str:
        return f"{self.grantor} → {self.deputy}"
