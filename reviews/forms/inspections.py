"""Opening an inspection, naming inspectors, the checklist of a visit, its re-check."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.forms.fields import DayField, LineField, ParagraphField
from meetings.forms.roster import ChangeForm
from meetings.models import Organization
from reviews.enums import Cause, InspectionKind, VisitAnswerValue
from reviews.models import Rectification, VisitAnswer
from reviews.models.inspection import MOST_DRAWN, MOST_VISITS
from reviews.services.inspections.frames import read_grades
from reviews.services.inspections.questions import USUAL_CAUSE, question_words
from reviews.services.inspections.rechecks import Remark
from reviews.services.inspections.rounds import InspectionTerms
from reviews.services.inspections.visits import AnswerDraft

VERSION = {"min_value": 1, "max_value": 2**31 - 1, "widget": forms.HiddenInput}
USUAL_CAP = 2


class InspectionForm(ChangeForm):
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Inspected by"), empty_label=None
    )
    purpose = LineField(label=gettext_lazy("Purpose"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Announced or not"), choices=InspectionKind.choices, widget=forms.RadioSelect
    )
    number = forms.IntegerField(
        label=gettext_lazy("Branches to draw"), min_value=1, max_value=MOST_DRAWN, initial=3
    )
    starts_on = DayField(label=pgettext_lazy("inspection", "From"))
    ends_on = DayField(label=pgettext_lazy("inspection", "To"))
    cap = forms.IntegerField(
        label=gettext_lazy("Most visits of a branch in a year"), min_value=1, max_value=MOST_VISITS,
        initial=USUAL_CAP, help_text=gettext_lazy("A branch that has had as many is not drawn."),
    )  # fmt: skip
    grades = ParagraphField(
        label=gettext_lazy("Grades, where there are any"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One branch a line with its grade behind it; the draw is divided by them, too."),
    )  # fmt: skip

    def __init__(self, data: Any, *, places: Any, today: date) -> None:
        super().__init__(data, initial={"starts_on": today, "kind": InspectionKind.UNANNOUNCED})
        self.fields["organization"].queryset = places  # type: ignore[attr-defined]

    def terms(self) -> InspectionTerms:
        """Raises ValidationError for grades that cannot be read."""
        facts = self.cleaned_data.copy()
        below = Organization.objects.below(facts.pop("organization")).branches()
        return InspectionTerms(**facts | {"grades": read_grades(facts["grades"], below)})


class StepForm(ChangeForm):
    """A step from a page made from ``version``, with a reason where one is asked."""

    version = forms.IntegerField(**VERSION)
    comment = LineField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, data: Any = None, *, with_reason: bool = True, **more: Any) -> None:
        super().__init__(data, **more)
        if not with_reason:
            del self.fields["comment"]


class AssignForm(ChangeForm):
    version = forms.IntegerField(**VERSION)
    inspectors = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("Inspectors"), widget=forms.CheckboxSelectMultiple
    )
    day = DayField(label=gettext_lazy("Day"), required=False)

    def __init__(self, data: Any, *, people: Any, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["inspectors"].queryset = people  # type: ignore[attr-defined]
        self.fields["inspectors"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]


class CheckForm(ChangeForm):
    """The checklist: three fields for each question, then the impression and the day of the re-check."""

    version = forms.IntegerField(**VERSION)
    summary = LineField(label=gettext_lazy("Impression as a whole"), max_length=500, required=False)
    recheck_on = DayField(label=gettext_lazy("Re-check by"), required=False)

    def __init__(
        self, data: Any, *, rows: Iterable[VisitAnswer], usual: date, initial: dict[str, Any]
    ) -> None:
        self.rows = list(rows)
        super().__init__(data, initial=initial | _known(self.rows))
        self.fields["recheck_on"].help_text = _("Left empty: %(day)s.") % {"day": cn_date(usual)}
        for row in self.rows:
            self._ask(row)

    def _ask(self, row: VisitAnswer) -> None:
        self.fields[f"answer_{row.pk}"] = forms.ChoiceField(
            choices=VisitAnswerValue.choices, required=False, widget=forms.RadioSelect,
            label=question_words(row.section, row.code, row.facts)[0],
        )  # fmt: skip
        self.fields[f"note_{row.pk}"] = LineField(label=_("What is wrong"), max_length=300, required=False)
        self.fields[f"cause_{row.pk}"] = forms.ChoiceField(
            label=_("Cause"), choices=Cause.choices, required=False
        )

    def clean(self) -> None:
        """A no says what is wrong, in its own row."""
        for row in self.rows:
            no = self.cleaned_data.get(f"answer_{row.pk}") == VisitAnswerValue.NO
            if no and not self.cleaned_data.get(f"note_{row.pk}"):
                self.add_error(f"note_{row.pk}", _("Say what is wrong."))

    def questions(self) -> list[dict[str, Any]]:
        """For the page: by row the words and the bound fields, with the section where it begins."""
        shown, section = [], ""
        for row in self.rows:
            question, known = question_words(row.section, row.code, row.facts)
            fields = {name: self[f"{name}_{row.pk}"] for name in ("answer", "note", "cause")}
            heading = row.get_section_display() if row.section != section else ""
            shown.append({"row": row, "question": question, "known": known, "heading": heading, **fields})
            section = row.section
        return shown

    def answers(self) -> dict[int, AnswerDraft]:
        names = ("answer", "note", "cause")
        return {
            row.pk: AnswerDraft(**{name: self.cleaned_data[f"{name}_{row.pk}"] for name in names})
            for row in self.rows
        }


def _known(rows: Iterable[VisitAnswer]) -> dict[str, str]:
    found = {}
    for row in rows:
        found |= {f"answer_{row.pk}": row.answer, f"note_{row.pk}": row.note}
        found[f"cause_{row.pk}"] = row.cause or USUAL_CAUSE[row.section]
    return found


MENDED = [
    ("yes", gettext_lazy("Put right")),
    ("no", gettext_lazy("Not put right")),
]


class RecheckForm(ChangeForm):
    """For each item: put right or not; then the words and, if something is left, the next day."""

    version = forms.IntegerField(**VERSION)
    comment = LineField(label=gettext_lazy("Impression as a whole"), max_length=500, required=False)
    recheck_on = DayField(label=gettext_lazy("Next re-check, if something is left"), required=False)

    def __init__(
        self, data: Any, *, items: Iterable[Rectification], usual: date, initial: dict[str, Any]
    ) -> None:
        self.items = list(items)
        super().__init__(data, initial=initial)
        self.fields["recheck_on"].help_text = _("Left empty: %(day)s.") % {"day": cn_date(usual)}
        for item in self.items:
            self.fields[f"mended_{item.pk}"] = forms.ChoiceField(
                label=item.problem, choices=MENDED, widget=forms.RadioSelect
            )
            self.fields[f"missing_{item.pk}"] = LineField(
                label=_("What is still missing"), max_length=300, required=False
            )

    def clean(self) -> None:
        for item in self.items:
            left = self.cleaned_data.get(f"mended_{item.pk}") == "no"
            if left and not self.cleaned_data.get(f"missing_{item.pk}"):
                self.add_error(f"missing_{item.pk}", _("Say what is still missing."))

    def lines(self) -> list[dict[str, Any]]:
        return [
            {"item": item, "mended": self[f"mended_{item.pk}"], "missing": self[f"missing_{item.pk}"]}
            for item in self.items
        ]

    def remarks(self) -> dict[int, Remark]:
        data = self.cleaned_data
        return {
            item.pk: Remark(data[f"mended_{item.pk}"] == "yes", data[f"missing_{item.pk}"])
            for item in self.items
        }
