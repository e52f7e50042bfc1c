from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.models.meeting import Meeting

DIGEST = 64  # characters of a SHA-256


class Archive(models.Model):
    """An accepted record as it was put away: its content word for word, and the digest that is printed on the
    minutes. Never changed; what turns out wrong is said in an addendum."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="archive")
    # Canonical JSON; text, because a JSON column would respell it.
    content = models.TextField()
    digest = models.CharField(_("digest"), max_length=DIGEST, unique=True)
    archived_at = models.DateTimeField(_("archived at"))
    # Nobody: the clock.
    archived_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("archived record")
        verbose_name_plural = _("archived records")

    def __str__(self) -> str:
        return f"{self.meeting} · {self.digest[:12]}"


class Addendum(models.Model):
    """A correction of an accepted record, beside it and numbered. Its digest covers the one before it, so that
    none can be taken out of the middle."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="addenda")
    number = models.PositiveSmallIntegerField(pgettext_lazy("addendum", "number"))
    text = models.TextField(_("correction"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=60)
    written_at = models.DateTimeField(_("written at"))
    digest = models.CharField(_("digest"), max_length=DIGEST)

    class Meta:
        verbose_name = _("addendum")
        verbose_name_plural = _("addenda")
        ordering = ["meeting_id", "number"]
        constraints = [
            models.UniqueConstraint(name="addendum_number_once_a_meeting", fields=["meeting", "number"]),
            models.CheckConstraint(name="addendum_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="addendum_text_present", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} · {self.number}"
