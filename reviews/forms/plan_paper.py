"""The sheet a plan is written on: what concerns the whole, and line by line what is to be held."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from meetings.enums import Audience, ContentCategory, MeetingKind, Period, audience_of
from meetings.fixed_days import DAYS, WEEKDAYS, WEEKS, FixedDay, fixed_day
from meetings.forms.fields import ClockField, DayField, LineField, ParagraphField
from meetings.models import Organization, PartyGroup
from meetings.periods import Span, spans_between
from meetings.services.rulebook.limits import Limits
from meetings.workdays import WorkCalendar
from reviews.forms.review import FIELD_LABELS
from reviews.models import Finding, Plan, PlanItem
from reviews.services.plans import ITEM_COLUMNS, ItemDraft, content_of

MOST_ITEMS = 200
# Folded away on the sheet: often known from habit or not needed.
FURTHER = ("fixed", "place", "participants", "lecturer", "budget", "category")
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


def fixed_day_choices() -> list[tuple[Any, Any]]:
    days = [FixedDay(day=day) for day in DAYS]
    weekdays = [FixedDay(week=week, weekday=weekday) for week in WEEKS for weekday in WEEKDAYS]
    return [
        ("", "—"),
        (_("Day of the month"), [(each.code, each.label) for each in days]),
        (_("Weekday of the month"), [(each.code, each.label) for each in weekdays]),
    ]


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
    day = DayField(label=FIELD_LABELS["day"], required=False)
    starts = ClockField(label=FIELD_LABELS["starts"], required=False)
    group = forms.ChoiceField(label=FIELD_LABELS["group"], required=False)
    theme = LineField(label=FIELD_LABELS["theme"], max_length=200)
    problem = LineField(label=FIELD_LABELS["problem"], max_length=200, required=False)
    category = forms.ChoiceField(
        label=FIELD_LABELS["category"], required=False, choices=[("", "—"), *ContentCategory.choices]
    )
    place = LineField(label=FIELD_LABELS["place"], max_length=100, required=False)
    participants = LineField(
        label=FIELD_LABELS["participants"],
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("all who are due")}),
    )
    lecturer = LineField(label=FIELD_LABELS["lecturer"], max_length=60, required=False)
    budget = forms.IntegerField(label=_("Budget (yuan)"), required=False, min_value=0, max_value=9_999_999)
    fixed = forms.ChoiceField(label=FIELD_LABELS["fixed"], required=False, choices=fixed_day_choices)
    monthly = forms.BooleanField(
        label=_("once in each month of the period"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(
        self,
        *args: Any,
        groups: dict[str, PartyGroup],
        span: Span,
        calendar: Callable[[], WorkCalendar],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.groups, self.span, self.calendar = groups, span, calendar
        self.findings: dict[str, list[Finding]] = {}
        self.differs = False  # from what somebody else has saved meanwhile
        self.fields["group"].choices = [("", "—"), *((pk, group.name) for pk, group in groups.items())]  # type: ignore[attr-defined]
        if span.period == Period.MONTH:
            del self.fields["monthly"]
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
        words = {name: str(self[name].value() or "") for name in FURTHER}
        category = dict(ContentCategory.choices).get(words["category"], "")
        words |= {"category": str(category), "fixed": _fixed_label(words["fixed"])}
        return " · ".join(word for word in words.values() if word)

    @property
    def further_is_open(self) -> bool:
        return any(name in self.errors or name in self.findings for name in FURTHER)

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and day not in self.span:
            raise ValidationError(
                _("The day lies outside the plan's period (%(first)s to %(last)s).")
                % {"first": date_format(self.span.start), "last": date_format(self.span.end)}
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
        self._clean_fixed(cleaned)
        return cleaned

    def _clean_fixed(self, cleaned: dict[str, Any]) -> None:
        """Without a day of its own, or with another habit than before, the line takes the habit's day."""
        habit = fixed_day(cleaned.get("fixed") or "")
        if habit is None:
            if cleaned.get("monthly"):
                self.add_error("fixed", _("Choose the fixed day that comes back each month."))
            if "day" in cleaned and cleaned["day"] is None:
                self.add_error("day", _("Give the day, or a fixed day."))
            return
        anew = "fixed" in self.changed_data and "day" not in self.changed_data
        if "day" in cleaned and (cleaned["day"] is None or anew):
            days = self._days_of(habit, cleaned["day"])
            cleaned["day"] = next(days, None)
            if cleaned["day"] is None:
                self.add_error("fixed", _("No such day of the period is left."))

    def _days_of(self, habit: FixedDay, earliest: date | None) -> Iterator[date]:
        """The habit's days in the months of the period, from the month of ``earliest`` on; none that passed."""
        first = (earliest or self.span.start).replace(day=1)
        today = timezone.localdate()
        for month in spans_between(Period.MONTH, first, self.span.end):
            day = habit.in_month(month.start, self.calendar())
            if day in self.span and day >= min(today, earliest or today):
                yield day

    def drafts(self) -> list[ItemDraft]:
        """The line; with ``monthly`` one for each month that is left, of which the first is this one."""
        data = self.cleaned_data
        facts = {name: data[name] for name in ITEM_COLUMNS if name != "group"}
        line = ItemDraft(
            pk=self.row, kinds=tuple(data["kinds"]), group=self.groups.get(data["group"]), **facts
        )
        habit = fixed_day(data["fixed"])
        if not habit or not data["monthly"]:
            return [line]
        later = [
            day for day in self._days_of(habit, line.day) if day > line.day and day.month != line.day.month
        ]
        return [line, *(replace(line, pk=None, day=day) for day in later)]


