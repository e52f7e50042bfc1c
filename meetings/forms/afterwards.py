"""What is noted beside the record: catching up, and guests."""

from django import forms
from django.utils.translation import gettext_lazy

from branchlife.forms import UnchangedMixin
from meetings.forms.fields import DayField, LineField, ParagraphField


class CatchUpForm(UnchangedMixin, forms.Form):
    caught_up_on = DayField(
        label=gettext_lazy("Caught up on"),
        required=False,
        help_text=gettext_lazy("Leave it empty to take the note back."),
    )
    note = LineField(label=gettext_lazy("How it was caught up"), max_length=200, required=False)


class GuestsForm(UnchangedMixin, forms.Form):
    names = ParagraphField(
        label=gettext_lazy("Guests without a vote"),
        max_length=6500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One on a line, with post or organization if you like."),
    )

    def clean_names(self) -> list[str]:
        return [" ".join(line.split()) for line in self.cleaned_data["names"].splitlines()]
