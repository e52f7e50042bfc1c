from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.enums import FindingReason
from reviews.models.plan import PlanItem
from reviews.models.transition import Transition


class Finding(models.Model):
    """Why something was returned: a coded reason, the field at fault and a sentence."""

    transition = models.ForeignKey(Transition, models.CASCADE, related_name="findings")
    item = models.ForeignKey(PlanItem, models.SET_NULL, null=True, blank=True, related_name="findings")
    reason = models.CharField(_("reason"), max_length=10, choices=FindingReason)
    field = models.CharField(_("field"), max_length=30)
    sentence = models.CharField(_("what is wrong"), max_length=300)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="finding_reason_known", condition=Q(reason__in=FindingReason.values)),
            models.CheckConstraint(
                name="finding_says_something",
                condition=~Q(sentence="") & ~Q(field=""),
                violation_error_message=_("A finding names the field and says what is wrong."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.sentence}"
