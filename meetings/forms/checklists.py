"""The checklist of a meeting as one form: a box, a day and a note for each step."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.fields import DayField, LineField
from meetings.models import MeetingStep
from meetings.services.checklists import StepTick


class StepRow(forms.Form):
    """One step. A tick without a day means today; a day typed beside an open step is a tick too."""

    done = forms.BooleanField(label=gettext_lazy("Done"), required=False)
    done_on = DayField(label=gettext_lazy("Done on"), required=False)
    note = LineField(label=gettext_lazy("Note"), max_length=200, required=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, step: MeetingStep) -> None:
        self.step = step
        initial = {
            "done": step.is_done, "done_on": step.done_on, "note": step.note, "version": step.version
        }  # fmt: skip
        super().__init__(data, prefix=f"step-{step.kind}-{step.code}", initial=initial)
        for name, css in (
            ("done", "form-check-input"),
            ("done_on", "form-control"),
            ("note", "form-control"),
        ):
            field = self.fields[name]
            field.widget.attrs |= {"class": css, "aria-label": f"{step.title}: {field.label}"}
            if self.is_bound and self[name].errors:
                field.widget.attrs["class"] += " is-invalid"

    @property
    def was_shown(self) -> bool:
        """Whether the page that was sent had this step."""
        return self.add_prefix("version") in self.data

    def clean_done_on(self) -> Any:
        day = self.cleaned_data["done_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("%(day)s has not come yet.") % {"day": date_format(day)})
        return day

    def tick(self) -> StepTick:
        cleaned = self.cleaned_data
        is_done = cleaned["done"] or (cleaned["done_on"] and not self.step.is_done)
        return StepTick(
            kind=self.step.kind,
            code=self.step.code,
            version=cleaned["version"],
            done_on=cleaned["done_on"] or timezone.localdate() if is_done else None,
            note=cleaned["note"],
        )


class ChecklistForm:
    """The rows of a meeting's checklist. Steps the sent page did not have are left alone."""

    def __init__(self, data: Any = None, *, steps: list[MeetingStep]) -> None:
        self.rows = [StepRow(data, step=step) for step in steps]
        self.shown = [row for row in self.rows if data is not None and row.was_shown]

    def is_valid(self) -> bool:
        faulty = [row for row in self.shown if not row.is_valid()]  # every row says what is wrong with it
        return not faulty

    def ticks(self) -> list[StepTick]:
        return [row.tick() for row in self.shown]
