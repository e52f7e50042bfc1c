from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.audit import label_of
from branchlife.models import User
from meetings.enums import OFFICES, Role
from meetings.models.dated import Dated, DatedQuerySet, ends_after_start
from meetings.models.organization import Organization, PartyGroup
from meetings.scope import account_keepers, scope_of


class AppointmentQuerySet(DatedQuerySet):
    def visible_to(self, user: User) -> Self:
        scope = scope_of(user)
        return self.filter(scope.within("organization__", account_keepers()) | Q(user=user.pk))


class Appointment(Dated):
    """What a user may do: a role at a place of the tree for a time. Takes effect and ends by its dates.

    An office goes with no other role at the same time: a trigger refuses that (``meetings.guards``).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appointments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    group = models.ForeignKey(PartyGroup, models.PROTECT, null=True, blank=True, related_name="appointments")
    role = models.CharField(_("role"), max_length=20, choices=Role)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            ends_after_start("appointment_ends_after_start"),
            models.CheckConstraint(name="appointment_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="appointment_group_leaders_only_have_group",
                condition=Q(role=Role.GROUP_LEADER, group__isnull=False)
                | (~Q(role=Role.GROUP_LEADER) & Q(group__isnull=True)),
                violation_error_message=_("A group leader leads one group; other roles have no group."),
            ),
            models.UniqueConstraint(
                name="appointment_open_once",
                fields=["user", "organization", "role"],
                condition=Q(end_on__isnull=True, group__isnull=True),
            ),
            models.UniqueConstraint(
                name="appointment_group_open_once",
                fields=["user", "group"],
                condition=Q(end_on__isnull=True, group__isnull=False),
            ),
        ]

    @property
    def is_office(self) -> bool:
        return self.role in OFFICES

    @property
    def told(self) -> dict[str, str]:
        """What the trail says of it: who that was then, and as what."""
        return {"user": label_of(self.user), "role": self.role}

    def __str__(self) -> str:
        return f"{self.organization} · {self.get_role_display()}"
