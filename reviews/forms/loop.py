"""Narrowing the loop: year, branch, station; and the papers behind a waiting time."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.models import User
from meetings.models import Organization
from reviews.compliance.loop import ACT, CANCELLED, CHECK, CLOSED, DO, PLAN
from reviews.enums import Paper, Task
from reviews.models import PlanItem
from reviews.models.stay import StayQuerySet

STATIONS = [
    ("", _("All")),
    (PLAN, pgettext_lazy("station", "Plan")),
    (DO, pgettext_lazy("station", "Do")),
    (CHECK, pgettext_lazy("station", "Check")),
    (ACT, pgettext_lazy("station", "Act")),
    (CLOSED, pgettext_lazy("station", "Closed")),
    (CANCELLED, pgettext_lazy("station", "Cancelled")),
]
LYING = [
    ("", _("All")),
    ("open", pgettext_lazy("papers", "there now")),
    ("late_open", pgettext_lazy("papers", "there now, overdue")),
    ("left", pgettext_lazy("papers", "passed on")),
    ("late", pgettext_lazy("papers", "later than the limit")),
]


class YearFilter(forms.Form):
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, *, today: date) -> None:
        chosen = {**data.dict(), "year": data.get("year") or today.year}
        super().__init__(chosen, auto_id="filter_%s")
        self.today = today
        years = range(today.year + 1, today.year - 4, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]

    @property
    def year_chosen(self) -> int:
        return (self.cleaned_data.get("year") if self.is_valid() else None) or self.today.year


class LoopFilter(YearFilter):
    branch = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Branch"), required=False, empty_label=_("All")
    )
    station = forms.ChoiceField(label=_("Station"), required=False, choices=STATIONS)

    def __init__(self, data: Any, *, user: User, today: date, figures: bool = False) -> None:
        super().__init__(data, today=today)
        self.fields["branch"].queryset = Organization.objects.visible_to(user).branches()  # type: ignore[attr-defined]
        if figures:
            del self.fields["branch"], self.fields["station"]

    @property
    def year(self) -> int:
        return self.year_chosen

    def narrow(self, items: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
        """None while something is wrong with the filter."""
        if not self.is_valid():
            return items.none()
        if branch := self.cleaned_data["branch"]:
            items = items.filter(plan__organization=branch)
        if station := self.cleaned_data["station"]:
            items = items.filter(station=station)
        return items


class StayFilter(YearFilter):
    """``stays`` are those the reader may see: their desks are choices, also one above the own place."""

    desk = forms.ModelChoiceField(
        Organization.objects.none(),
        label=pgettext_lazy("papers", "Desk"),
        required=False,
        empty_label=_("All"),
    )
    paper = forms.ChoiceField(label=_("Paper"), required=False, choices=[("", _("All")), *Paper.choices])
    task = forms.ChoiceField(label=_("Task"), required=False, choices=[("", _("All")), *Task.choices])
    lying = forms.ChoiceField(label=_("State"), required=False, choices=LYING)

    def __init__(self, data: Any, *, user: User, stays: StayQuerySet, today: date) -> None:
        super().__init__(data, today=today)
        lain = Organization.objects.filter(pk__in=stays.order_by().values("organization"))
        self.fields["desk"].queryset = Organization.objects.visible_to(user) | lain  # type: ignore[attr-defined]

    @property
    def year(self) -> int:
        return self.year_chosen

    def narrow(self, stays: StayQuerySet) -> StayQuerySet:
        """None while something is wrong with the filter."""
        if not self.is_valid():
            return stays.none()
        chosen = self.cleaned_data
        if chosen["desk"]:
            stays = stays.filter(organization=chosen["desk"])
        if chosen["paper"]:
            stays = stays.filter(plan__isnull=chosen["paper"] != Paper.PLAN)
        if chosen["task"]:
            stays = stays.filter(task=chosen["task"])
        return stays.filter(self._lying(chosen["lying"])) if chosen["lying"] else stays

    def _lying(self, which: str) -> Q:
        is_open, late = Q(until__isnull=True), Q(until__isnull=True, due_on__lt=self.today)
        return {
            "open": is_open,
            "late_open": late,
            "left": ~is_open,
            "late": late | Q(until__date__gt=F("due_on")),
        }[which]
