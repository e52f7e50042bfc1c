from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import AttachmentKind
from meetings.models.meeting import Meeting
from meetings.scope import scope_of


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """For those who see the record in full; an ordinary member sees none."""
        scope = scope_of(user)
        return self.filter(scope.within("meeting__organization__") | Q(meeting__group__in=scope.group_ids))


class Attachment(models.Model):
    """A file beside a record, where somebody wants one. The file lies in the folder of its meeting under
    the digest of its content."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("type"), max_length=4, choices=AttachmentKind)
    digest = models.CharField(max_length=64)  # SHA-256 of what is kept
    size = models.PositiveIntegerField(_("size"))  # bytes
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="attachment_once_per_meeting", fields=["meeting", "digest"]),
            models.CheckConstraint(name="attachment_kind_known", condition=Q(kind__in=AttachmentKind.values)),
            models.CheckConstraint(name="attachment_name_present", condition=~Q(name="")),
            models.CheckConstraint(name="attachment_size_positive", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name
