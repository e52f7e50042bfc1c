"""Where a local rule asks for less than the rule above it. Such a rule needs an explanation."""

from django.utils.translation import gettext as _

from meetings.enums import Anchor, Condition, DeadlineUnit, Period
from meetings.models import Deadline, Requirement, RuleVersion, VoteRule
from meetings.periods import MONTHS
from meetings.votes import Share


def loosened(local: RuleVersion, above: RuleVersion | None) -> list[str]:
    """Each way in which ``local`` asks for less than ``above``, as a sentence; empty when at least as strict.

    Anything is strict enough where nothing is asked for above.
    """
    if above is None or not above.is_active:
        return []
    if not local.is_active:
        return [_("It lifts a rule that is in use above.")]
    if isinstance(local, Requirement) and isinstance(above, Requirement):
        return _looser_requirement(local, above)
    if isinstance(local, VoteRule) and isinstance(above, VoteRule):
        return _looser_vote(local, above)
    if isinstance(local, Deadline) and isinstance(above, Deadline):
        return _looser_deadline(local, above)
    return []  # other rules say how something is done, not how much of it


def _looser_vote(local: VoteRule, above: VoteRule) -> list[str]:
    here, there = local.rule, above.rule
    found = []
    if not at_least(here.quorum, there.quorum):
        found.append(_("Fewer voters have to be there."))
    if not at_least(here.majority, there.majority) or (here.of_present and not there.of_present):
        found.append(_("Fewer votes in favour are needed."))
    if here.takes_written and not there.takes_written:
        found.append(_("Written opinions count."))
    if set(local.reasons_left_out) - set(above.reasons_left_out):
        found.append(_("More members may be left out of the count."))
    return found


def at_least(here: Share, above: Share) -> bool:
    """Whether the one share asks for as much as the other, in whole numbers."""
    one, other = here.numerator * above.denominator, above.numerator * here.denominator
    return one > other or (one == other and (here.strict or not above.strict))


def _looser_requirement(local: Requirement, above: Requirement) -> list[str]:
    months, months_above = MONTHS[Period(local.period)], MONTHS[Period(above.period)]
    found = []
    if months > months_above:
        found.append(_("The period is longer: %(here)s, above %(above)s.") % _frequencies(local, above))
    elif local.minimum * months_above < above.minimum * months:  # counted over the same time, in integers
        found.append(_("It is held less often: %(here)s, above %(above)s.") % _frequencies(local, above))
    if local.grace_days > above.grace_days:
        days = {"here": local.grace_days, "above": above.grace_days}
        found.append(_("The grace is longer: %(here)s days, above %(above)s.") % days)
    if local.shares_event and not above.shares_event:
        found.append(_("An event of several kinds counts here; above it must be an event of its own."))
    if local.condition not in (above.condition, Condition.NONE):
        found.append(
            _("It is owed only under a condition: %(here)s.") % {"here": local.get_condition_display()}
        )
    if local.bearer != above.bearer:
        who = {"here": local.get_bearer_display(), "above": above.get_bearer_display()}
        found.append(_("Others owe it: %(here)s, above %(above)s.") % who)
    return found


def _frequencies(local: Requirement, above: Requirement) -> dict[str, str]:
    return {"here": local.frequency, "above": above.frequency}


def _looser_deadline(local: Deadline, above: Deadline) -> list[str]:
    if _as_strict(local, above):
        return []
    limits = {"here": local.sentence, "above": above.sentence}
    return [_("The limit is wider: %(here)s, above %(above)s.") % limits]


def _as_strict(local: Deadline, above: Deadline) -> bool:
    """Working days reach at least as far as the same number of days; other units do not compare."""
    if DeadlineUnit.DAY_OF_MONTH in (local.unit, above.unit):
        same = local.unit == above.unit
        return same and (local.month or 0, local.amount) <= (above.month or 0, above.amount)
    if local.anchor == Anchor.BEFORE_MEETING:  # earlier is stricter here
        comparable = local.unit == above.unit or local.unit == DeadlineUnit.WORKING_DAYS
        return comparable and local.amount >= above.amount
    comparable = local.unit == above.unit or local.unit == DeadlineUnit.DAYS
    return comparable and local.amount <= above.amount
