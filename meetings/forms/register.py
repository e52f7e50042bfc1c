"""Taking the register of a year away."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.forms.purpose import PurposeForm

YEARS_BACK = 5


class RegisterForm(PurposeForm):
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    field_order = ("year", "purpose")

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"year": today.year})
        years = range(today.year, today.year - YEARS_BACK - 1, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
