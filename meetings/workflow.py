"""The steps of a request to leave a member out of the count: from where, to where, by whom.

Imports no model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.enums import ExclusionState
from meetings.rules import decides_exclusion, ends_exclusion, requests_exclusion_of

Predicate = Callable[[Any, Any], bool]


class ExclusionAction(TextChoices):
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", pgettext_lazy("request", "Refuse")
    WITHDRAW = "withdraw", pgettext_lazy("request", "Withdraw")
    END = "end", pgettext_lazy("exclusion", "End it")


@dataclass(frozen=True)
class ExclusionStep:
    to_state: ExclusionState
    allowed: Predicate
    needs_opinion: bool = False


# Adoption is not among them: a vote of the meeting does that.
EXCLUSION: Mapping[tuple[str, str], ExclusionStep] = {
    (ExclusionState.REQUESTED, ExclusionAction.APPROVE): ExclusionStep(
        ExclusionState.APPROVED, decides_exclusion
    ),
    (ExclusionState.REQUESTED, ExclusionAction.REFUSE): ExclusionStep(
        ExclusionState.REFUSED, decides_exclusion, needs_opinion=True
    ),
    (ExclusionState.REQUESTED, ExclusionAction.WITHDRAW): ExclusionStep(
        ExclusionState.WITHDRAWN, requests_exclusion_of
    ),
    (ExclusionState.APPROVED, ExclusionAction.WITHDRAW): ExclusionStep(
        ExclusionState.WITHDRAWN, requests_exclusion_of
    ),
    (ExclusionState.ADOPTED, ExclusionAction.END): ExclusionStep(ExclusionState.ENDED, ends_exclusion),
}


def exclusion_steps_open_to(user: Any, exclusion: Any) -> dict[str, ExclusionStep]:
    """The steps this user may take now, for drawing buttons."""
    return {
        action: step
        for (state, action), step in EXCLUSION.items()
        if state == exclusion.state and step.allowed(user, exclusion)
    }


def knows_exclusion_action(user: Any, exclusion: Any, action: str) -> bool:
    """Whether this user may ever take that step with the request, whatever its state is now."""
    return any(
        step.allowed(user, exclusion) for (_state, known), step in EXCLUSION.items() if known == action
    )
