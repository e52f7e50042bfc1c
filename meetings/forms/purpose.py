"""Why somebody takes data away: asked at every export that leaves the rows one may see on a page."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.forms.fields import LineField


class PurposeForm(forms.Form):
    purpose = LineField(
        label=pgettext_lazy("export", "Purpose"), min_length=4, max_length=200,
        help_text=_("It is written into the trail together with your name."),
    )  # fmt: skip
