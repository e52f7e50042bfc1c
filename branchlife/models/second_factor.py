from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.sealing import SealedField


class Authenticator(models.Model):
    """The app on somebody's phone that shows a new code every half minute (TOTP, RFC 6238)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator")
    secret = SealedField(max_length=32)  # 20 bytes in base32
    confirmed_at = models.DateTimeField(_("set up at"))
    # The half minute whose code was used last: no code is taken twice.
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("authenticator")
        verbose_name_plural = _("authenticators")
        constraints = [models.CheckConstraint(name="authenticator_secret_present", condition=~Q(secret=""))]

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """A code on paper for the day the phone is lost; works once. Kept like a password."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    # The first letters say which row to try, so that one slow comparison is enough.
    label = models.CharField(max_length=4)
    digest = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(name="recovery_code_label_once", fields=["user", "label"])]

    def __str__(self) -> str:
        return f"{self.label}-…"


class OldPassword(models.Model):
    """A password somebody had, as its hash: some sites forbid to take one up again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="old_passwords")
    digest = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("earlier password")
        verbose_name_plural = _("earlier passwords")
        ordering = ["-set_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user} · {self.set_at:%Y-%m-%d}"
