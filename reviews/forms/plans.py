"""Choosing what to plan, and the sheet a plan is written on."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Audience, ContentCategory, MeetingKind, Period, audience_of
from meetings.forms.fields import ClockField, DayField, LineField, ParagraphField
from meetings.models import Organization, PartyGroup
from meetings.period_names import period_name
from meetings.periods import Span, next_span, span_from_code, span_of
from meetings.rules import can_see_dashboard
from reviews.enums import PlanState
from reviews.forms.review import FIELD_LABELS
from reviews.models import Finding, Plan, PlanItem
from reviews.services.plans import ITEM_COLUMNS, ItemDraft, content_of

MOST_ITEMS = 80
# Folded away on the sheet: often known from habit or not needed.
FURTHER = ("place", "lecturer", "budget", "category")
# What a branch plans; meetings of leading bodies are the committee's.
BRANCH_MEETINGS = (
    MeetingKind.THEME_DAY,
    MeetingKind.GENERAL,
    MeetingKind.COMMITTEE,
    MeetingKind.GROUP,
    MeetingKind.LECTURE,
    MeetingKind.ORGANIZATIONAL_LIFE,
    MeetingKind.APPRAISAL,
)
KINDS = [(kind, kind.label) for kind in BRANCH_MEETINGS]


class PlanFilterForm(forms.Form):
    """Year, state and, for those who look after several branches, the branch."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *PlanState.choices])
    branch = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Branch"), required=False, empty_label=_("All")
    )

    def __init__(self, data: Any, *, user: User, today: date) -> None:
        super().__init__(data)
        years = range(today.year + 1, today.year - 4, -1)
        self.fields["year"].choices = [("", _("All")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]
        if can_see_dashboard(user):
            self.fields["branch"].queryset = Organization.objects.visible_to(user).branches()  # type: ignore[attr-defined]
        else:
            del self.fields["branch"]

    def narrow(self, plans: Any) -> Any:
        """The plans that match; none while something is wrong with the filter."""
        if not self.is_valid():
            return plans.none()
        if year := self.cleaned_data["year"]:
            plans = plans.filter(period_start__range=(date(year, 1, 1), date(year, 12, 31)))
        if state := self.cleaned_data["state"]:
            plans = plans.filter(state=state)
        if branch := self.cleaned_data.get("branch"):
            plans = plans.filter(organization=branch)
        return plans


class PlanChoiceForm(forms.Form):
    """Which branch and which period. Always bound: what is not said is the first branch, and the current
    quarter or, if that has its plan, the next one."""

    organization = forms.ChoiceField(label=_("Branch"))
    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, data: Any, *, branches: Sequence[Organization], today: date) -> None:
        named = data.get("organization")
        branch = next((branch for branch in branches if str(branch.pk) == named), branches[0])
        period = data.get("period") or _usual_period(branch, today)
        super().__init__({"organization": named or branch.pk, "period": period})
        self.branches = {str(branch.pk): branch for branch in branches}
        self.fields["organization"].choices = [(pk, branch.name) for pk, branch in self.branches.items()]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(span.code, period_name(span)) for span in _offered(today)]  # type: ignore[attr-defined]
        if len(branches) == 1:
            self.fields["organization"].widget = forms.HiddenInput()

    def clean_organization(self) -> Organization:
        return self.branches[self.cleaned_data["organization"]]

    def clean_period(self) -> Span:
        return span_from_code(self.cleaned_data["period"])


def _offered(today: date) -> list[Span]:
    current = [span_of(period, today) for period in (Period.QUARTER, Period.MONTH, Period.YEAR)]
    return [span for now in current for span in (now, next_span(now))]


def _usual_period(branch: Organization, today: date) -> str:
    quarter = span_of(Period.QUARTER, today)
    planned = Plan.objects.filter(organization=branch, period=quarter.period, period_start=quarter.start)
    return (next_span(quarter) if planned.exists() else quarter).code


