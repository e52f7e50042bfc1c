from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OpenSessionQuerySet(models.QuerySet):
    def current(self, now: datetime) -> Self:
        """Those whose time is not over yet."""
        return self.filter(
            began_at__gt=now - settings.SESSION_LONGEST, seen_at__gt=now - settings.SESSION_IDLE
        )


class OpenSession(models.Model):
    """Somewhere somebody is signed in: what its owner is shown, and can end, in the list of sessions.

    Access itself hangs on Django's own session of the same key; this row only describes it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="open_sessions")
    key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField(_("signed in at"))
    seen_at = models.DateTimeField(_("last seen at"))
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)

    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")
        ordering = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user} · {self.began_at:%Y-%m-%d %H:%M}"
