from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.models.letter import Letter
from meetings.models.organization import Organization
from meetings.models.robot import Robot
from meetings.notices import Wording, describe, wording_of
from meetings.reminder_enums import ROBOTS, Channel, DeliveryState, ReminderStage
from meetings.reminding import title_of

# What can become of one announcement. Being claimed and being handed over are states of the letter.
OUTCOMES = (
    DeliveryState.PENDING,
    DeliveryState.SENT,
    DeliveryState.RESOLVED,
    DeliveryState.SUPERSEDED,
    DeliveryState.DEAD,
    DeliveryState.HELD,
)


class ReminderQuerySet(models.QuerySet):
    def in_app(self) -> Self:
        return self.filter(channel=Channel.IN_APP)

    def current(self) -> Self:
        """The last word to a person about a deadline that still stands: at most one row for the two."""
        return self.filter(CURRENT)

    def unsent(self) -> Self:
        return self.filter(state=DeliveryState.PENDING)

    def about(self, source: str, subjects: Collection[int]) -> Self:
        return self.filter(source=source, subject__among=subjects)


CURRENT = Q(channel=Channel.IN_APP, state=DeliveryState.SENT)


class Reminder(models.Model):
    """The ledger of what was announced to whom about what, on which channel. One row, one announcement.

    ``source``, ``subject`` and ``due_on`` name the deadline (see ``meetings.reminding``); ``falls_on`` is the
    day from which it was to be announced. A deadline that moves is announced afresh; nothing else ever is.
    A row on the screen is ``sent`` from the start, and ``resolved`` when what it speaks of is settled.
    """

    source = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    due_on = models.DateField()
    # Looked up by none of the three, but once when a robot is removed: their indexes were a third of the work of a
    # month's end on PostgreSQL.
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="reminders", db_index=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="reminders", db_index=False
    )
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, related_name="reminders", db_index=False)
    stage = models.CharField(max_length=20, choices=ReminderStage)
    falls_on = models.DateField()
    channel = models.CharField(max_length=20, choices=Channel)
    letter = models.ForeignKey(Letter, models.CASCADE, null=True, related_name="reminders", db_index=False)
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.PENDING)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                name="reminder_announced_once",
                fields=["source", "subject", "due_on", "recipient", "stage", "falls_on", "channel"],
                condition=Q(recipient__isnull=False),
            ),
            models.UniqueConstraint(
                name="reminder_announced_once_to_a_group",
                fields=["source", "subject", "due_on", "robot", "stage", "falls_on"],
                condition=Q(robot__isnull=False),
            ),
            models.CheckConstraint(name="reminder_source_present", condition=~Q(source="")),
            models.CheckConstraint(name="reminder_state_known", condition=Q(state__in=OUTCOMES)),
            models.CheckConstraint(name="reminder_stage_known", condition=Q(stage__in=ReminderStage.values)),
            models.CheckConstraint(
                name="reminder_sent_has_time",
                condition=~Q(state=DeliveryState.SENT) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reminder_reaches_somebody_somehow",
                condition=Q(channel=Channel.IN_APP, letter=None, recipient__isnull=False, robot=None)
                | Q(channel=Channel.EMAIL, letter__isnull=False, recipient__isnull=False, robot=None)
                | Q(channel__in=[*ROBOTS], letter__isnull=False, recipient=None, robot__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["source", "subject"], name="reminder_current", condition=CURRENT),
            models.Index(fields=["letter"], name="reminder_letter", condition=Q(letter__isnull=False)),
            models.Index(fields=["letter"], name="reminder_unsent", condition=Q(state=DeliveryState.PENDING)),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} · {self.get_stage_display()} · {self.recipient or self.robot}"


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user.pk)

    def current(self) -> Self:
        """Still worth reading: what it speaks of has not been settled."""
        return self.filter(settled_at__isnull=True)

    def unread(self) -> Self:
        return self.current().filter(read_at__isnull=True)

    def news(self) -> Self:
        """Current, and not of the ledger: settled when the thing at its address moves on."""
        return self.current().filter(reminder__isnull=True)


class Notice(models.Model):
    """A line in somebody's list of notices. Written together with what it tells of.

    Texts are kept as a code with its values, so that everyone reads it in the own language; the
    sentences are in ``meetings.notices``.
    """

    # Found by ``notice_recipient``, which begins with it.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False
    )
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
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notice_recipient"),
            models.Index(
                fields=["recipient"],
                name="notice_unread",
                condition=Q(read_at__isnull=True, settled_at__isnull=True),
            ),
            models.Index(
                fields=["url"],
                name="notice_current_url",
                condition=Q(settled_at__isnull=True, reminder__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        return describe(self.code, self.values)

    @property
    def wording(self) -> Wording:
        return wording_of(self.code)

    @property
    def is_unread(self) -> bool:
        return self.read_at is None and self.settled_at is None
