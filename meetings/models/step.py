from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from meetings.enums import MeetingKind, StepPhase
from meetings.models.meeting import Meeting


class MeetingStepQuerySet(models.QuerySet):
    def untouched(self) -> Self:
        """Nobody has written anything there yet."""
        return self.filter(done_on__isnull=True, note="")


class MeetingStep(models.Model):
    """One step of the procedure of a meeting's kind, and when it was done.

    The title is kept as it was when the meeting got its checklist, so that a later preset does not
    rewrite what was ticked.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="steps")
    kind = models.CharField(_("kind of meeting"), max_length=30, choices=MeetingKind)
    code = models.CharField(_("code"), max_length=40)
    phase = models.CharField(_("phase"), max_length=10, choices=StepPhase)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("step"), max_length=100)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a meeting")
        verbose_name_plural = _("steps of a meeting")
        ordering = ["meeting_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(name="meeting_step_once", fields=["meeting", "kind", "code"]),
            models.CheckConstraint(name="meeting_step_kind_known", condition=Q(kind__in=MeetingKind.values)),
            models.CheckConstraint(name="meeting_step_phase_known", condition=Q(phase__in=StepPhase.values)),
            models.CheckConstraint(name="meeting_step_title_present", condition=~Q(title="")),
            models.CheckConstraint(
                name="meeting_step_done_by_somebody",
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.done_on is not None

    @property
    def is_open_until_held(self) -> bool:
        """Ought to be done when the record is handed in, and is not."""
        return not self.is_done and self.phase != StepPhase.AFTER

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.code
