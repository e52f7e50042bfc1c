"""What plans, reviews and inspections add to the names of the audit trail's actions."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.action_names import declare_actions, declare_parts
from reviews.enums import Action
from reviews.workflow import INSPECTION, PLAN, RECORD, RECTIFICATION, VISIT


def declare() -> None:
    """Steps of the tables are called what their buttons are called."""
    declare_actions(
        "plan",
        _("Plan"),
        {"create": pgettext_lazy("trail", "begun"), "save": pgettext_lazy("trail", "saved")} | steps(PLAN),
    )
    declare_actions(
        "meeting",
        _("Meeting"),
        {
            "evaluate": pgettext_lazy("trail", "judged"),
            "sit_in": pgettext_lazy("trail", "note of somebody who sat in"),
        }
        | steps(RECORD),
    )
    declare_actions(
        "rectification",
        _("Item to put right"),
        {
            "create": pgettext_lazy("trail", "raised"),
            "arrange": pgettext_lazy("trail", "arranged"),
            "note": pgettext_lazy("trail", "progress noted"),
            "notice": pgettext_lazy("trail", "notice issued"),
        }
        | steps(RECTIFICATION),
    )
    _declare_visits()
    _declare_contacts()
    declare_parts(
        {
            "items": pgettext_lazy("trail", "number of lines"),
            "heard": pgettext_lazy("trail", "what was heard"),
            "concern": pgettext_lazy("trail", "concern"),
            "solved_on": pgettext_lazy("trail", "solved on"),
            "branches": pgettext_lazy("trail", "branches drawn"),
            "barred": pgettext_lazy("trail", "branches left out of the draw"),
            "frame": pgettext_lazy("trail", "digest of the list drawn from"),
            "seed": pgettext_lazy("trail", "seed"),
            "commitment": pgettext_lazy("trail", "digest of the seed"),
            "inspectors": pgettext_lazy("trail", "inspectors"),
            "source": pgettext_lazy("trail", "source"),
            "due_on": pgettext_lazy("trail", "to be done by"),
            "title": pgettext_lazy("trail", "title"),
        }
    )


def _declare_visits() -> None:
    declare_actions(
        "inspection",
        _("Inspection"),
        {
            "create": pgettext_lazy("trail", "opened"),
            "drawn": pgettext_lazy("trail", "branches drawn"),
        }
        | steps(INSPECTION),
    )
    declare_actions(
        "visit",
        pgettext_lazy("inspection", "Visit"),
        {
            "assign": pgettext_lazy("trail", "inspectors named"),
            "answers": pgettext_lazy("trail", "checklist filled in"),
        }
        | steps(VISIT),
    )


def _declare_contacts() -> None:
    declare_actions(
        "contact",
        _("Contact point"),
        {
            "create": pgettext_lazy("trail", "named"),
            "end": pgettext_lazy("trail", "ended"),
            "visit": pgettext_lazy("trail", "visited"),
            "hear": pgettext_lazy("trail", "problem heard"),
            "solve": pgettext_lazy("trail", "problem solved"),
        },
    )
    declare_actions(
        "case",
        _("Example"),
        {
            "mark": pgettext_lazy("trail", "marked"),
            "withdraw": pgettext_lazy("trail", "withdrawn"),
        },
    )


def steps(table: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {action: Action(action).label for _state, action in table}
