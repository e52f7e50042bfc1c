"""Looking for events of the audit trail, and why somebody takes them away."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branchlife.action_names import READ, named_actions
from branchlife.models import AuditEvent, User
from meetings.forms.fields import DayField, LineField
from meetings.models import Organization
from meetings.services.audit_reading import watched

# Whatever was opened, in every area.
READINGS = f".{READ}"


def action_choices() -> list[tuple[Any, Any]]:
    """Everything, what was only read, and each area with its steps; ``plan.`` stands for the whole area."""
    grouped = [
        (name, [(f"{area}.", _("%(area)s: everything") % {"area": name}), *steps])
        for area, name, steps in named_actions()
    ]
    return [("", "---------"), (READINGS, _("Sensitive records opened")), *grouped]


def _lookup(action: str) -> str:
    if action == READINGS:
        return "action__endswith"
    return "action__startswith" if action.endswith(".") else "action"


class AuditFilter(forms.Form):
    actor = LineField(label=_("Who"), max_length=60, required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    place = forms.ModelChoiceField(Organization.objects.none(), label=_("Organization"), required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter_%s", **kwargs)
        self.fields["place"].queryset = watched(user)  # type: ignore[attr-defined]
        self.fields["action"].choices = action_choices()  # type: ignore[attr-defined]

    def narrow(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """A value that cannot be read narrows nothing; the field says what is wrong."""
        facts = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        wanted = {
            "actor_label__contains": facts.get("actor"),
            _lookup(facts.get("action", "")): facts.get("action"),
            "chain": facts["place"].chain if facts.get("place") else None,
            "at__date__gte": facts.get("first"),
            "at__date__lte": facts.get("last"),
        }
        return events.filter(**{name: value for name, value in wanted.items() if value})
