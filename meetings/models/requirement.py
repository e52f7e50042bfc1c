from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings.enums import Bearer, Condition, Confidence, MeetingKind, Period
from meetings.models.organization import Organization
from meetings.periods import Span


class RequirementQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_force_during(self, first: date, last: date) -> Self:
        return self.filter(valid_from__lte=last).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first))


class Requirement(models.Model):
    """One rule of the rule book: this kind of meeting, at least so often, owed by these, on this basis.

    A period is judged by the version in force on its first day; a change during the year leaves
    earlier periods alone.
    """

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    owner = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requirements",
        verbose_name=_("set by"),
    )
    kind = models.CharField(_("kind of meeting"), max_length=30, choices=MeetingKind)
    period = models.CharField(_("period"), max_length=10, choices=Period)
    minimum = models.PositiveSmallIntegerField(_("times at least"), default=1)
    bearer = models.CharField(_("owed by"), max_length=10, choices=Bearer)
    condition = models.CharField(_("owed if"), max_length=20, choices=Condition, default=Condition.NONE)
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=0)
    basis_source = models.CharField(_("regulation"), max_length=100, blank=True)
    basis_article = models.CharField(_("article"), max_length=40, blank=True)
    confidence = models.CharField(_("how sure"), max_length=10, choices=Confidence)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force to"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["position", "code", "version"]
        constraints = [
            models.CheckConstraint(name="requirement_kind_known", condition=Q(kind__in=MeetingKind.values)),
            models.CheckConstraint(name="requirement_period_known", condition=Q(period__in=Period.values)),
            models.CheckConstraint(name="requirement_bearer_known", condition=Q(bearer__in=Bearer.values)),
            models.CheckConstraint(
                name="requirement_condition_known", condition=Q(condition__in=Condition.values)
            ),
            models.CheckConstraint(
                name="requirement_minimum_positive",
                condition=Q(minimum__gte=1),
                violation_error_message=_("A requirement asks for at least one meeting."),
            ),
            models.CheckConstraint(
                name="requirement_valid_to_after_from",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="requirement_national_version_unique",
                fields=["code", "version"],
                condition=Q(owner__isnull=True),
            ),
            models.UniqueConstraint(
                name="requirement_local_version_unique",
                fields=["owner", "code", "version"],
                condition=Q(owner__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def governs(self, span: Span) -> bool:
        """Whether this version is in force on the period's first day."""
        return self.valid_from <= span.start and (self.valid_to is None or span.start <= self.valid_to)

    @property
    def basis(self) -> str:
        """The regulation and, where it was read, its article; empty for local practice."""
        return f"{self.basis_source}{self.basis_article}"