PlanItemFormSet = forms.formset_factory(
    PlanItemForm,
    extra=3,
    can_delete=True,
    max_num=MOST_ITEMS,
    validate_max=True,
    absolute_max=MOST_ITEMS + 1,
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
        lines = list(items)
        # What was held stays as it was; the sheet only shows it.
        self.settled = [item for item in lines if isinstance(item, PlanItem) and item.is_settled]
        founded = PartyGroup.objects.filter(organization=organization, founded_on__lte=span.end)
        groups = {str(g.pk): g for g in founded if not g.dissolved_on or g.dissolved_on > span.start}
        head = {"version": plan.version, "note": plan.note} if plan else {}
        self.head = PlanHeadForm(data, initial=head)
        self.items = PlanItemFormSet(
            data,
            prefix="items",
            initial=[_initial(item) for item in lines if item not in self.settled],
            form_kwargs={
                "groups": groups,
                "span": span,
                # Only asked for where a fixed day is worked out: most sheets are just shown.
                "calendar": cache(_calendar),
            },
        )

    def is_valid(self, *, hand_in: bool) -> bool:
        """``hand_in``: at least one line is needed."""
        valid = all([self.head.is_valid(), self.items.is_valid()])
        if valid and hand_in and not self.drafts() and not self.settled:
            self.head.add_error(None, _("A plan needs at least one item before it is handed in."))
            return False
        return valid

    def is_older_than(self, plan: Plan) -> bool:
        """Whether somebody saved the plan after the page of this sheet was made."""
        return self.head.is_valid() and self.version != plan.version

    def drafts(self) -> list[ItemDraft]:
        return [draft for form in self._kept() for draft in form.drafts()]

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
        theirs = [item for item in saved if not item.is_settled]
        mine = {form: form.drafts() for form in self._kept() if form.is_valid()}
        known = set(map(content_of, theirs))
        typed = {content_of(draft) for drafts in mine.values() for draft in drafts}
        for form in self._kept():
            form.differs = form not in mine or any(content_of(draft) not in known for draft in mine[form])
        return (
            [(item, content_of(item) not in typed) for item in theirs],
            [(draft, content_of(draft) not in known) for drafts in mine.values() for draft in drafts],
        )

    def renew(self, version: int) -> None:
        """Let the same words be sent again, on top of what somebody else has saved meanwhile."""
        self.head.data = self.head.data.copy()
        self.head.data["version"] = str(version)


def _calendar() -> WorkCalendar:
    return Limits.read().calendar


def _initial(item: ItemDraft | PlanItem) -> dict[str, Any]:
    facts = {name: getattr(item, name) for name in ITEM_COLUMNS}
    group = str(item.group.pk) if item.group else ""
    return facts | {"pk": item.pk, "kinds": list(item.kinds), "group": group}


def _fixed_label(code: str) -> str:
    try:
        habit = fixed_day(code)
    except ValueError:  # what was typed is not one of them; the field says so
        return ""
    return habit.label if habit else ""
