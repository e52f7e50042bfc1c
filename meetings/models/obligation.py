from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import MeetingKind, Period
from meetings.models.organization import Organization, PartyGroup
from meetings.models.requirement import Requirement
from meetings.periods import Span
from meetings.scope import scope_of


class ObligationStatus(models.TextChoices):
    """Derived from the ledger and the calendar, never stored."""

    MET = "met", _("Met")
    WAIVED = "waived", _("Waived")
    OVERDUE = "overdue", _("Overdue")
    OPEN = "open", _("Open")
    UPCOMING = "upcoming", _("Upcoming")


class ObligationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        scope = scope_of(user)
        return self.filter(scope.within("organization__") | Q(group__in=scope.group_ids))

    def begun(self, as_of: date) -> Self:
        return self.filter(period_start__lte=as_of)

    def unmet(self) -> Self:
        return self.filter(counted__lt=F("needed"), waived_at__isnull=True)

    def overdue(self, as_of: date) -> Self:
        return self.unmet().filter(due_on__lt=as_of)

    def left_open(self, as_of: date) -> Self:
        """The period is over and it is not met, whether it may still be made good or not."""
        return self.unmet().filter(period_end__lt=as_of)

    def open(self, as_of: date) -> Self:
        """Begun, not met, not yet late."""
        return self.unmet().begun(as_of).filter(due_on__gte=as_of)

    def due_within(self, as_of: date, days: int) -> Self:
        return self.unmet().filter(due_on__range=(as_of, as_of + timedelta(days=days)))

    def in_year(self, year: int) -> Self:
        return self.filter(period_start__range=(date(year, 1, 1), date(year, 12, 31)))


class Obligation(models.Model):
    """One line of the ledger: who owes which kind of meeting for which period. Written even when empty.

    ``counted`` (meetings held) and ``accepted`` (those whose record the committee accepted) are recounted
    from the meetings whenever one changes; ``reconcile`` must find no drift. Holding the meeting is what
    meets the obligation; acceptance is shown beside it.
    """

    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="obligations")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="obligations")
    group = models.ForeignKey(PartyGroup, models.PROTECT, null=True, blank=True, related_name="obligations")
    # Repeated from the requirement so that counting and the matrix need no join.
    kind = models.CharField(_("kind of meeting"), max_length=30, choices=MeetingKind)
    period = models.CharField(_("period"), max_length=10, choices=Period)
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("to"))
    due_on = models.DateField(_("due on"))
    needed = models.PositiveSmallIntegerField(_("needed"))
    shares_event = models.BooleanField(_("an event of several kinds counts"), default=True)
    counted = models.PositiveSmallIntegerField(_("held"), default=0)
    accepted = models.PositiveSmallIntegerField(_("accepted"), default=0)
    waived_at = models.DateTimeField(_("waived"), null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    waiver_reason = models.CharField(_("reason for the waiver"), max_length=200, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["due_on", "organization_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="obligation_once_per_branch",
                fields=["organization", "kind", "period_start"],
                condition=Q(group__isnull=True),
            ),
            models.UniqueConstraint(
                name="obligation_once_per_group",
                fields=["group", "kind", "period_start"],
                condition=Q(group__isnull=False),
            ),
            models.CheckConstraint(name="obligation_needs_one", condition=Q(needed__gte=1)),
            models.CheckConstraint(
                name="obligation_dates_in_order",
                condition=Q(period_end__gte=F("period_start"), due_on__gte=F("period_end")),
            ),
            models.CheckConstraint(
                name="obligation_waiver_explained",
                condition=Q(waived_at__isnull=True, waived_by__isnull=True, waiver_reason="")
                | (Q(waived_at__isnull=False, waived_by__isnull=False) & ~Q(waiver_reason="")),
                violation_error_message=_("A waiver names its reason and who granted it."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "period_start", "kind"], name="obligation_matrix"),
            models.Index(
                fields=["due_on"],
                name="obligation_unmet_due",
                condition=Q(counted__lt=F("needed"), waived_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        bearer = self.group.name if self.group else self.organization.name
        return f"{bearer} · {self.span.code} · {self.get_kind_display()}"

    @property
    def span(self) -> Span:
        return Span(self.period_start, self.period_end, Period(self.period))

    def status_on(self, as_of: date) -> ObligationStatus:
        return status_of(
            self.counted, self.needed, self.waived_at is not None, self.period_start, self.due_on, as_of
        )


def status_of(
    counted: int, needed: int, waived: bool, period_start: date, due_on: date, as_of: date
) -> ObligationStatus:
    """The one place that turns a ledger line and a day into a status."""
    if counted >= needed:
        return ObligationStatus.MET
    if waived:
        return ObligationStatus.WAIVED
    if due_on < as_of:
        return ObligationStatus.OVERDUE
    return ObligationStatus.OPEN if period_start <= as_of else ObligationStatus.UPCOMING
