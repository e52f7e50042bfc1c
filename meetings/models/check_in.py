from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings.enums import HERE, Presence
from meetings.models.meeting import Meeting
from meetings.models.member import Member


class CheckInQuerySet(models.QuerySet):
    def for_the_day(self) -> Self:
        """Of the day the meeting is on now: one that was moved is checked in to anew."""
        return self.filter(day=F("meeting__day"))


class CheckIn(models.Model):
    """A member's own word, by scanning the code at the meeting, that they are there.

    It prepares the attendance and nothing more: what the recorder enters counts. Neither place nor
    device is kept.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="check_ins")
    member = models.ForeignKey(Member, models.PROTECT, related_name="check_ins")
    day = models.DateField(_("day"))
    presence = models.CharField(_("presence"), max_length=10, choices=Presence)
    checked_in_at = models.DateTimeField(_("checked in at"))

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["checked_in_at", "id"]
        constraints = [
            models.UniqueConstraint(name="check_in_once_a_meeting", fields=["meeting", "member", "day"]),
            models.CheckConstraint(name="check_in_says_here", condition=Q(presence__in=HERE)),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_presence_display()}"
