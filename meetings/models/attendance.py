from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import HERE, Presence, RecordSource
from meetings.models.member import Member
from meetings.models.organization import Organization
from meetings.scope import scope_of


class AttendanceQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        scope = scope_of(user)
        return self.filter(
            scope.within("organization__") | Q(meeting__group__in=scope.group_ids) | Q(member=scope.member_id)
        )

    def here(self) -> Self:
        return self.filter(presence__in=HERE)

    def hard_bound(self) -> Self:
        """The base of the attendance rate: those for whom coming is a hard duty."""
        return self.filter(hard_bound=True)


class Attendance(models.Model):
    """One expected person at one meeting.

    Duty and vote are frozen as they were on the meeting's day: a later change of the roster never
    changes an old quorum. Branch and day are repeated so that large tables can be cut along them.
    """

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="attendances")
    member = models.ForeignKey(Member, models.PROTECT, related_name="attendances")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="attendances")
    day = models.DateField(_("day"))
    presence = models.CharField(_("presence"), max_length=10, choices=Presence, default=Presence.PRESENT)
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    hard_bound = models.BooleanField(_("hard duty to attend"))
    has_vote = models.BooleanField(_("has a vote"))
    source = models.CharField(max_length=10, choices=RecordSource, default=RecordSource.WEB)
    # Made good afterwards; it changes neither presence nor quorum.
    caught_up_on = models.DateField(_("caught up on"), null=True, blank=True)
    catch_up_note = models.CharField(_("how it was caught up"), max_length=200, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(name="attendance_once_per_meeting", fields=["meeting", "member"]),
            models.CheckConstraint(
                name="attendance_presence_known", condition=Q(presence__in=Presence.values)
            ),
            models.CheckConstraint(
                name="attendance_source_known", condition=Q(source__in=RecordSource.values)
            ),
            models.CheckConstraint(
                name="attendance_self_says_here",
                condition=~Q(source=RecordSource.SELF) | Q(presence__in=HERE),
            ),
            models.CheckConstraint(
                name="attendance_excuse_has_reason",
                condition=~Q(presence=Presence.EXCUSED) | ~Q(reason=""),
                violation_error_message=_("A leave of absence names its reason."),
            ),
            models.CheckConstraint(
                name="attendance_caught_up_when_away",
                condition=Q(caught_up_on__isnull=True) | ~Q(presence__in=HERE),
                violation_error_message=_("Whoever was there has nothing to catch up on."),
            ),
            models.CheckConstraint(
                name="attendance_caught_up_afterwards",
                condition=Q(caught_up_on__isnull=True) | Q(caught_up_on__gte=F("day")),
                violation_error_message=_("It is caught up on after the meeting."),
            ),
            models.CheckConstraint(
                name="attendance_catch_up_note_has_day",
                condition=Q(catch_up_note="") | Q(caught_up_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "day"], name="attendance_branch_day"),
            models.Index(fields=["member", "-day"], name="attendance_member_day"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.get_presence_display()}"
