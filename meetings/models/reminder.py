from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Channel, DeliveryState, ReminderStage
from meetings.models.obligation import Obligation


class ReminderQuerySet(models.QuerySet):
    def sendable(self, now: datetime) -> Self:
        """Copies that wait to go out, or whose sender died while holding them."""
        waiting = Q(state=DeliveryState.PENDING, next_attempt_at__lte=now)
        return self.filter(waiting | Q(state=DeliveryState.CLAIMED, lease_until__lt=now))

    def unfinished(self) -> Self:
        return self.filter(state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED])


class Reminder(models.Model):
    """The ledger of what was announced to whom about what, on which channel. One row, one announcement.

    ``token`` grows with every claim: a sender that slept past its lease holds an old token and
    can no longer finish the row.
    """

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="reminders")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    stage = models.CharField(max_length=20, choices=ReminderStage)
    channel = models.CharField(max_length=20, choices=Channel)
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.PENDING)
    planned_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    token = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=120, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                name="reminder_announced_once", fields=["obligation", "recipient", "stage", "channel"]
            ),
            models.CheckConstraint(name="reminder_state_known", condition=Q(state__in=DeliveryState.values)),
            models.CheckConstraint(
                name="reminder_sent_has_time",
                condition=~Q(state=DeliveryState.SENT) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="reminder_unfinished",
                condition=Q(state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} · {self.get_stage_display()} · {self.recipient}"


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user.pk)

    def current(self) -> Self:
        """Still worth reading: what it speaks of has not been settled."""
        return self.filter(settled_at__isnull=True)

    def unread(self) -> Self:
        return self.current().filter(read_at__isnull=True)


class Notice(models.Model):
    """A line in somebody's list of notices. Written together with what it tells of.

    Texts are kept as a template code with its values, so that everyone reads it in the own language.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    reminder = models.OneToOneField(Reminder, models.CASCADE, null=True, blank=True, related_name="notice")
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["recipient", "-created_at"], name="notice_recipient")]

    def __str__(self) -> str:
        return self.code
