"""Deciding on a plan or a record: the opinion, and the findings with which it is returned."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.forms.fields import LineField, ParagraphField
from reviews.enums import FindingReason
from reviews.models import PlanItem
from reviews.services.workflow import FindingDraft

MOST_FINDINGS = 30

# Where a finding can point, in the words of the forms.
FIELD_LABELS = {
    "plan": _("The plan as a whole"),
    "day": _("Day"),
    "starts": _("Begins"),
    "kinds": _("Kind of meeting"),
    "group": _("Party group"),
    "theme": _("Theme"),
    "problem": _("Problem to solve"),
    "category": _("Content category"),
    "place": _("Place"),
    "participants": _("Participants"),
    "lecturer": _("Lecturer"),
    "budget": _("Budget"),
    "fixed": _("Fixed day"),
    "chair": _("Chair"),
    "recorder": _("Recorder"),
    "attendance": pgettext_lazy("field of a record", "Attendance"),
    "content": _("Content"),
    "decisions": _("Decisions"),
}


class StepForm(forms.Form):
    """The opinion with a step. ``version`` is the one the page was made from: nobody decides on a text
    they have not seen."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    comment = ParagraphField(
        label=_("Opinion (may stay empty)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def is_older_than(self, version: int) -> bool:
        """Whether the page was made from another text; to be told before anything is asked to be corrected."""
        self.full_clean()
        return bool(self.cleaned_data.get("version", version) != version)

    def typed(self) -> list[tuple[str, str]]:
        """Label and words as they were typed, for copying."""
        return [(str(_("Opinion")), self["comment"].value() or "")]


class ReasonForm(StepForm):
    """With a step that is not taken without saying why."""

    comment = ParagraphField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Please give the reason.")},
    )

    def typed(self) -> list[tuple[str, str]]:
        return [(str(_("Reason")), self["comment"].value() or "")]


class FindingForm(forms.Form):
    """What is wrong where, and why. Choices are given by the formset."""

    item = forms.ChoiceField(label=_("Item"), required=False)
    field = forms.ChoiceField(label=_("Field"))
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *FindingReason.choices])
    sentence = LineField(label=_("What is wrong"), max_length=300)

    def __init__(self, *args: Any, fields: Sequence[str], items: dict[str, PlanItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.fields["field"].choices = [("", "—"), *((name, FIELD_LABELS[name]) for name in fields)]  # type: ignore[attr-defined]
        if items:
            numbered = ((pk, f"{number}. {item.theme}") for number, (pk, item) in enumerate(items.items(), 1))
            self.fields["item"].choices = [("", _("The whole")), *numbered]  # type: ignore[attr-defined]
        else:
            del self.fields["item"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        whole, item = cleaned.get("field") == "plan", cleaned.get("item")
        if self.items and whole and item:
            self.add_error("field", _("Name the field of the item that is at fault."))
        if self.items and cleaned.get("field") and not whole and not item:
            self.add_error("item", _("Say which item this is about."))
        return cleaned

    def draft(self) -> FindingDraft:
        data = self.cleaned_data
        return FindingDraft(
            reason=data["reason"],
            field=data["field"],
            sentence=data["sentence"],
            item=self.items.get(data.get("item", "")),
        )

    def typed(self) -> str:
        """What was chosen and typed, valid or not, in one line."""
        bound = [self[name] for name in ("item", "field", "reason") if name in self.fields]
        chosen = [str(dict(each.field.choices).get(each.value(), "")) for each in bound if each.value()]
        return " · ".join(filter(None, [*chosen, self["sentence"].value()]))


class BaseFindingFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        if not any(form.has_changed() for form in self.forms):
            raise ValidationError(_("Say what is wrong: a return names at least one finding."))

    def drafts(self) -> list[FindingDraft]:
        return [form.draft() for form in self.forms if form.has_changed()]


FindingFormSet = forms.formset_factory(
    FindingForm, formset=BaseFindingFormSet, extra=3, max_num=MOST_FINDINGS, validate_max=True,
    absolute_max=MOST_FINDINGS + 1,  # whoever asks for thousands of rows gets no page of thousands
)  # fmt: skip


class ReturnForm:
    """Opinion and findings, checked together. ``fields`` are the codes a finding may point at, ``items``
    the plan's lines (none for a record)."""

    def __init__(
        self,
        data: Any = None,
        *,
        version: int,
        fields: Sequence[str],
        items: Iterable[PlanItem] = (),
    ) -> None:
        by_pk = {str(item.pk): item for item in items}
        self.step = StepForm(data, initial={"version": version}, prefix=None, auto_id="return_%s")
        self.findings = FindingFormSet(
            data, prefix="findings", form_kwargs={"fields": fields, "items": by_pk}
        )

    def is_valid(self) -> bool:
        return all([self.step.is_valid(), self.findings.is_valid()])

    def typed(self) -> list[tuple[str, str]]:
        """Label and words of the findings and the opinion as they were typed, for copying."""
        rows = enumerate(self.findings, 1)
        found = [(str(_("Finding %(n)s") % {"n": number}), form.typed()) for number, form in rows]  # type: ignore[attr-defined]
        return found + self.step.typed()

    @property
    def has_errors(self) -> bool:
        return bool(self.step.errors or self.findings.non_form_errors() or any(self.findings.errors))
