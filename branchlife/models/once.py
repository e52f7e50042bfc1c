from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OnceKey(models.Model):
    """A form that was sent: written together with what it caused, so that sending it again causes nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.UUIDField()
    # Of what was sent: whoever goes back and writes something else sends another form.
    digest = models.CharField(max_length=64)
    location = models.CharField(max_length=500)  # where the first answer led
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")
        constraints = [models.UniqueConstraint(name="once_key_used_once", fields=["user", "key", "digest"])]

    def __str__(self) -> str:
        return str(self.key)
