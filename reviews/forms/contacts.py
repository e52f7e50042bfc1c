"""Contact points: naming one, writing down a visit, what was heard and promised, how it was solved."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from meetings.forms.fields import DayField, LineField, ParagraphField
from meetings.forms.roster import ChangeForm
from meetings.models import Member, Organization
from reviews.services.contacts import Heard


class ContactForm(ChangeForm):
    cadre = forms.ModelChoiceField(Member.objects.none(), label=gettext_lazy("Leading cadre"))
    organization = forms.ModelChoiceField(Organization.objects.none(), label=gettext_lazy("Branch"))
    start_on = DayField(label=pgettext_lazy("contact point", "From"))

    def __init__(self, data: Any, *, cadres: Any, branches: Any, today: date) -> None:
        super().__init__(data, initial={"start_on": today})
        self.fields["cadre"].queryset = cadres  # type: ignore[attr-defined]
        self.fields["organization"].queryset = branches  # type: ignore[attr-defined]


class EndForm(ChangeForm):
    end_on = DayField(label=gettext_lazy("Last day"))


class HeardForm(ChangeForm):
    """A problem; a promise and its day go together."""

    problem = LineField(label=gettext_lazy("Problem heard"), max_length=300)
    promise = LineField(label=gettext_lazy("Promise"), max_length=300, required=False)
    due_on = DayField(label=gettext_lazy("To be done by"), required=False)

    def clean(self) -> None:
        data = self.cleaned_data
        if bool(data.get("promise")) != bool(data.get("due_on")) and "due_on" not in self.errors:
            self.add_error("due_on", ValidationError(_("A promise says until when.")))

    def heard(self) -> Heard | None:
        names = ("problem", "promise", "due_on")
        return (
            Heard(**{name: self.cleaned_data[name] for name in names})
            if self.cleaned_data["problem"]
            else None
        )


class VisitForm(HeardForm):
    """What was done, and the first problem that was heard, if any."""

    day = DayField(label=gettext_lazy("Day"))
    done = ParagraphField(
        label=gettext_lazy("What was done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("day", "done", "problem", "promise", "due_on")

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"day": today})
        self.fields["problem"].required = False

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("promise") and not self.cleaned_data.get("problem"):
            self.add_error("problem", _("Say which problem the promise is about."))


class SolveForm(ChangeForm):
    solved_on = DayField(label=gettext_lazy("Solved on"))
    outcome = LineField(label=gettext_lazy("How it was solved"), max_length=300)
