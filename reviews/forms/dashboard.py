"""Narrowing figures and lists of what is owed. Everything may be left out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.enums import MeetingKind, Period
from meetings.models import Organization, PartyGroup
from meetings.models.obligation import ObligationQuerySet
from meetings.models.organization import STEP
from meetings.period_names import short_period_name
from meetings.periods import span_of
from reviews.compliance.tally import conditions, owed

EVERYTHING = ("", pgettext_lazy("filter", "All"))
STATUSES = [
    ("overdue", _("Overdue")),
    ("open", _("Not due yet")),
    ("waiting", _("Held, record not accepted yet")),
    ("met", _("Met")),
    ("upcoming", pgettext_lazy("ledger", "Upcoming")),
    ("waived", _("Waived")),
]
# The base of every rate.
OWED = ("owed", pgettext_lazy("ledger", "All that counts: begun and not waived"))


class FiguresForm(forms.Form):
    """Year, part of the tree, kind of meeting, status. ``organizations`` are those the user may see,
    in tree order: anything else is no valid choice."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int)
    organization = forms.ChoiceField(label=_("Organization"), required=False)
    kind = forms.ChoiceField(label=_("Kind of meeting"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[EVERYTHING, *STATUSES])

    def __init__(
        self, data: Any, *, organizations: Sequence[Organization], years: Sequence[int], today: date
    ) -> None:
        super().__init__(data, auto_id="filter_%s", initial={"year": today.year})
        self.organizations, self.today = organizations, today
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
        self.fields["year"].empty_value = today.year  # type: ignore[attr-defined]
        self.fields["kind"].choices = [EVERYTHING, *MeetingKind.choices]  # type: ignore[attr-defined]
        self.fields["organization"].choices = [  # type: ignore[attr-defined]
            EVERYTHING,
            *organization_choices(organizations),
        ]
        if not self["year"].data:
            self.data = {**self.data.dict(), "year": str(today.year)}

    @property
    def year_shown(self) -> int:
        return int(self.cleaned_data.get("year") or self.today.year)

    @property
    def chosen(self) -> Organization | None:
        wanted = self.cleaned_data.get("organization")
        return next((each for each in self.organizations if str(each.pk) == wanted), None)

    def within(self) -> list[Organization]:
        """The chosen organization and everything below it; all when none is chosen."""
        top = self.chosen
        return [each for each in self.organizations if not top or each.path.startswith(top.path)]

    def narrow(self, obligations: ObligationQuerySet) -> ObligationQuerySet:
        """By year, part of the tree and kind; none while something is wrong with the filter."""
        if not self.is_valid():
            return obligations.none()
        lines = obligations.in_year(self.year_shown)
        if top := self.chosen:
            lines = lines.filter(organization__path__startswith=top.path)
        if kind := self.cleaned_data["kind"]:
            lines = lines.filter(kind=kind)
        return lines

    def query(self) -> dict[str, str]:
        """What was chosen, to be carried on in links to lists."""
        names = ("year", "organization", "kind")
        chosen = {name: self.cleaned_data.get(name) for name in names} if self.is_valid() else {}
        return {name: str(value) for name, value in chosen.items() if value}


class LedgerForm(FiguresForm):
    """The list of single lines: also by the month they fall due in and by group."""

    month = forms.TypedChoiceField(label=_("Falls due in"), required=False, coerce=int, empty_value=None)
    group = forms.ModelChoiceField(PartyGroup.objects.none(), required=False, widget=forms.HiddenInput)

    field_order = ("year", "month", "organization", "kind", "status")

    def __init__(self, data: Any, *, groups: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        months = [
            (month, short_period_name(span_of(Period.MONTH, date(2000, month, 1)))) for month in range(1, 13)
        ]
        self.fields["month"].choices = [EVERYTHING, *months]  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["status"].choices = [EVERYTHING, OWED, *STATUSES]  # type: ignore[attr-defined]
        if len(self.organizations) < 2 and not self["organization"].data:
            del self.fields["organization"]

    def narrow(self, obligations: ObligationQuerySet) -> ObligationQuerySet:
        lines = super().narrow(obligations)
        if not self.is_valid():
            return lines
        wanted = Q()
        if month := self.cleaned_data["month"]:
            wanted &= Q(period_end=span_of(Period.MONTH, date(self.year_shown, month, 1)).end)
        if group := self.cleaned_data["group"]:
            wanted &= Q(group=group)
        if status := self.cleaned_data["status"]:
            wanted &= owed(self.today) if status == OWED[0] else conditions(self.today)[status]
        return lines.filter(wanted)


class BranchFilterForm(forms.Form):
    """By a part of the name, and by the part of the tree."""

    name = forms.CharField(
        label=pgettext_lazy("organization", "Name"), required=False, max_length=60, strip=True
    )
    organization = forms.ChoiceField(label=_("Under"), required=False)

    def __init__(self, data: Any, *, organizations: Sequence[Organization]) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.upper = [each for each in organizations if not each.is_branch]
        self.fields["organization"].choices = [  # type: ignore[attr-defined]
            EVERYTHING,
            *organization_choices(self.upper),
        ]
        if len(self.upper) < 2:
            del self.fields["organization"]

    def narrow(self, branches: Any) -> Any:
        if not self.is_valid():
            return branches.none()
        if name := self.cleaned_data["name"]:
            branches = branches.filter(name__icontains=name)
        chosen = self.cleaned_data.get("organization")
        path = next((each.path for each in self.upper if str(each.pk) == chosen), "")
        return branches.filter(path__startswith=path)


def organization_choices(shown: Sequence[Organization]) -> list[tuple[str, str]]:
    """Set in by how deep each lies below the highest one that is shown."""
    highest = min((len(each.path) for each in shown), default=0)
    return [(str(each.pk), "\u3000" * ((len(each.path) - highest) // STEP) + each.name) for each in shown]
