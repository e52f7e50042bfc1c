from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import MeetingKind, Role
from meetings.models import Meeting, Member, Organization, Resolution
from meetings.scope import Seat, scope_of
from reviews.enums import TO_MEND, UNSETTLED, Cause, Openness, RectificationSource, RectificationState
from reviews.models.evaluation import EvaluationMark
from reviews.models.finding import Finding
from reviews.models.rectification_notice import RectificationNotice

LONGEST_TEXT = 2000


class RectificationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the organizations a user answers for, those one is the owner of, and what the own
        branch lets its members read."""
        scope = scope_of(user)
        shared = Q(organization=scope.branch_id, openness=Openness.BRANCH)
        own = Q(owner=scope.member_id) if scope.member_id else Q(pk__in=[])
        return self.filter(scope.within("organization__") | own | shared)

    def open(self) -> Self:
        """The branch still has to do something about it."""
        return self.filter(state__in=TO_MEND)

    def claimed(self) -> Self:
        """Said to be done; somebody else has to look."""
        return self.filter(state=RectificationState.CLAIMED)

    def verifiable_by(self, user: User) -> Self:
        """Said to be done and this user's to look at: never what one reported or is responsible for, nor in the
        place of somebody who did or is."""
        scope = scope_of(user)
        led = scope.within("organization__", (Role.SECRETARY,))
        above = _reviewed_from(scope.seats) & ~led
        waiting = self.claimed().filter(above | (led & Q(from_above=False))).exclude(claimed_by=user.pk)
        return waiting.exclude(owner=scope.member_id) if scope.member_id else waiting

    def unsettled(self) -> Self:
        """Everything not verified (or revoked): what comes back on the next agenda."""
        return self.filter(state__in=UNSETTLED)

    def overdue(self, as_of: date) -> Self:
        return self.open().filter(due_on__lt=as_of)

    def due_within(self, as_of: date, days: int) -> Self:
        """Open and due from ``as_of`` up to so many days later, both included."""
        return self.open().filter(due_on__range=(as_of, as_of + timedelta(days=days)))


def _reviewed_from(seats: Iterable[Seat]) -> Q:
    """Of items: those that a reviewer's seat lets one look at."""
    condition = Q(pk__in=[])
    for seat in seats:
        if seat.role == Role.REVIEWER:
            here = Q(organization__path__startswith=seat.path) & ~Q(organization__path__in=seat.barred)
            if seat.grantor_id:
                here &= ~Q(claimed_by=seat.grantor_id) & ~Q(owner__user=seat.grantor_id)
            condition |= here
    return condition


