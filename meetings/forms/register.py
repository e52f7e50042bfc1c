"""Taking the register of a year away."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.forms.fields import LineField

YEARS_BACK = 5


class RegisterForm(forms.Form):
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    purpose = LineField(
        label=pgettext_lazy("export", "Purpose"),
        max_length=200,
        help_text=_("Such as the yearly inspection. It is kept with your name."),
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"year": today.year})
        years = range(today.year, today.year - YEARS_BACK - 1, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
