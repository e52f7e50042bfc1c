from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Pulse(models.Model):
    """What the machinery remembers from one round to the next, by name: when it last ran, and what it saw."""

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")
        constraints = [models.CheckConstraint(name="pulse_name_present", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name
