from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.services.waivers import LONGEST_REASON


class WaiverForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it need not be made good"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with your name and the time; reminders stop at once."),
    )