class PlanHeadForm(forms.Form):
    """What concerns the plan as a whole. ``version`` is the one the page was made from."""

    version = forms.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, widget=forms.HiddenInput, initial=1
    )
    note = ParagraphField(
        label=_("Note"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    findings: dict[str, list[Finding]] = {}


class PlanItemForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kinds = forms.MultipleChoiceField(
        label=FIELD_LABELS["kinds"],
        choices=KINDS,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    day = DayField(label=FIELD_LABELS["day"])
    starts = ClockField(label=FIELD_LABELS["starts"], required=False)
    group = forms.ChoiceField(label=FIELD_LABELS["group"], required=False)
    theme = LineField(label=FIELD_LABELS["theme"], max_length=200)
    problem = LineField(label=FIELD_LABELS["problem"], max_length=200, required=False)
    category = forms.ChoiceField(
        label=FIELD_LABELS["category"], required=False, choices=[("", "—"), *ContentCategory.choices]
    )
    place = LineField(label=FIELD_LABELS["place"], max_length=100, required=False)
    lecturer = LineField(label=FIELD_LABELS["lecturer"], max_length=60, required=False)
    budget = forms.IntegerField(label=_("Budget (yuan)"), required=False, min_value=0, max_value=9_999_999)

    def __init__(self, *args: Any, groups: dict[str, PartyGroup], span: Span, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups, self.span = groups, span
        self.findings: dict[str, list[Finding]] = {}
        self.differs = False  # from what somebody else has saved meanwhile
        self.fields["group"].choices = [("", "—"), *((pk, group.name) for pk, group in groups.items())]  # type: ignore[attr-defined]
        if not groups:
            self.fields["kinds"].choices = [each for each in KINDS if each[0] != MeetingKind.GROUP]  # type: ignore[attr-defined]
        for name, value in (("min", span.start), ("max", span.end)):
            self.fields["day"].widget.attrs[name] = value.isoformat()

    @property
    def row(self) -> int | None:
        """The stored row this line replaces."""
        value = str(self["pk"].value() or "")
        return int(value) if value.isdecimal() and len(value) < 19 else None

    @property
    def further(self) -> str:
        """What the folded part holds, so that nothing is hidden."""
        values = [str(self[name].value() or "") for name in FURTHER if name != "category"]
        category = dict(ContentCategory.choices).get(self["category"].value() or "", "")
        return " · ".join(str(value) for value in [*values, category] if value)

    @property
    def further_is_open(self) -> bool:
        return any(name in self.errors or name in self.findings for name in FURTHER)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day not in self.span:
            raise ValidationError(
                _("The day lies outside the plan's period (%(first)s to %(last)s).")
                % {"first": self.span.start, "last": self.span.end}
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kinds, group = cleaned.get("kinds"), cleaned.get("group")
        if kinds:
            for_group = audience_of(kinds) == Audience.GROUP
            if for_group and not group:
                self.add_error("group", _("A group meeting names its group."))
            elif group and not for_group:
                self.add_error("group", _("Only a group meeting has a group."))
        return cleaned

    def draft(self) -> ItemDraft:
        facts = {name: self.cleaned_data[name] for name in ITEM_COLUMNS if name != "group"}
        group = self.groups.get(self.cleaned_data["group"])
        return ItemDraft(pk=self.row, kinds=tuple(self.cleaned_data["kinds"]), group=group, **facts)


PlanItemFormSet = forms.formset_factory(
    PlanItemForm,
    extra=3,
    can_delete=True,
    max_num=MOST_ITEMS,
    validate_max=True,
    absolute_max=MOST_ITEMS + 20,
)


Compared = tuple[ItemDraft | PlanItem, bool]


class PlanPaper:
    """The sheet a plan is written on: head and lines, checked together and turned into drafts."""

    def __init__(
        self,
        data: Any = None,
        *,
        organization: Organization,
        span: Span,
        plan: Plan | None = None,
        items: Iterable[ItemDraft | PlanItem] = (),
    ) -> None:
        founded = PartyGroup.objects.filter(organization=organization, founded_on__lte=span.end)
        groups = {str(g.pk): g for g in founded if not g.dissolved_on or g.dissolved_on > span.start}
        head = {"version": plan.version, "note": plan.note} if plan else {}
        self.head = PlanHeadForm(data, initial=head)
        self.items = PlanItemFormSet(
            data,
            prefix="items",
            initial=[_initial(item) for item in items],
            form_kwargs={"groups": groups, "span": span},
        )

    def is_valid(self, *, hand_in: bool) -> bool:
        """``hand_in``: at least one line is needed."""
        valid = all([self.head.is_valid(), self.items.is_valid()])
        if valid and hand_in and not self.drafts():
            self.head.add_error(None, _("A plan needs at least one item before it is handed in."))
            return False
        return valid

    def is_older_than(self, plan: Plan) -> bool:
        """Whether somebody saved the plan after the page of this sheet was made."""
        return self.head.is_valid() and self.version != plan.version

    def drafts(self) -> list[ItemDraft]:
        return [form.draft() for form in self._kept()]

    def _kept(self) -> list[PlanItemForm]:
        deleted = self.items.deleted_forms
        return [form for form in self.items.forms if form.has_changed() and form not in deleted]

    @property
    def note(self) -> str:
        return self.head.cleaned_data["note"]

    @property
    def version(self) -> int:
        return self.head.cleaned_data["version"] or 1

    def pin(self, findings: Iterable[Finding]) -> None:
        """Show each finding at the field it speaks of; those of lines that are gone, at the head."""
        forms_by_row = {form.row: form for form in self.items.forms if form.row}
        self.head.findings = {}
        for finding in findings:
            form: Any = forms_by_row.get(finding.item_id)
            place = (form, finding.field) if form else (self.head, "plan")
            place[0].findings.setdefault(place[1], []).append(finding)

    def compare(self, saved: Iterable[PlanItem]) -> tuple[list[Compared], list[Compared]]:
        """The lines as they are saved and as they were typed, each with whether the other side lacks it.
        A line that is not well formed is on neither list; it stands in the form."""
        theirs, mine = list(saved), {form: form.draft() for form in self._kept() if form.is_valid()}
        known, typed = set(map(content_of, theirs)), set(map(content_of, mine.values()))
        for form in self._kept():
            form.differs = form not in mine or content_of(mine[form]) not in known
        return (
            [(item, content_of(item) not in typed) for item in theirs],
            [(draft, form.differs) for form, draft in mine.items()],
        )

    def renew(self, version: int) -> None:
        """Let the same words be sent again, on top of what somebody else has saved meanwhile."""
        self.head.data = self.head.data.copy()
        self.head.data["version"] = str(version)


def _initial(item: ItemDraft | PlanItem) -> dict[str, Any]:
    facts = {name: getattr(item, name) for name in ITEM_COLUMNS}
    group = str(item.group.pk) if item.group else ""
    return facts | {"pk": item.pk, "kinds": list(item.kinds), "group": group}
