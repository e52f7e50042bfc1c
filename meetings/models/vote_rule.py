from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings.enums import ExclusionReason, ResolutionKind, Surplus
from meetings.models.rule import RuleVersion
from meetings.votes import Rule, Share


class VoteRule(RuleVersion):
    """How one kind of vote is judged: one rule of the rule book, national or an organization's own.

    Shares are whole numbers; strict means more than exactly that. ``leaves_out`` lists the reasons for
    which this kind of vote leaves a member out of the expected voters.
    """

    SAYS = (
        "quorum_part", "quorum_whole", "quorum_strict", "majority_part", "majority_whole", "majority_strict",
        "majority_of_present", "takes_written", "surplus", "leaves_out", *RuleVersion.SAYS,
    )  # fmt: skip

    code = models.CharField(_("kind of vote"), max_length=60, choices=ResolutionKind)
    quorum_part = models.PositiveSmallIntegerField(_("quorum: part"))
    quorum_whole = models.PositiveSmallIntegerField(_("quorum: of"))
    quorum_strict = models.BooleanField(_("quorum: more than that"), default=False)
    majority_part = models.PositiveSmallIntegerField(_("majority: part"), default=1)
    majority_whole = models.PositiveSmallIntegerField(_("majority: of"), default=2)
    majority_strict = models.BooleanField(_("majority: more than that"), default=True)
    majority_of_present = models.BooleanField(_("majority of those present"), default=False)
    takes_written = models.BooleanField(_("written opinions count"), default=False)
    surplus = models.CharField(_("too few candidates"), max_length=10, choices=Surplus, default=Surplus.WARN)
    leaves_out = models.JSONField(_("reasons to be left out of the count"), default=list, blank=True)

    class Meta(RuleVersion.Meta):
        verbose_name = _("voting rule")
        verbose_name_plural = _("voting rules")
        constraints = [
            *RuleVersion.Meta.constraints,
            models.CheckConstraint(name="voterule_code_known", condition=Q(code__in=ResolutionKind.values)),
            models.CheckConstraint(name="voterule_surplus_known", condition=Q(surplus__in=Surplus.values)),
            models.CheckConstraint(
                name="voterule_quorum_is_a_share",
                condition=Q(quorum_part__gte=1, quorum_part__lte=F("quorum_whole")),
                violation_error_message=_("A share is between nothing and everything, such as 1 of 2."),
            ),
            models.CheckConstraint(
                name="voterule_majority_is_a_share",
                condition=Q(majority_part__gte=1, majority_part__lte=F("majority_whole")),
                violation_error_message=_("A share is between nothing and everything, such as 1 of 2."),
            ),
            models.CheckConstraint(
                name="voterule_written_for_one_person_only",
                condition=Q(takes_written=False)
                | Q(code__in=[ResolutionKind.ADMISSION, ResolutionKind.TURNING_FULL]),
                violation_error_message=_("Written opinions count at admission and turning full only."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_code_display())

    @property
    def rule(self) -> Rule:
        return Rule(
            quorum=Share(self.quorum_part, self.quorum_whole, self.quorum_strict),
            majority=Share(self.majority_part, self.majority_whole, self.majority_strict),
            of_present=self.majority_of_present,
            takes_written=self.takes_written,
        )

    @property
    def reasons_left_out(self) -> tuple[str, ...]:
        return tuple(reason for reason in self.leaves_out if reason in ExclusionReason.values)