class Rectification(models.Model):
    """One thing to put right, tracked from where it was found until somebody else has verified it.

    ``from_above`` says who asked for it: an item raised by the committee is verified by the committee, one
    the branch set itself may also be verified by its secretary, never by whoever said that it is done.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="rectifications", verbose_name=_("branch")
    )
    source = models.CharField(_("source"), max_length=12, choices=RectificationSource)
    finding = models.OneToOneField(
        Finding, models.PROTECT, null=True, blank=True, related_name="rectification"
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="rectifications",
        verbose_name=_("meeting"),
    )  # fmt: skip
    resolution = models.OneToOneField(
        Resolution, models.PROTECT, null=True, blank=True, related_name="rectification"
    )
    mark = models.OneToOneField(
        EvaluationMark, models.SET_NULL, null=True, blank=True, related_name="rectification"
    )
    cause = models.CharField(_("cause"), max_length=12, choices=Cause)
    kind = models.CharField(_("kind of meeting"), max_length=30, choices=MeetingKind, blank=True)
    problem = models.CharField(_("problem"), max_length=300)
    measure = models.TextField(_("measure"), max_length=LONGEST_TEXT, blank=True)
    owner = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="rectifications",
        verbose_name=_("responsible"),
    )  # fmt: skip
    due_on = models.DateField(_("to be done by"))
    openness = models.CharField(_("may be read by"), max_length=10, choices=Openness, default=Openness.KEPT)
    state = models.CharField(
        _("state"), max_length=12, choices=RectificationState, default=RectificationState.OPEN
    )
    version = models.PositiveIntegerField(default=1)
    # How often it was reported as done.
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    notice = models.ForeignKey(
        RectificationNotice, models.PROTECT, null=True, blank=True, editable=False, related_name="items"
    )
    from_above = models.BooleanField(_("asked for from above"), default=False)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("raised"))
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    claimed_at = models.DateTimeField(_("reported as done"), null=True, editable=False)
    evidence = models.TextField(_("evidence"), max_length=LONGEST_TEXT, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    verified_at = models.DateTimeField(_("verified"), null=True, editable=False)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("rectification item")
        verbose_name_plural = _("rectification items")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="rectification_state_known", condition=Q(state__in=RectificationState.values)
            ),
            models.CheckConstraint(
                name="rectification_source_known", condition=Q(source__in=RectificationSource.values)
            ),
            models.CheckConstraint(name="rectification_cause_known", condition=Q(cause__in=Cause.values)),
            models.CheckConstraint(
                name="rectification_kind_known", condition=Q(kind__in=[*MeetingKind.values, ""])
            ),
            models.CheckConstraint(
                name="rectification_openness_known", condition=Q(openness__in=Openness.values)
            ),
            models.CheckConstraint(name="rectification_problem_present", condition=~Q(problem="")),
            models.CheckConstraint(
                name="rectification_source_has_origin",
                condition=(~Q(source=RectificationSource.RETURN) | Q(finding__isnull=False))
                & (~Q(source=RectificationSource.RESOLUTION) | Q(resolution__isnull=False))
                & (
                    ~Q(source__in=[RectificationSource.MEETING, RectificationSource.EVALUATION])
                    | Q(meeting__isnull=False)
                ),
                violation_error_message=_("The item names what it came from."),
            ),
            models.CheckConstraint(
                name="rectification_claim_complete",
                condition=Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | (Q(claimed_by__isnull=False, claimed_at__isnull=False) & ~Q(evidence="")),
                violation_error_message=_("Whoever says that it is done says what shows it."),
            ),
            models.CheckConstraint(
                name="rectification_claimed_by_somebody",
                condition=~Q(state__in=[RectificationState.CLAIMED, RectificationState.CLOSED])
                | Q(claimed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="rectification_closed_when_verified",
                condition=Q(
                    state=RectificationState.CLOSED, verified_by__isnull=False, verified_at__isnull=False
                )
                | (
                    ~Q(state=RectificationState.CLOSED)
                    & Q(verified_by__isnull=True, verified_at__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="rectification_verified_by_another",
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("claimed_by")),
                violation_error_message=_("Somebody else verifies that it is done."),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="rectification_to_mend", condition=Q(state__in=TO_MEND)),
            models.Index(fields=["organization", "state"], name="rectification_branch"),
        ]

    def __str__(self) -> str:
        return self.problem

    @property
    def is_open(self) -> bool:
        return self.state in TO_MEND

    @property
    def is_unsettled(self) -> bool:
        return self.state in UNSETTLED

    def is_overdue(self, as_of: date) -> bool:
        return self.is_open and self.due_on < as_of


class RectificationNote(models.Model):
    """How it is coming along, in a sentence; written in between or at a meeting that looked at it. Never edited."""

    item = models.ForeignKey(Rectification, models.CASCADE, related_name="notes")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="rectification_notes"
    )
    text = models.CharField(_("how it stands"), max_length=500)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("progress note")
        verbose_name_plural = _("progress notes")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="rectification_note_says_something", condition=~Q(text="")),
            models.UniqueConstraint(
                name="rectification_note_once_a_meeting",
                fields=["item", "meeting"],
                condition=Q(meeting__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text
