"""Choosing a workbook to import."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.services.imports import ImportKind
from meetings.workbooks.archive import judge_workbook
from meetings.workbooks.numerals import parse_count
from meetings.workbooks.problems import BadValue, WorkbookRefused

MIB = 1024 * 1024
EARLIEST_YEAR = 1950


class YearField(forms.IntegerField):
    """A year in digits of any width."""

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return parse_count(value)
        except BadValue as problem:
            raise ValidationError(str(problem)) from None


class ImportForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"), choices=ImportKind.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=gettext_lazy("Workbook"),
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        help_text=gettext_lazy(
            "An .xlsx file. The header row is found by itself; columns may stand in any order."
        ),
    )
    year = YearField(
        label=gettext_lazy("Year of the ledger"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("Only for a ledger: days outside this year are errors."),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // MIB
            raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": limit})
        try:
            judge_workbook(file)  # type: ignore[arg-type]  # reads and seeks like any file
        except WorkbookRefused as refused:
            raise ValidationError(str(refused)) from None
        return file

    def clean_year(self) -> int | None:
        year = self.cleaned_data["year"]
        if year is not None and not EARLIEST_YEAR <= year <= timezone.localdate().year:
            raise ValidationError(_("%(year)s is not a year with meetings held.") % {"year": year})
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == ImportKind.LEDGER:
            if not cleaned.get("year") and "year" not in self.errors:
                self.add_error("year", _("A ledger belongs to a year; please give it."))
        else:
            cleaned["year"] = None
        return cleaned
