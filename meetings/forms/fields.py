"""Fields that read what people type: full-width digits, 2026年11月22日, 下午3点半, invisible marks."""

import unicodedata
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from meetings.workbooks.clock import parse_times
from meetings.workbooks.days import DAY, parse_day
from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import plain

LONGEST_DATE = 40


class DayField(forms.DateField):
    """One whole day, in any of the forms rosters and ledgers use."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        text = plain(value)
        if not text:
            return None
        try:
            day = parse_day(text[:LONGEST_DATE])
        except BadValue as error:
            raise ValidationError(str(error)) from None
        if day.precision != DAY or day.rest or len(text) > LONGEST_DATE:
            raise ValidationError(
                _("“%(value)s” is not a day; write it like 2026-11-22."),
                params={"value": text[:LONGEST_DATE]},
            )
        return day.date


class ClockField(forms.TimeField):
    """A time of day without seconds."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return value or None
        text = plain(value)
        if not text:
            return None
        try:
            begins, ends = parse_times(text[:LONGEST_DATE])
        except BadValue as error:
            raise ValidationError(str(error)) from None
        if ends is not None or len(text) > LONGEST_DATE:
            raise ValidationError(_("Write one time of day here, like 15:00."))
        return begins


class LineField(forms.CharField):
    """One line of text without invisible characters."""

    def to_python(self, value: Any) -> str:
        return " ".join(plain(super().to_python(value) or "").split())


class NumbersField(LineField):
    """Whole numbers with commas or Chinese stops between them: 10, 3."""

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().to_python(value)).replace("、", ",")
        return ", ".join(part.strip() for part in text.split(",")) if text else ""


class ParagraphField(forms.CharField):
    """Running text: line breaks stay, other control characters and invisible marks go."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        text = (
            unicodedata.normalize("NFC", super().to_python(value) or "")
            .replace("\r\n", "\n")
            .replace("\r", "\n")
        )
        kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
        return "".join(kept).strip()
