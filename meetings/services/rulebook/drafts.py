"""Unsaved versions to begin editing with."""

from copy import copy
from datetime import date
from typing import TypeVar

from meetings.models import Organization, RuleVersion
from meetings.periods import next_span, span_of
from meetings.services.rulebook.checks import longest_period
from meetings.services.rulebook.versions import NOTHING_SEEN, ONE_DAY

R = TypeVar("R", bound=RuleVersion)


def draft_of(rule: R, today: date) -> R:
    """The next version of a rule, saying the same, from the next day on which it could begin."""
    draft = copy(rule)
    draft._state = copy(rule._state)
    draft.pk, draft._state.adding = None, True
    draft.valid_from, draft.valid_to = next_first_day(rule, today), None
    return draft


def next_first_day(rule: RuleVersion, today: date) -> date:
    """The first day of the next period the rule judges; tomorrow for what follows an event."""
    period = longest_period((rule,))
    day = next_span(span_of(period, today)).start if period else today + ONE_DAY
    return max(day, rule.valid_from or day)


def newest_of(rule: RuleVersion, owner: Organization | None) -> int:
    """The id of the newest version of this code the owner has; ``NOTHING_SEEN`` without one."""
    rules = type(rule)._default_manager.filter(code=rule.code, owner=owner)
    return rules.order_by("-valid_from", "-version").values_list("pk", flat=True).first() or NOTHING_SEEN
