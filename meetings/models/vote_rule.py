from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from meetings.enums import ExclusionReason, ResolutionKind, Surplus
from meetings.models.rule import RuleVersion
from meetings.votes import Rule, Share

# What is about one person may be answered beforehand in writing.
WRITTEN_COUNTS = (ResolutionKind.ADMISSION, ResolutionKind.TURNING_FULL)


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
                condition=Q(takes_written=False) | Q(code__in=WRITTEN_COUNTS),
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

    @property
    def sentence(self) -> str:
        """Such as 到会至少 1/2, 赞成超过应到会的 1/2."""
        facts = {"quorum": share_words(self.rule.quorum), "majority": share_words(self.rule.majority)}
        if self.majority_of_present:
            return gettext("there: %(quorum)s; in favour: %(majority)s of those present") % facts
        return gettext("there: %(quorum)s; in favour: %(majority)s of those expected") % facts

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """What it says, point by point."""
        whole = gettext("of those present") if self.majority_of_present else gettext("of those expected")
        left_out = [str(ExclusionReason(reason).label) for reason in self.reasons_left_out]
        written = gettext("count as votes") if self.takes_written else gettext("do not count")
        facts = [
            (gettext("Voters who must be there"), share_words(self.rule.quorum)),
            (gettext("Votes in favour"), f"{share_words(self.rule.majority)} {whole}"),
            (gettext("Written opinions of absent voters"), written),
            (
                gettext("May be left out of the count"),
                pgettext("reasons", "; ").join(left_out) or pgettext("reasons", "nobody"),
            ),
        ]
        if self.code == ResolutionKind.ELECTION:
            facts.append((gettext("Too few candidates"), self.get_surplus_display()))
        return facts


def share_words(share: Share) -> str:
    """Such as 至少 4/5, or 超过 1/2."""
    facts = {"part": share.numerator, "whole": share.denominator}
    words = (
        gettext("more than %(part)s/%(whole)s") if share.strict else gettext("at least %(part)s/%(whole)s")
    )
    return words % facts
