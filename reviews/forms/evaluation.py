"""Judging a held meeting step by step; noting what was seen at it; rating it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.fields import LineField, ParagraphField
from reviews.enums import FAULTY, Verdict
from reviews.models import Evaluation, EvaluationMark
from reviews.models.evaluation import LONGEST
from reviews.services.evaluation import JudgedStep, MarkDraft


@dataclass(frozen=True)
class StepRow:
    """One line of the sheet."""

    step: JudgedStep
    verdict: forms.BoundField
    sentence: forms.BoundField
    to_rectify: forms.BoundField
    mark: EvaluationMark | None

    @property
    def item(self) -> Any:
        """The item that was raised from it, if any."""
        return getattr(self.mark, "rectification", None) if self.mark else None


class EvaluationForm(forms.Form):
    """``steps`` in their order; what an earlier judgement says stands there already."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    comment = ParagraphField(
        label=gettext_lazy("Judgement as a whole (may stay empty)"), required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, steps: Sequence[JudgedStep], evaluation: Evaluation | None = None
    ) -> None:
        known = (
            {"version": evaluation.version, "comment": evaluation.comment} if evaluation else {"version": 0}
        )
        super().__init__(data, initial=known)
        self.steps = steps
        self.marks = {f"{m.kind}.{m.code}": m for m in evaluation.marks.all()} if evaluation else {}
        for step in steps:
            self._add(step)

    def _add(self, step: JudgedStep) -> None:
        mark = self.marks.get(step.key)
        self.fields[f"{step.key}-verdict"] = forms.ChoiceField(
            label=step.title, choices=Verdict.choices, widget=forms.RadioSelect,
            initial=mark.verdict if mark else Verdict.MET,
        )  # fmt: skip
        self.fields[f"{step.key}-sentence"] = LineField(
            label=_("What is wrong"), required=False, max_length=250, initial=mark.sentence if mark else ""
        )
        self.fields[f"{step.key}-to_rectify"] = forms.BooleanField(label=_("To be put right"), required=False)

    @property
    def rows(self) -> list[StepRow]:
        names = ("verdict", "sentence", "to_rectify")
        return [
            StepRow(step, *(self[f"{step.key}-{name}"] for name in names), self.marks.get(step.key))
            for step in self.steps
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for step in self.steps:
            faulty = cleaned.get(f"{step.key}-verdict") in FAULTY
            name = f"{step.key}-sentence"
            if faulty and name not in self.errors and not cleaned.get(name):
                self.add_error(name, _("Say what is wrong with the step."))
        return cleaned

    def drafts(self) -> list[MarkDraft]:
        data = self.cleaned_data
        return [
            MarkDraft(
                step,
                data[f"{step.key}-verdict"],
                data[f"{step.key}-sentence"],
                data[f"{step.key}-to_rectify"],
            )
            for step in self.steps
        ]


class SitInForm(forms.Form):
    leader = LineField(label=gettext_lazy("Who sat in"), max_length=60)
    text = ParagraphField(
        label=gettext_lazy("What was seen and advised"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
