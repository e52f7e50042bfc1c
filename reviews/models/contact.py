from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.models import Member, Organization
from meetings.scope import scope_of


class ContactPointQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The own ones of a leading cadre, and those of the branches a user answers for."""
        scope = scope_of(user)
        own = Q(cadre=scope.member_id) if scope.member_id else Q(pk__in=[])
        return self.filter(scope.within("organization__") | own)

    def on(self, day: date) -> Self:
        return self.filter(start_on__lte=day).filter(Q(end_on__isnull=True) | Q(end_on__gte=day))


class ContactPoint(models.Model):
    """A branch that a leading cadre looks after (联系点). Both days belong to it."""

    cadre = models.ForeignKey(
        Member, models.PROTECT, related_name="contact_points", verbose_name=_("leading cadre")
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="contact_points", verbose_name=_("branch")
    )
    start_on = models.DateField(_("from"))
    end_on = models.DateField(_("to"), null=True, blank=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["organization__path", "-start_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="contact_point_ends_after_start",
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.UniqueConstraint(
                name="contact_point_open_once",
                fields=["cadre", "organization"],
                condition=Q(end_on__isnull=True),
                violation_error_message=_("The branch is a contact point of this cadre already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre.name} · {self.organization.name}"


class ContactVisit(models.Model):
    """One visit of the cadre to the branch: on which day, and what was done there."""

    contact = models.ForeignKey(ContactPoint, models.PROTECT, related_name="visits")
    day = models.DateField(_("day"))
    done = models.TextField(_("what was done"), max_length=1000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("visit to a contact point")
        verbose_name_plural = _("visits to contact points")
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="contact_visit_once_a_day",
                fields=["contact", "day"],
                violation_error_message=_("A visit of that day is written down already."),
            ),
            models.CheckConstraint(name="contact_visit_says_something", condition=~Q(done="")),
        ]

    def __str__(self) -> str:
        return f"{self.contact} · {self.day:%Y-%m-%d}"


class ConcernQuerySet(models.QuerySet):
    def unsolved(self) -> Self:
        return self.filter(solved_on__isnull=True)

    def promised(self) -> Self:
        """Somebody said until when something would be done, and it is not solved."""
        return self.unsolved().filter(due_on__isnull=False)

    def overdue(self, as_of: date) -> Self:
        return self.promised().filter(due_on__lt=as_of)


class Concern(models.Model):
    """A problem that was heard at a visit, what was promised until when, and how it was solved."""

    visit = models.ForeignKey(ContactVisit, models.PROTECT, related_name="concerns")
    problem = models.CharField(_("problem heard"), max_length=300)
    promise = models.CharField(_("promised"), max_length=300, blank=True)
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    solved_on = models.DateField(_("solved on"), null=True, blank=True)
    outcome = models.CharField(_("how it was solved"), max_length=300, blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("problem heard")
        verbose_name_plural = _("problems heard")
        ordering = ["-visit__day", "id"]
        constraints = [
            models.CheckConstraint(name="concern_problem_present", condition=~Q(problem="")),
            models.CheckConstraint(
                name="concern_promise_has_day",
                condition=Q(promise="", due_on__isnull=True) | (~Q(promise="") & Q(due_on__isnull=False)),
                violation_error_message=_("A promise says until when."),
            ),
            models.CheckConstraint(
                name="concern_solved_says_how",
                condition=Q(solved_on__isnull=True, outcome="")
                | (Q(solved_on__isnull=False) & ~Q(outcome="")),
                violation_error_message=_("Say how it was solved, and when."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="concern_promised",
                condition=Q(solved_on__isnull=True, due_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.problem

    def is_overdue(self, as_of: date) -> bool:
        return self.solved_on is None and self.due_on is not None and self.due_on < as_of
