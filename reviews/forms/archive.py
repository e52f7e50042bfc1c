"""Corrections of a closed record, and the digest printed on minutes."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.services.archive import LONGEST

SHORTEST = 16  # hexadecimal digits: nobody finds one by trying


class AddendumForm(forms.Form):
    text = forms.CharField(
        label=_("Correction"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "What stands in the record, and what is right. The record itself stays as it was accepted."
        ),
    )


class DigestForm(forms.Form):
    """Typed from paper: blanks and capitals do not matter, the first sixteen digits are enough."""

    digest = forms.CharField(
        label=_("Digest"),
        max_length=120,
        help_text=_("It is printed at the foot of the minutes; the first 16 characters are enough."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_digest(self) -> str:
        digest = re.sub(r"\s|-", "", self.cleaned_data["digest"]).lower()
        if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST},64}}", digest):
            raise ValidationError(_("A digest has 16 to 64 characters of 0–9 and a–f."))
        return digest


def grouped(digest: str) -> list[str]:
    """Four digits at a time, as they are printed."""
    return [digest[at : at + 4] for at in range(0, len(digest), 4)]
