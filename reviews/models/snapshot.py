from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.models.transition import Transition


class Snapshot(models.Model):
    """What a paper said when a step was taken with it. Kept so that a later round can be compared with it;
    never edited. Names stand as they were written then."""

    transition = models.OneToOneField(Transition, models.CASCADE, related_name="snapshot")
    content = models.JSONField()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")

    def __str__(self) -> str:
        return str(self.transition)
