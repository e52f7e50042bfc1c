"""What all rules of the rule book have in common: versions, whose they are, how long they hold, why."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Confidence
from meetings.models.organization import STEP, Organization
from meetings.scope import Scope, scope_of

NATIONAL = Q(owner__isnull=True)
LOCAL = Q(owner__isnull=False)
OPEN = Q(valid_to__isnull=True)


class RuleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The national rules, those of the own place and below, and those of every place above it."""
        scope = scope_of(user)
        if not scope.seats:
            return self.none()
        return self.filter(NATIONAL | Q(owner__path__in=_ways_up(scope)) | scope.within("owner__"))

    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_force_during(self, first: date, last: date) -> Self:
        return self.filter(valid_from__lte=last).filter(OPEN | Q(valid_to__gte=first))

    def history_of(self, rule: "RuleVersion") -> Self:
        """Every version of one rule as one owner set it, the newest first."""
        return self.filter(owner=rule.owner_id, code=rule.code).order_by("-valid_from", "-version")


def _ways_up(scope: Scope) -> set[str]:
    return {seat.path[:end] for seat in scope.seats for end in range(STEP, len(seat.path) + 1, STEP)}


class RuleVersion(models.Model):
    """One version of one rule: national (no owner), or as an organization sets it for itself and below.

    Nearer owners go before farther ones and all of them before the national rule. A version that is not
    ``is_active`` stands in the book without being owed; a local one of that kind lifts the rule above it.
    """

    # What a version says, beside whose it is and when; what export and import carry.
    SAYS: ClassVar[tuple[str, ...]] = ("basis_source", "basis_article", "confidence", "note", "is_active")

    code = models.SlugField(_("code"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    owner = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("set by"),
    )
    basis_source = models.CharField(_("regulation"), max_length=100, blank=True)
    basis_article = models.CharField(_("article"), max_length=40, blank=True)
    confidence = models.CharField(_("how sure"), max_length=10, choices=Confidence)
    note = models.CharField(_("explanation"), max_length=300, blank=True)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force to"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = RuleQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code", "version"]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_valid_to_after_from", condition=OPEN | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="%(class)s_confidence_known", condition=Q(confidence__in=Confidence.values)
            ),
            models.UniqueConstraint(
                name="%(class)s_national_version_unique", fields=["code", "version"], condition=NATIONAL
            ),
            models.UniqueConstraint(
                name="%(class)s_local_version_unique", fields=["owner", "code", "version"], condition=LOCAL
            ),
            # Of two versions in force at once nobody could say which one is owed.
            models.UniqueConstraint(
                name="%(class)s_national_open_once", fields=["code"], condition=NATIONAL & OPEN
            ),
            models.UniqueConstraint(
                name="%(class)s_local_open_once", fields=["owner", "code"], condition=LOCAL & OPEN
            ),
            models.UniqueConstraint(
                name="%(class)s_national_start_once", fields=["code", "valid_from"], condition=NATIONAL
            ),
            models.UniqueConstraint(
                name="%(class)s_local_start_once",
                fields=["owner", "code", "valid_from"],
                condition=LOCAL,
            ),
        ]

    def in_force_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def basis(self) -> str:
        """The regulation and, where it was read, its article; empty for local practice."""
        return f"{self.basis_source}{self.basis_article}"
