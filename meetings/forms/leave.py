"""Asking leave, and answering."""

from django import forms
from django.utils.translation import gettext_lazy

from meetings.forms.fields import LineField


class LeaveForm(forms.Form):
    reason = LineField(
        label=gettext_lazy("Reason"),
        max_length=100,
        widget=forms.TextInput(attrs={"list": "usual-reasons", "autocomplete": "off"}),
    )


class AnswerForm(forms.Form):
    """``grant`` comes with the button pressed; a refusal needs a sentence, which the service sees to."""

    grant = forms.ChoiceField(choices=[("1", ""), ("0", "")], widget=forms.HiddenInput)
    answer = LineField(label=gettext_lazy("Answer"), max_length=200, required=False)

    def clean_grant(self) -> bool:
        return self.cleaned_data["grant"] == "1"
