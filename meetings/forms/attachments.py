"""Adding a file to a record."""

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.jpg,.jpeg,.png"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"), max_length=255, allow_empty_file=True,
        help_text=_("PDF, Word, Excel, PowerPoint, JPG or PNG, up to 20 MB. Never required: the record counts."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )  # fmt: skip
