from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.models import RuleVersion
from reviews.enums import Paper, Route


class ReviewChain(RuleVersion):
    """Over which desks the plans, or the records, of an organization's branches go. A rule like those of
    the rule book: versioned, set by an organization for itself and below. Without one, ``DEFAULT`` holds."""

    SAYS = ("route", *RuleVersion.SAYS)
    DEFAULT = Route.DIRECT

    code = models.CharField(_("paper"), max_length=60, choices=Paper)
    route = models.CharField(_("goes over"), max_length=10, choices=Route)

    class Meta(RuleVersion.Meta):
        verbose_name = _("chain of review")
        verbose_name_plural = _("chains of review")
        constraints = [
            *RuleVersion.Meta.constraints,
            models.CheckConstraint(name="reviewchain_code_known", condition=Q(code__in=Paper.values)),
            models.CheckConstraint(name="reviewchain_route_known", condition=Q(route__in=Route.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} · {self.get_route_display()}"
