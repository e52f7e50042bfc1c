"""Lending the own reviewer's seat for an absence."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.forms.fields import DayField, LineField
from meetings.forms.roster import TO, ChangeForm
from meetings.models import Appointment
from meetings.services.delegations import possible_deputies


class DelegationForm(ChangeForm):
    appointment = forms.ModelChoiceField(Appointment.objects.none(), label=_("My role"), empty_label=None)
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("Stands in"))
    start_on = DayField(label=_("From"))
    end_on = DayField(label=TO)
    reason = LineField(label=_("Reason"), max_length=100, required=False)

    def __init__(self, data: Any, *, seats: QuerySet[Appointment], today: date) -> None:
        super().__init__(data, initial={"start_on": today})
        self.fields["appointment"].queryset = seats  # type: ignore[attr-defined]
        people = User.objects.none()
        for seat in seats:
            people |= possible_deputies(seat, today)
        self.fields["deputy"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
