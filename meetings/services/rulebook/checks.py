"""What a new version of a rule must keep beside what the database sees to. Each refusal is a sentence."""

from collections.abc import Iterable
from datetime import date
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from branchlife.templatetags.dates import cn_date
from meetings.enums import ANCHOR, Anchor, DeadlineSubject, Period
from meetings.models import Deadline, Requirement, RuleVersion
from meetings.periods import MONTHS, next_span, span_of
from meetings.services.rulebook.effective import path_of
from meetings.services.rulebook.strictness import loosened

OF_ANCHOR = {Anchor.YEAR: Period.YEAR, Anchor.QUARTER: Period.QUARTER}


def check_first_day(day: date, rules: Iterable[RuleVersion | None]) -> None:
    """A rule takes over with a whole period of its own length and of the one it takes over from: else some
    days would be under two rules, or under none. Limits that follow an event may change on any day."""
    longest = longest_period(rules)
    if longest is None or span_of(longest, day).start == day:
        return
    span = span_of(longest, day)
    facts = {"before": cn_date(span.start), "after": cn_date(next_span(span).start), "period": longest.label}
    _refuse(
        "valid_from",
        _("A change begins with the first day of a period (%(period)s): %(before)s or %(after)s.") % facts,
    )


def longest_period(rules: Iterable[RuleVersion | None]) -> Period | None:
    lengths = [period for rule in rules if rule and (period := period_of(rule))]
    return max(lengths, key=lambda period: MONTHS[period], default=None)


def period_of(rule: RuleVersion) -> Period | None:
    """The period a rule judges; None for a limit that follows an event, and for votes."""
    if isinstance(rule, Requirement):
        return Period(rule.period)
    if not isinstance(rule, Deadline):
        return None
    return OF_ANCHOR.get(ANCHOR[DeadlineSubject(rule.code)])


def check_open_year(day: date, today: date) -> None:
    """What earlier years owed was told to people and reported upward; it stays as it was."""
    if day.year < today.year:
        earliest = {"day": cn_date(date(today.year, 1, 1))}
        sentence = _("A rule can change from %(day)s on at the earliest: earlier years are closed.")
        _refuse("valid_from", sentence % earliest)


def check_after(day: date, newest: RuleVersion) -> None:
    if day <= newest.valid_from:
        sentence = _("The version before begins on %(day)s: this one must begin later.")
        _refuse("valid_from", sentence % {"day": cn_date(newest.valid_from)})


def check_same_kind(rule: RuleVersion, others: Iterable[RuleVersion | None]) -> None:
    """A code stands for one kind of meeting, in all versions and places."""
    for other in others:
        if isinstance(rule, Requirement) and isinstance(other, Requirement) and rule.kind != other.kind:
            facts = {"code": rule.code, "kind": other.get_kind_display()}
            _refuse("kind", _("The rule “%(code)s” is about another kind: %(kind)s.") % facts)


def check_kind_free(rule: RuleVersion) -> None:
    """The ledger has one line for a bearer, kind and period, so a place has one rule for them."""
    if not isinstance(rule, Requirement) or not rule.is_active:
        return
    alike = Requirement.objects.active().filter(kind=rule.kind, bearer=rule.bearer).exclude(code=rule.code)
    alike = alike.in_force_during(rule.valid_from, rule.valid_to or date.max).select_related("owner")
    if any(in_line(rule, each) for each in alike):
        _refuse("kind", _("There is a rule for this kind and bearer already: change it, or override it."))


def check_new_kind(rule: Requirement) -> None:
    """Somebody who writes a new rule does not mean another version of one that is there."""
    alike = Requirement.objects.filter(kind=rule.kind, bearer=rule.bearer).select_related("owner")
    if any(in_line(rule, each) for each in alike.in_force_during(rule.valid_from, date.max)):
        _refuse("kind", _("There is a rule for this kind and bearer already: change it, or override it."))


def in_line(rule: RuleVersion, other: RuleVersion) -> bool:
    """Whether one of the two reaches the place of the other."""
    here, there = path_of(rule), path_of(other)
    return here.startswith(there) or there.startswith(here)


def check_explained(rule: RuleVersion, above: RuleVersion | None) -> None:
    """A local rule is at least as strict as the one above it, or says why not."""
    looser = loosened(rule, above)
    if looser and not rule.note.strip():
        _refuse("note", *looser, _("A rule less strict than the one above it needs an explanation."))


def _refuse(field: str, *sentences: str) -> NoReturn:
    raise ValidationError({field: list(sentences)})
