from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from branchlife.sealing import SealedField
from meetings.enums import Role
from meetings.models.organization import Organization
from meetings.reminder_enums import ROBOTS, Channel
from meetings.scope import scope_of


class RobotQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the own organization, and of those below for administrators."""
        scope = scope_of(user)
        return self.filter(
            scope.within("organization__", (Role.ADMINISTRATOR,))
            | Q(organization__path__in=scope.paths(Role.SECRETARY))
        )

    def active(self) -> Self:
        return self.filter(is_active=True)


class Robot(models.Model):
    """A robot in a chat group of an organization, which says once a day what is due there.

    Whoever knows its address may write to the group, so the address is kept sealed.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="robots", verbose_name=_("organization")
    )
    channel = models.CharField(
        _("kind"), max_length=20, choices=[(each.value, each.label) for each in ROBOTS]
    )
    name = models.CharField(_("name of the group"), max_length=60)
    url = SealedField(_("address of the robot"), max_length=300)
    secret = SealedField(_("signing secret"), max_length=100, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))

    objects = RobotQuerySet.as_manager()

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")
        ordering = ["organization__path", "name", "id"]
        constraints = [
            models.CheckConstraint(name="robot_channel_known", condition=Q(channel__in=[*ROBOTS])),
            models.CheckConstraint(name="robot_name_present", condition=~Q(name="")),
            models.UniqueConstraint(
                name="robot_name_once",
                fields=["organization", "name"],
                violation_error_message=_("There is a robot of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.name}"

    @property
    def kind(self) -> Channel:
        return Channel(self.channel)
