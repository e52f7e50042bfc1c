from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.digest import USUAL, Habits
from meetings.reminding import title_of


class ReminderPreference(models.Model):
    """How somebody wants to be reminded beside the bell; without a row the usual way holds."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminder_preference")
    by_mail = models.BooleanField(_("by e-mail"), default=USUAL.by_mail)
    digest_at = models.TimeField(_("time of the daily summary"), default=USUAL.digest_at)
    quiet_from = models.TimeField(_("quiet from"), default=USUAL.quiet_from)
    quiet_until = models.TimeField(_("quiet until"), default=USUAL.quiet_until)
    working_days_only = models.BooleanField(_("on working days only"), default=USUAL.working_days_only)

    class Meta:
        verbose_name = _("reminder preference")
        verbose_name_plural = _("reminder preferences")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def habits(self) -> Habits:
        return Habits(self.by_mail, self.digest_at, self.quiet_from, self.quiet_until, self.working_days_only)


class SnoozeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(user=user.pk)

    def active(self, day: date) -> Self:
        """Not yet over on that day."""
        return self.filter(until__gt=day, lifted_at__isnull=True)


class Snooze(models.Model):
    """Somebody puts off being reminded of one deadline until a day, and says why. The deadline itself does not
    move, and those above are told all the same."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="snoozes")
    source = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    due_on = models.DateField()
    until = models.DateField(_("remind me again on"))
    reason = models.CharField(_("reason"), max_length=200)
    made_on = models.DateField()
    made_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        verbose_name = _("put-off reminder")
        verbose_name_plural = _("put-off reminders")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(name="snooze_reason_present", condition=~Q(reason="")),
            models.CheckConstraint(name="snooze_ends_later", condition=Q(until__gt=F("made_on"))),
            models.UniqueConstraint(
                name="snooze_one_open",
                fields=["user", "source", "subject", "due_on"],
                condition=Q(lifted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} · {self.user} · {self.until}"


class CalendarFeed(models.Model):
    """The address under which somebody's calendar program reads the own deadlines. Only a digest of the
    token is kept: the address is shown once, and a new one makes the old one void."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [models.CheckConstraint(name="calendar_feed_has_digest", condition=~Q(digest=""))]

    def __str__(self) -> str:
        return str(self.user)
