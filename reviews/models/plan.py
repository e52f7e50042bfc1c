from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.enums import ContentCategory, MeetingKind, MeetingState, Period, Role
from meetings.fixed_days import CODES as FIXED_DAYS
from meetings.models import Meeting, Organization, PartyGroup
from meetings.periods import Span
from meetings.scope import scope_of
from reviews.enums import PLAN_OPEN, PlanState


class PlanQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Plans of one's own branch in any state; reviewers and administrators see those that were
        handed in, never a draft somebody is still writing."""
        scope = scope_of(user)
        own = scope.within("organization__", (Role.SECRETARY,))
        above = scope.within("organization__", (Role.REVIEWER, Role.ADMINISTRATOR))
        return self.filter(own | (above & ~Q(state=PlanState.DRAFT)))

    def waiting(self) -> Self:
        return self.filter(state=PlanState.SUBMITTED)

    def reviewable_by(self, user: User) -> Self:
        """Waiting plans that lie on this user's desk and are the user's to decide."""
        from reviews.models.stay import waits_for  # the stays are built on the plans

        return self.waiting().filter(waits_for(user, paper="plan", writer="author"))


class Plan(models.Model):
    """What a branch intends to hold in a period. Approving it puts its items on the calendar."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="plans", verbose_name=_("branch")
    )
    period = models.CharField(_("period"), max_length=10, choices=Period)
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("to"))
    state = models.CharField(_("state"), max_length=12, choices=PlanState, default=PlanState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    # How often it was handed in: the round the reviewer reads.
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    # 1 is the plan as it was first approved; every amendment begins the next one.
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-period_start", "organization__path"]
        constraints = [
            models.CheckConstraint(name="plan_state_known", condition=Q(state__in=PlanState.values)),
            models.CheckConstraint(name="plan_period_known", condition=Q(period__in=Period.values)),
            models.CheckConstraint(
                name="plan_period_in_order", condition=Q(period_end__gte=F("period_start"))
            ),
            models.CheckConstraint(
                name="plan_submitted_has_time",
                condition=Q(state=PlanState.DRAFT) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(name="plan_edition_counts_from_one", condition=Q(edition__gte=1)),
            models.CheckConstraint(
                name="plan_amended_has_edition",
                condition=~Q(state=PlanState.AMENDED) | Q(edition__gte=2),
            ),
            models.CheckConstraint(
                name="plan_draft_is_first_edition", condition=~Q(state=PlanState.DRAFT) | Q(edition=1)
            ),
            models.UniqueConstraint(
                name="plan_once_per_period",
                fields=["organization", "period", "period_start"],
                violation_error_message=_("The branch already has a plan for this period."),
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="plan_waiting")]

    def __str__(self) -> str:
        return f"{self.organization} · {self.span.code}"

    @property
    def span(self) -> Span:
        return Span(self.period_start, self.period_end, Period(self.period))

    @property
    def is_editable(self) -> bool:
        """A draft, a returned plan or an approved one that is being amended; handed in, it is the
        reviewer's."""
        return self.state in PLAN_OPEN

    @property
    def is_amendment(self) -> bool:
        return self.edition > 1


class PlanItem(models.Model):
    """One intended event of a plan; becomes a scheduled meeting when the plan is approved."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    day = models.DateField(_("day"))
    starts = models.TimeField(_("begins"), null=True, blank=True)
    group = models.ForeignKey(
        PartyGroup, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Party group")
    )
    theme = models.CharField(_("theme"), max_length=200)
    problem = models.CharField(_("problem to solve"), max_length=200, blank=True)
    category = models.CharField(_("content category"), max_length=20, choices=ContentCategory, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    participants = models.CharField(_("participants"), max_length=200, blank=True)
    lecturer = models.CharField(_("lecturer"), max_length=60, blank=True)
    budget = models.PositiveIntegerField(
        _("budget (yuan)"), null=True, blank=True, validators=[MaxValueValidator(9_999_999)]
    )
    # The habit the day comes from, such as each month's tenth; see ``meetings.fixed_days``.
    fixed = models.CharField(_("fixed day"), max_length=5, blank=True)
    meeting = models.OneToOneField(
        Meeting, models.PROTECT, null=True, blank=True, editable=False, related_name="plan_item"
    )

    class Meta:
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")
        ordering = ["day", "position", "id"]
        constraints = [
            models.CheckConstraint(name="plan_item_theme_present", condition=~Q(theme="")),
            models.CheckConstraint(
                name="plan_item_category_known", condition=Q(category__in=[*ContentCategory.values, ""])
            ),
            models.CheckConstraint(
                name="plan_item_fixed_day_known", condition=Q(fixed__in=[*FIXED_DAYS, ""])
            ),
        ]

    def __str__(self) -> str:
        return self.theme

    @property
    def is_settled(self) -> bool:
        """Held, cancelled or being recorded: no amendment changes it any more."""
        return self.meeting is not None and self.meeting.state != MeetingState.SCHEDULED

    @property
    def kinds(self) -> list[str]:
        return [part.kind for part in self.parts.all()]

    @property
    def kinds_label(self) -> str:
        return enumerated(MeetingKind(kind).label for kind in self.kinds)


class PlanItemPart(models.Model):
    """One kind of meeting that an item of the plan is meant to be."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="parts")
    kind = models.CharField(_("kind of meeting"), max_length=30, choices=MeetingKind)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="plan_item_part_once", fields=["item", "kind"]),
            models.CheckConstraint(
                name="plan_item_part_kind_known", condition=Q(kind__in=MeetingKind.values)
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
