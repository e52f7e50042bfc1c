from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Role
from meetings.models import Meeting, Organization
from meetings.models.meeting import MeetingQuerySet
from meetings.scope import Seat, scope_of
from reviews.enums import Task
from reviews.models.plan import Plan, PlanQuerySet

LAST_DESK = Q(organization=F("last"))


class StayQuerySet(models.QuerySet):
    def open(self) -> Self:
        """Where papers lie now."""
        return self.filter(until__isnull=True)

    def under_review(self) -> Self:
        return self.filter(task=Task.REVIEW)

    def overdue(self, as_of: date) -> Self:
        """Still there after the last day for it."""
        return self.open().filter(due_on__lt=as_of)

    def due_within(self, as_of: date, days: int) -> Self:
        """Still there, and due from ``as_of`` up to so many days later, both included."""
        return self.open().filter(due_on__range=(as_of, as_of + timedelta(days=days)))

    def kept_too_long(self, as_of: date) -> Self:
        """Left after its last day, or still there after it."""
        today_late = Q(until__isnull=True, due_on__lt=as_of)
        return self.filter(today_late | Q(until__date__gt=F("due_on")))


class Stay(models.Model):
    """With whom a paper lay, from when to when: on its writers' desk or on a reviewer's.

    Written by the steps themselves. ``last`` is the desk on which the paper is decided in the end, ``ahead``
    the ids of the desks after this one, as the chain stood when the paper was handed in.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="stays")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, related_name="stays")
    # Whose paper it is; repeated so that waiting times can be added up branch by branch.
    branch = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="stays")
    task = models.CharField(max_length=10, choices=Task)
    step = models.PositiveSmallIntegerField(default=0)  # 1 is the first reviewer's desk, 0 the writers'
    last = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    ahead = models.JSONField(default=list)
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True)
    due_on = models.DateField(_("to be done by"), null=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay of a paper")
        verbose_name_plural = _("stays of papers")
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                name="stay_has_one_paper",
                condition=Q(plan__isnull=False, meeting__isnull=True)
                | Q(plan__isnull=True, meeting__isnull=False),
            ),
            models.CheckConstraint(
                name="stay_ends_after_start", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="stay_review_has_end_of_chain",
                condition=Q(task=Task.REVIEW, last__isnull=False, step__gte=1)
                | Q(task=Task.WRITE, last__isnull=True, step=0),
            ),
            models.UniqueConstraint(
                name="stay_plan_on_one_desk", fields=["plan"], condition=Q(until__isnull=True)
            ),
            models.UniqueConstraint(
                name="stay_meeting_on_one_desk", fields=["meeting"], condition=Q(until__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="stay_open_due", condition=Q(until__isnull=True)),
            models.Index(fields=["organization", "since"], name="stay_desk"),
            models.Index(fields=["branch", "since"], name="stay_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.get_task_display()}"

    @property
    def is_last(self) -> bool:
        """Whether the paper is decided here."""
        return self.organization_id == self.last_id

    def is_late(self, as_of: date) -> bool:
        return self.until is None and self.due_on is not None and self.due_on < as_of


def with_desk(papers: PlanQuerySet | MeetingQuerySet) -> PlanQuerySet | MeetingQuerySet:
    """The papers read together with the desk they lie on: ``reviews.rules.desk_of`` then asks no more."""
    # Where there is none, Django leaves the attribute away; the second column says that it was asked.
    asked: PlanQuerySet | MeetingQuerySet = lying_desks(papers).annotate(desk_asked=Value(True))
    return asked


def lying_desks(rows: Any, paper: str = "") -> Any:
    """Rows with, as ``lying``, the desk of the paper they reach by ``paper`` (such as ``meeting__``)."""
    lying = FilteredRelation(f"{paper}stays", condition=Q(**{f"{paper}stays__until__isnull": True}))
    related = ("lying__organization", "lying__last", "lying__branch")
    return rows.annotate(lying=lying).select_related(*related)


def waits_for(user: User, *, paper: str, writer: str) -> Q:
    """Of plans or meetings under review: those on this user's desk that the user may decide.

    ``paper`` is the column of ``Stay``, ``writer`` the paper's own column for who wrote it. A paper that
    lies on no desk (it came from elsewhere) is everybody's above the branch.
    """
    scope = scope_of(user)
    led = Q(organization__path__in=scope.paths(Role.SECRETARY))
    condition = Q(pk__in=[])
    for seat in scope.seats:
        if seat.role == Role.REVIEWER:
            condition |= _waits_at(seat, user, paper, writer)
    return condition & ~led


def _waits_at(seat: Seat, user: User, paper: str, writer: str) -> Q:
    who = [user.pk, seat.grantor_id] if seat.grantor_id else [user.pk]
    lying: Any = Stay.objects.open().under_review().filter(**{paper: OuterRef("pk")})
    here = lying.filter(LAST_DESK | ~Q(last__path__startswith=seat.path)).exclude(handed_in_by__in=who)
    here = here.filter(organization__path__startswith=seat.path)
    anywhere = ~Exists(lying) & Q(organization__path__startswith=seat.path)
    barred = Q(organization__path__in=seat.barred) | Q(**{f"{writer}__in": who})
    return (Exists(here) | anywhere) & ~barred
