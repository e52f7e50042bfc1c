"""Choosing what to plan, and finding plans."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import Period
from meetings.models import Organization
from meetings.period_names import period_name
from meetings.periods import Span, next_span, span_from_code, span_of
from meetings.rules import can_see_dashboard
from reviews.enums import PlanState
from reviews.models import GoodCase, Plan


class PlanFilterForm(forms.Form):
    """Year, state and, for those who look after several branches, the branch or a part of the tree."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *PlanState.choices])
    branch = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Organization"), required=False, empty_label=_("All")
    )

    def __init__(self, data: Any, *, user: User, today: date) -> None:
        super().__init__(data)
        years = range(today.year + 1, today.year - 4, -1)
        self.fields["year"].choices = [("", _("All")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]
        if can_see_dashboard(user):
            self.fields["branch"].queryset = Organization.objects.visible_to(user)  # type: ignore[attr-defined]
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
            plans = plans.filter(organization__path__startswith=branch.path)
        return plans


OWED, LAST = "owed", "last"
SOURCES = [(OWED, _("What is owed")), (LAST, _("Last period's plan"))]


class PlanChoiceForm(forms.Form):
    """Which branch and which period. Always bound: what is not said is the first branch, and the current
    quarter or, if that has its plan, the next one."""

    organization = forms.ChoiceField(label=_("Branch"))
    period = forms.ChoiceField(label=_("Period"))
    source = forms.ChoiceField(label=_("Filled in from"), required=False)

    def __init__(
        self, data: Any, *, branches: Sequence[Organization], cases: Iterable[GoodCase], today: date
    ) -> None:
        named = data.get("organization")
        branch = next((branch for branch in branches if str(branch.pk) == named), branches[0])
        self.plans = {(plan.period, plan.period_start): plan for plan in _plans_offered(branch, today)}
        period = data.get("period") or self._usual_period(today)
        source = data.get("source") or OWED
        super().__init__({"organization": named or branch.pk, "period": period, "source": source})
        self.cases = {f"case-{case.pk}": case for case in cases}
        examples = [(code, case.title) for code, case in self.cases.items()]
        self.fields["source"].choices = [*SOURCES, *([(_("Good cases"), examples)] if examples else [])]  # type: ignore[attr-defined]
        self.branches = {str(branch.pk): branch for branch in branches}
        self.fields["organization"].choices = [(pk, branch.name) for pk, branch in self.branches.items()]  # type: ignore[attr-defined]
        self.fields["period"].choices = [(span.code, period_name(span)) for span in _offered(today)]  # type: ignore[attr-defined]
        if len(branches) == 1:
            self.fields["organization"].widget = forms.HiddenInput()

    def clean_organization(self) -> Organization:
        return self.branches[self.cleaned_data["organization"]]

    def clean_period(self) -> Span:
        return span_from_code(self.cleaned_data["period"])

    @property
    def existing(self) -> Plan | None:
        """The plan there is already for the branch and the period chosen."""
        span = self.cleaned_data["period"]
        return self.plans.get((span.period, span.start))

    def _usual_period(self, today: date) -> str:
        quarter = span_of(Period.QUARTER, today)
        planned = (quarter.period, quarter.start) in self.plans
        return (next_span(quarter) if planned else quarter).code


def _offered(today: date) -> list[Span]:
    current = [span_of(period, today) for period in (Period.QUARTER, Period.MONTH, Period.YEAR)]
    return [span for now in current for span in (now, next_span(now))]


def _plans_offered(branch: Organization, today: date) -> QuerySet[Plan]:
    """Of the periods on offer those that have their plan."""
    starts = {span.start for span in _offered(today)}
    return Plan.objects.filter(organization=branch, period_start__in=starts)
