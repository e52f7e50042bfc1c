from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """Someone who may sign in. What they may do comes from dated appointments, never from a flag here."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=10, blank=True)
    password_set_at = models.DateTimeField(null=True, editable=False)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.username

    def set_password(self, raw_password: Any) -> None:
        """Also the time of it. Hashing an old password anew saves the hash alone and changes no time."""
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
