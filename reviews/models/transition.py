from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Organization
from reviews.enums import Action
from reviews.models.plan import Plan
from reviews.workflow import INSPECTION, PLAN, RECORD, RECTIFICATION, VISIT, Table

if TYPE_CHECKING:
    from reviews.models.inspection import Inspection, Visit
    from reviews.models.rectification import Rectification


def steps_of(table: Table) -> Q:
    """The condition that a row is a step of the table, or the first one of all."""
    steps = (
        Q(action=action, from_state=before, to_state=step.to_state)
        for (before, action), step in table.items()
    )
    return reduce(or_, steps, Q(action=Action.CREATE, from_state=""))


def exactly_one_of(*names: str) -> Q:
    """The condition that of these columns one holds something and the others nothing."""
    cases = (Q(**{f"{name}__isnull": name != filled for name in names}) for filled in names)
    return reduce(or_, cases)


class Transition(models.Model):
    """One step of a subject (of these, one is named): who did what when, with which opinion. Never edited."""

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="transitions")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="transitions")
    rectification = models.ForeignKey(
        "reviews.Rectification", models.CASCADE, null=True, related_name="transitions"
    )
    inspection = models.ForeignKey(
        "reviews.Inspection", models.CASCADE, null=True, related_name="transitions"
    )
    visit = models.ForeignKey("reviews.Visit", models.CASCADE, null=True, related_name="transitions")
    action = models.CharField(_("action"), max_length=12, choices=Action)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    round = models.PositiveSmallIntegerField(default=0)
    # Nobody: the clock took the step.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("time"))
    comment = models.TextField(_("opinion"), blank=True)
    # A decision: on whose desk, and whose seat it was where the actor stood in for somebody.
    desk = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", verbose_name=_("decided on the desk of")
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="transition_has_one_subject",
                condition=exactly_one_of("plan", "meeting", "rectification", "inspection", "visit"),
            ),
            models.CheckConstraint(
                name="transition_plan_step_known", condition=Q(plan__isnull=True) | steps_of(PLAN)
            ),
            models.CheckConstraint(
                name="transition_record_step_known", condition=Q(meeting__isnull=True) | steps_of(RECORD)
            ),
            models.CheckConstraint(
                name="transition_rectification_step_known",
                condition=Q(rectification__isnull=True) | steps_of(RECTIFICATION),
            ),
            models.CheckConstraint(
                name="transition_inspection_step_known",
                condition=Q(inspection__isnull=True) | steps_of(INSPECTION),
            ),
            models.CheckConstraint(
                name="transition_visit_step_known", condition=Q(visit__isnull=True) | steps_of(VISIT)
            ),
        ]

    @property
    def subject(self) -> "Plan | Meeting | Rectification | Inspection | Visit":
        subject = self.plan or self.meeting or self.rectification or self.inspection or self.visit
        assert subject is not None  # the database refuses a step of nothing
        return subject

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.at:%Y-%m-%d %H:%M}"
