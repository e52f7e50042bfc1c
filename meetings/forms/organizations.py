"""Changing the Party's tree, and a branch's term."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.forms import UnchangedMixin
from meetings.enums import OrganizationKind, PostTitle
from meetings.forms.fields import DayField, LineField
from meetings.forms.roster import ChangeForm, DayForm
from meetings.models import Member, Organization, PartyGroup, Post
from meetings.services.roster.organizations import FACTS, OrganizationFacts
from meetings.workbooks.text import place_name

# The seats of a leading body in the order of a ballot; what is not filled stays empty.
SEATS = (
    PostTitle.SECRETARY, PostTitle.DEPUTY, PostTitle.ORGANIZATION, PostTitle.PUBLICITY, PostTitle.DISCIPLINE,
    PostTitle.YOUTH, PostTitle.UNITED_FRONT, PostTitle.MEMBER, PostTitle.MEMBER,
)  # fmt: skip
LONGEST_TERM = 10
NAME = pgettext_lazy("organization", "Name")


class OrganizationFactsForm(UnchangedMixin, ChangeForm):
    name = LineField(label=NAME, max_length=100)
    code = LineField(label=_("Code"), max_length=40, required=False)
    term_years = forms.IntegerField(
        label=_("Years of a term"), min_value=1, max_value=LONGEST_TERM, required=False,
        help_text=_("Empty: 3 years, a committee 5. Branches in villages and communities: 5."),
    )  # fmt: skip
    has_leading_body = forms.BooleanField(
        label=_("Has a leading body that holds democratic-life meetings"), required=False
    )

    def clean_name(self) -> str:
        return place_name(self.cleaned_data["name"])

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


class OrganizationForm(OrganizationFactsForm):
    """A new organization below another one."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=OrganizationKind.choices, initial=OrganizationKind.BRANCH
    )
    founded_on = DayField(label=_("Founded on"))
    term_start_on = DayField(label=_("Current term since"), required=False)
    field_order = ("kind", "name", "code", "founded_on", "term_start_on", "term_years", "has_leading_body")

    def facts(self) -> OrganizationFacts:
        return OrganizationFacts(**self.cleaned_data)


class OrganizationFilter(forms.Form):
    name = LineField(label=NAME, max_length=100, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("filter", "All")), *OrganizationKind.choices,
        ]  # fmt: skip

    def narrow(self, organizations: QuerySet[Organization]) -> QuerySet[Organization]:
        if not self.is_valid():
            return organizations.none()
        cleaned = self.cleaned_data
        if cleaned["name"]:
            organizations = organizations.filter(name__icontains=cleaned["name"])
        return organizations.filter(kind=cleaned["kind"]) if cleaned["kind"] else organizations


class PlaceField(forms.ModelChoiceField):
    """Sibling names repeat under other parents, so each is shown with the one above it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organization.objects.none(), empty_label="—", **kwargs)

    def label_from_instance(self, obj: Organization) -> str:
        above = self.above.get(obj.parent_path)
        return f"{above} / {obj.name}" if above else obj.name

    def offer(self, places: QuerySet[Organization]) -> None:
        above = Organization.objects.filter(path__in=places.order_by().values("parent_path"))
        self.above = dict(above.values_list("path", "name"))
        self.queryset = places


class MoveForm(ChangeForm):
    parent = PlaceField(label=_("New upper organization"))

    def __init__(self, *args: Any, places: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(places)  # type: ignore[attr-defined]


class MergeForm(DayForm):
    into = PlaceField(label=_("Into"))
    field_order = ("into", "day")

    def __init__(self, *args: Any, places: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].offer(places)  # type: ignore[attr-defined]


class TermForm(DayForm):
    """The new leading body: a seat for each post, with those who hold it now as the first proposal."""

    def __init__(self, *args: Any, members: Sequence[Member], posts: Sequence[Post], **kwargs: Any) -> None:
        super().__init__(*args, label=_("New term from"), **kwargs)
        choices = [("", "—"), *((member.pk, member.name) for member in members)]
        self._members = {str(member.pk): member for member in members}
        holders = {title: [post.member_id for post in posts if post.title == title] for title in SEATS}
        for number, title in enumerate(SEATS if members else ()):
            self.fields[f"seat-{number}"] = forms.ChoiceField(
                label=title.label, choices=choices, required=title == PostTitle.SECRETARY,
                initial=holders[title].pop(0) if holders[title] else "",
            )  # fmt: skip

    def posts(self) -> list[tuple[Member, PostTitle]]:
        chosen = ((self.cleaned_data.get(f"seat-{number}"), title) for number, title in enumerate(SEATS))
        return [(self._members[key], title) for key, title in chosen if key]


class TransferForm(DayForm):
    to_organization = PlaceField(label=_("Receiving branch"))
    note = LineField(label=_("Reason"), max_length=200, required=False)
    field_order = ("to_organization", "day", "note")

    def __init__(self, *args: Any, places: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, label=_("Transferred from"), **kwargs)
        self.fields["to_organization"].offer(places)  # type: ignore[attr-defined]


class BranchSearchForm(forms.Form):
    """Narrows a long list of branches."""

    find = LineField(label=_("Name of the branch"), max_length=60, required=False)


class AcceptForm(DayForm):
    group = forms.ModelChoiceField(
        PartyGroup.objects.none(), label=_("Party group"), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, branch: Organization, **kwargs: Any) -> None:
        super().__init__(*args, label=_("First day here"), **kwargs)
        groups = branch.groups.filter(dissolved_on=None)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        if not groups:
            del self.fields["group"]


class ReturnForm(ChangeForm):
    opinion = LineField(label=_("Reason for returning it"), max_length=200)
