from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.models import Meeting, Organization
from meetings.models.organization import STEP
from meetings.scope import scope_of
from reviews.models.plan import Plan


class GoodCaseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those marked by an organization one belongs to with a role, or above or below it."""
        scope = scope_of(user)
        if not scope.seats:
            return self.none()
        above = {seat.path[:end] for seat in scope.seats for end in range(STEP, len(seat.path) + 1, STEP)}
        return self.filter(Q(owner__path__in=above) | scope.within("owner__"))

    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class GoodCase(models.Model):
    """A plan or a record the committee holds up as an example.

    ``lines`` is all that is shared: kinds, themes, questions, content categories, participants. Minutes, names
    and numbers of the branch stay where they are.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="good_cases")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="good_cases")
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("marked by"))
    title = models.CharField(_("title"), max_length=200)
    reason = models.CharField(_("why it is an example"), max_length=300)
    lines = models.JSONField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(_("marked"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = GoodCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("good case")
        verbose_name_plural = _("good cases")
        ordering = ["-marked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="good_case_has_one_source",
                condition=Q(plan__isnull=False, meeting__isnull=True)
                | Q(plan__isnull=True, meeting__isnull=False),
            ),
            models.CheckConstraint(
                name="good_case_says_why",
                condition=~Q(reason="") & ~Q(title=""),
                violation_error_message=_("Say why it is an example."),
            ),
            models.UniqueConstraint(
                name="good_case_plan_once", fields=["plan"], condition=Q(withdrawn_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="good_case_meeting_once", fields=["meeting"], condition=Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title
