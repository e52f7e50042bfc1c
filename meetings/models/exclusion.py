from collections.abc import Iterable
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import DISCHARGING, ExclusionReason, ExclusionState
from meetings.models.member import Member
from meetings.models.organization import Organization
from meetings.models.resolution import Resolution
from meetings.scope import scope_of

IN_FORCE = (ExclusionState.ADOPTED, ExclusionState.ENDED)
UNDER_WAY = (ExclusionState.REQUESTED, ExclusionState.APPROVED, ExclusionState.ADOPTED)
DECIDED = (ExclusionState.APPROVED, ExclusionState.ADOPTED, ExclusionState.ENDED, ExclusionState.REFUSED)


class ExclusionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the branches a user answers for, and one's own."""
        scope = scope_of(user)
        return self.filter(scope.within("organization__") | Q(member=scope.member_id))

    def in_force(self, day: date) -> Self:
        """Adopted by a meeting that still counts, and not ended by then."""
        return self.filter(
            Q(end_on__isnull=True) | Q(end_on__gte=day),
            state__in=IN_FORCE,
            start_on__lte=day,
            resolution__meeting__state__in=DISCHARGING,
        )

    def for_reasons(self, reasons: Iterable[str]) -> Self:
        return self.filter(reason__in=list(reasons))

    def to_adopt(self, organization: Organization) -> Self:
        """Approved by the upper organization, not on the list of a vote yet."""
        return self.filter(organization=organization, state=ExclusionState.APPROVED, resolution__isnull=True)


class Exclusion(models.Model):
    """Leaving a member who cannot come out of the expected voters: requested by the branch, approved by the
    upper organization, adopted by the meeting, and only then in force, until it is ended.

    Whoever comes all the same has the vote and counts. Leave alone never shrinks the expected.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="exclusions")
    member = models.ForeignKey(Member, models.PROTECT, related_name="exclusions", verbose_name=_("member"))
    reason = models.CharField(_("reason"), max_length=20, choices=ExclusionReason)
    explanation = models.CharField(_("explanation"), max_length=300)
    state = models.CharField(
        _("state"), max_length=12, choices=ExclusionState, default=ExclusionState.REQUESTED
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    opinion = models.CharField(_("opinion"), max_length=300, blank=True)
    # The vote that adopts it; on its list already before it is taken.
    resolution = models.ForeignKey(
        Resolution, models.SET_NULL, null=True, blank=True, related_name="exclusions"
    )
    start_on = models.DateField(_("out of the count from"), null=True, blank=True)
    end_on = models.DateField(_("last day out of the count"), null=True, blank=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        verbose_name = _("member left out of the count")
        verbose_name_plural = _("members left out of the count")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="exclusion_reason_known", condition=Q(reason__in=ExclusionReason.values)
            ),
            models.CheckConstraint(
                name="exclusion_state_known", condition=Q(state__in=ExclusionState.values)
            ),
            models.CheckConstraint(name="exclusion_explained", condition=~Q(explanation="")),
            models.CheckConstraint(
                name="exclusion_decided_by_somebody",
                condition=~Q(state__in=DECIDED) | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="exclusion_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="exclusion_in_force_has_start",
                condition=Q(state__in=IN_FORCE, start_on__isnull=False)
                | (~Q(state__in=IN_FORCE) & Q(start_on__isnull=True, end_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="exclusion_ends_after_start",
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                name="exclusion_ended_has_end",
                condition=~Q(state=ExclusionState.ENDED) | Q(end_on__isnull=False),
            ),
            models.UniqueConstraint(
                name="exclusion_once_under_way",
                fields=["organization", "member"],
                condition=Q(state__in=UNDER_WAY),
                violation_error_message=_("There is a request or a decision about this member already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_reason_display()}"
