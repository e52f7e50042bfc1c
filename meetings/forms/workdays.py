"""Entering what the State Council announced about a year's days off."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.fields import DayField, LineField
from meetings.models import CalendarYear
from meetings.models.workday import FIRST_YEAR, LAST_YEAR


class SpanForm(forms.Form):
    """Several days at once: 1 to 7 October off, National Day."""

    first = DayField(label=gettext_lazy("From"))
    last = DayField(label=gettext_lazy("To"))
    is_working = forms.ChoiceField(
        label=gettext_lazy("These days are"),
        choices=[("off", gettext_lazy("Days off")), ("working", gettext_lazy("Working days"))],
    )
    name = LineField(label=gettext_lazy("Occasion"), max_length=40, required=False)

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("first", "last"):
            if (day := cleaned.get(name)) and day.year != self.year:
                self.add_error(name, _("This day does not lie in %(year)s.") % {"year": self.year})
        return cleaned


class YearForm(forms.ModelForm):
    """Where a year was announced, and whether everything is entered."""

    source = LineField(label=gettext_lazy("Announced in"), max_length=200, required=False)

    class Meta:
        model = CalendarYear
        fields = ("source", "is_complete")


class NewYearForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)


def chosen_day(text: str, year: int) -> Any:
    """The day of a button on the year's page. Raises ValidationError."""
    day = DayField().clean(text)
    if day.year != year:
        raise ValidationError(_("This day does not lie in %(year)s.") % {"year": year})
    return day
