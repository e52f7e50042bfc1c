from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import LEAVE_OPEN, LeaveState
from meetings.models.meeting import Meeting
from meetings.models.member import Member
from meetings.scope import scope_of


class LeaveQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own, and those of the meetings one answers for or whose group one leads: the reason of
        somebody's leave is not for the other members."""
        scope = scope_of(user)
        return self.filter(
            scope.within("meeting__organization__")
            | Q(meeting__group__in=scope.group_ids)
            | Q(member=scope.member_id)
        )

    def open(self) -> Self:
        """Asked or granted."""
        return self.filter(state__in=LEAVE_OPEN)

    def for_the_day(self) -> Self:
        """Asked for the day the meeting is on now: a meeting that was moved is asked about anew."""
        return self.filter(day=F("meeting__day"))


class Leave(models.Model):
    """A member's request to stay away from a meeting on the calendar, and what was answered."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="leaves")
    member = models.ForeignKey(Member, models.PROTECT, related_name="leaves")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=100)
    state = models.CharField(_("state"), max_length=10, choices=LeaveState, default=LeaveState.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leave")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(name="leave_state_known", condition=Q(state__in=LeaveState.values)),
            models.CheckConstraint(
                name="leave_reason_present",
                condition=~Q(reason=""),
                violation_error_message=_("A leave of absence names its reason."),
            ),
            models.CheckConstraint(
                name="leave_decided_by_somebody",
                condition=~Q(state__in=[LeaveState.GRANTED, LeaveState.REFUSED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="leave_refused_with_a_sentence",
                condition=~Q(state=LeaveState.REFUSED) | ~Q(answer=""),
                violation_error_message=_("Whoever refuses a leave says why."),
            ),
            models.UniqueConstraint(
                name="leave_once_a_meeting",
                fields=["meeting", "member", "day"],
                condition=Q(state__in=LEAVE_OPEN),
                violation_error_message=_("You have asked leave for this meeting already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in LEAVE_OPEN

    @property
    def is_lapsed(self) -> bool:
        """The meeting was moved to another day since."""
        return self.day != self.meeting.day
