"""Setting over which desks papers go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Role
from meetings.forms.fields import DayField, LineField
from meetings.forms.roster import ChangeForm
from meetings.models import Organization
from meetings.scope import scope_of
from reviews.enums import Paper, Route


class ChainForm(ChangeForm):
    owner = forms.ModelChoiceField(Organization.objects.none(), label=_("Set for"), empty_label=None)
    code = forms.ChoiceField(label=_("Paper"), choices=Paper.choices)
    route = forms.ChoiceField(label=_("Goes over"), choices=Route.choices)
    valid_from = DayField(label=_("In force from"))
    note = LineField(label=_("Explanation"), max_length=300, required=False)

    def __init__(self, data: Any, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        places = Organization.objects.filter(scope_of(user).within(roles=(Role.ADMINISTRATOR,)))
        self.fields["owner"].queryset = places.exclude(kind="branch")  # type: ignore[attr-defined]
