from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from branchlife.sealing import SealedField
from meetings.enums import Role
from meetings.models import Organization
from meetings.scope import scope_of
from reviews.draw import Entry
from reviews.enums import (
    AHEAD,
    UNDRAWN,
    VISITED,
    Cause,
    InspectionKind,
    InspectionState,
    Recency,
    VisitAnswerValue,
    VisitSection,
    VisitState,
)
from reviews.inspection_rules import OVERSEERS
from reviews.models.rectification import Rectification

if TYPE_CHECKING:
    from reviews.models.rectification import RectificationQuerySet

MOST_VISITS = 12
MOST_DRAWN = 500


class InspectionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the organizations a user oversees, and those in whose frame a branch one answers for
        stands: that, and the sums published before, everybody concerned may see."""
        scope = scope_of(user)
        concerned = FrameEntry.objects.filter(scope.within("organization__")).values("inspection")
        return self.filter(scope.within("organization__", OVERSEERS) | Q(pk__in=concerned))


class Inspection(models.Model):
    """One round of inspections (明察 announced, 暗访 unannounced) of the branches below an organization.

    The seed of the draw is made when the round is opened and lies sealed; ``commitment`` and
    ``frame_digest`` are published at once (``reviews.draw``). ``cap`` is the most visits a branch may have
    in the year of the round.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="inspections", verbose_name=_("inspected by")
    )
    purpose = models.CharField(_("purpose"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=InspectionKind)
    number = models.PositiveSmallIntegerField(_("branches to draw"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    cap = models.PositiveSmallIntegerField(_("most visits of a branch in a year"))
    state = models.CharField(_("state"), max_length=12, choices=InspectionState, default=InspectionState.OPEN)
    version = models.PositiveIntegerField(default=1)
    seed = SealedField(_("seed"), max_length=64, editable=False)
    commitment = models.CharField(_("SHA-256 of the seed"), max_length=64, editable=False)
    frame_digest = models.CharField(_("SHA-256 of the frame"), max_length=64, editable=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    drawn_at = models.DateTimeField(_("drawn"), null=True, editable=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="inspection_state_known", condition=Q(state__in=InspectionState.values)
            ),
            models.CheckConstraint(name="inspection_kind_known", condition=Q(kind__in=InspectionKind.values)),
            models.CheckConstraint(name="inspection_purpose_present", condition=~Q(purpose="")),
            models.CheckConstraint(
                name="inspection_period_in_order",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                name="inspection_number_sensible", condition=Q(number__range=(1, MOST_DRAWN))
            ),
            models.CheckConstraint(name="inspection_cap_sensible", condition=Q(cap__range=(1, MOST_VISITS))),
            models.CheckConstraint(
                name="inspection_drawn_by_somebody",
                condition=Q(state__in=UNDRAWN, drawn_by__isnull=True, drawn_at__isnull=True)
                | (~Q(state__in=UNDRAWN) & Q(drawn_by__isnull=False, drawn_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="inspection_one_undrawn",
                fields=["organization"],
                condition=Q(state=InspectionState.OPEN),
                violation_error_message=_(
                    "Another inspection has not been drawn yet; draw it or call it off."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.purpose

    @property
    def is_drawn(self) -> bool:
        return self.state not in UNDRAWN

    @property
    def hides_draw(self) -> bool:
        return self.kind == InspectionKind.UNANNOUNCED

    def has_visits_ahead(self) -> bool:
        return self.visits.filter(state__in=AHEAD).exists()


class FrameEntry(models.Model):
    """One branch as it stood when the round was opened; what the draw is made from. Never edited.

    ``barred``: it had as many visits in the year as the round allows and could not be drawn.
    """

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="frame")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    recency = models.CharField(_("last visit"), max_length=10, choices=Recency)
    last_visit_on = models.DateField(_("last visited"), null=True)
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    visits_in_year = models.PositiveSmallIntegerField(_("visits in the year"))
    barred = models.BooleanField(_("not drawable"), default=False)

    class Meta:
        verbose_name = _("branch in the frame")
        verbose_name_plural = _("branches in the frame")
        ordering = ["organization__path"]
        constraints = [
            models.UniqueConstraint(name="frame_entry_once", fields=["inspection", "organization"]),
            models.CheckConstraint(name="frame_recency_known", condition=Q(recency__in=Recency.values)),
            models.CheckConstraint(
                name="frame_never_visited_has_no_day",
                condition=Q(recency=Recency.NEVER, last_visit_on__isnull=True)
                | (~Q(recency=Recency.NEVER) & Q(last_visit_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """What stands for the branch in the draw: it stays when the branch is renamed or moved."""
        return str(self.organization_id)

    @property
    def entry(self) -> Entry:
        return Entry(self.key, self.recency, self.grade)


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those a user oversees or is named for; and those of the branches one answers for, the unannounced
        ones only when they have happened. Whoever leads a branch is treated as the branch."""
        scope = scope_of(user)
        led = scope.within("organization__", (Role.SECRETARY,))
        overseen = scope.within("inspection__organization__", OVERSEERS) & ~led
        own = scope.within("organization__") & (Q(state__in=VISITED) | Q(announced=True))
        named = Q(pk__in=Visit.inspectors.through.objects.filter(user=user.pk).values("visit"))
        return self.filter(overseen | own | named)

    def ahead(self) -> Self:
        """Nobody has said yet what was found."""
        return self.filter(state__in=AHEAD)

    def to_recheck(self) -> Self:
        """Something was found; a re-check is to see whether it is put right."""
        return self.filter(state=VisitState.MENDING)


class Visit(models.Model):
    """One branch that was drawn, from the draw to the re-check (回头看) that closes it.

    ``checked_at`` is when the inspectors handed over what they found; ``recheck_on`` the day by which
    somebody comes back.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="visits")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="visits", verbose_name=_("branch")
    )
    # Repeated from the inspection, so that who may see a visit needs no join.
    announced = models.BooleanField(_("announced"))
    inspectors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="visits_to_make", verbose_name=_("inspectors")
    )
    day = models.DateField(_("day"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=VisitState, default=VisitState.PLANNED)
    version = models.PositiveIntegerField(default=1)
    summary = models.CharField(_("impression as a whole"), max_length=500, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    checked_at = models.DateTimeField(_("visited"), null=True, editable=False)
    recheck_on = models.DateField(_("re-check by"), null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["organization__path", "id"]
        constraints = [
            models.UniqueConstraint(name="visit_once_an_inspection", fields=["inspection", "organization"]),
            models.CheckConstraint(name="visit_state_known", condition=Q(state__in=VisitState.values)),
            models.CheckConstraint(
                name="visit_checked_by_somebody",
                condition=Q(state__in=VISITED, checked_by__isnull=False, checked_at__isnull=False)
                | (~Q(state__in=VISITED) & Q(checked_by__isnull=True, checked_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="visit_found_has_recheck",
                condition=~Q(state=VisitState.MENDING) | Q(recheck_on__isnull=False),
                violation_error_message=_("Where something was found, somebody comes back to see."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state"], name="visit_branch"),
            models.Index(fields=["recheck_on"], name="visit_to_recheck", condition=Q(state="mending")),
        ]

    def __str__(self) -> str:
        return f"{self.organization.name} · {self.inspection.purpose}"

    @property
    def has_happened(self) -> bool:
        return self.state in VISITED

    def items(self) -> "RectificationQuerySet":
        """What was found, as items to put right."""
        found: RectificationQuerySet = Rectification.objects.filter(visit_answer__visit=self)
        return found


class VisitAnswer(models.Model):
    """One question of a visit's checklist and what the inspectors say to it.

    ``facts`` are what the rule book and the ledger said when the visit began, as codes and numbers, so that
    everybody reads the question in the own language and a later rule does not rewrite it.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="answers")
    section = models.CharField(_("section"), max_length=12, choices=VisitSection)
    code = models.CharField(_("question"), max_length=60)
    position = models.PositiveSmallIntegerField()
    facts = models.JSONField(default=dict)
    answer = models.CharField(_("answer"), max_length=4, choices=VisitAnswerValue, blank=True)
    note = models.CharField(_("what is wrong"), max_length=300, blank=True)
    cause = models.CharField(_("cause"), max_length=12, choices=Cause, blank=True)
    item = models.OneToOneField(
        Rectification, models.PROTECT, null=True, editable=False, related_name="visit_answer"
    )

    class Meta:
        verbose_name = _("answer of a visit")
        verbose_name_plural = _("answers of a visit")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="visit_question_once", fields=["visit", "section", "code"]),
            models.CheckConstraint(name="visit_section_known", condition=Q(section__in=VisitSection.values)),
            models.CheckConstraint(
                name="visit_answer_known", condition=Q(answer__in=[*VisitAnswerValue.values, ""])
            ),
            models.CheckConstraint(name="visit_cause_known", condition=Q(cause__in=[*Cause.values, ""])),
            models.CheckConstraint(
                name="visit_no_is_explained",
                condition=~Q(answer=VisitAnswerValue.NO) | (~Q(note="") & ~Q(cause="")),
                violation_error_message=_("Say what is wrong."),
            ),
            models.CheckConstraint(
                name="visit_item_of_a_no", condition=Q(item__isnull=True) | Q(answer=VisitAnswerValue.NO)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section}.{self.code}"

    @property
    def is_fault(self) -> bool:
        return self.answer == VisitAnswerValue.NO
