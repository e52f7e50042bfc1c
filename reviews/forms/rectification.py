"""What has to be put right: raising and arranging an item, its steps, and narrowing the list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.enums import MeetingKind
from meetings.forms.fields import DayField, LineField, ParagraphField
from meetings.models import Member, Organization
from reviews.enums import (
    TO_MEND,
    UNSETTLED,
    Cause,
    Openness,
    RectificationSource,
    RectificationState,
)
from reviews.forms.dashboard import EVERYTHING, organization_choices
from reviews.models.rectification import LONGEST_TEXT, RectificationQuerySet
from reviews.services.rectification import ItemTerms

RECENT_YEARS = 3
VERSION = {"min_value": 1, "max_value": 2**31 - 1, "widget": forms.HiddenInput}


class ItemForm(forms.Form):
    """What is to be put right, by whom and when. ``names`` are the fields the user may set."""

    problem = LineField(label=gettext_lazy("Problem"), max_length=300)
    cause = forms.ChoiceField(label=pgettext_lazy("rectification", "Cause"), choices=Cause.choices)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of meeting"), required=False, choices=[("", "—"), *MeetingKind.choices]
    )
    due_on = DayField(label=gettext_lazy("To be done by"), required=False)
    owner = forms.ModelChoiceField(
        Member.objects.none(), label=gettext_lazy("Responsible"), required=False, empty_label="—"
    )
    measure = ParagraphField(
        label=gettext_lazy("Measure"), max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    openness = forms.ChoiceField(label=gettext_lazy("May be read by"), choices=Openness.choices)

    def __init__(
        self,
        data: Any = None,
        *,
        organization: Organization,
        today: date,
        usual: date | None = None,
        names: Sequence[str] = (),
        initial: Any = None,
    ) -> None:
        super().__init__(data, initial={"openness": Openness.KEPT, "cause": Cause.OTHER} | (initial or {}))
        self.fields["owner"].queryset = Member.objects.of_branch(organization, today)  # type: ignore[attr-defined]
        if usual:
            words = _("Left empty: %(day)s, by the rule book.") % {"day": cn_date(usual)}
            self.fields["due_on"].help_text = words
        for name in [each for each in self.fields if names and each not in names]:
            del self.fields[name]

    def terms(self, **known: Any) -> ItemTerms:
        return ItemTerms(**known | self.cleaned_data)

    def refuse(self, error: ValidationError) -> None:
        """What the service says, at its field."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, sentences in by_field.items():
            self.add_error(name if name in self.fields else None, sentences)


class ArrangeForm(ItemForm):
    version = forms.IntegerField(**VERSION)


class ItemStepForm(forms.Form):
    """A step with what is said about it; reopened, until when it is to be done."""

    version = forms.IntegerField(**VERSION)
    comment = ParagraphField(
        label=gettext_lazy("Opinion (may stay empty)"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    due_on = DayField(label=gettext_lazy("To be done by"), required=False)

    def __init__(self, data: Any = None, *, label: str = "", with_day: bool = False, **more: Any) -> None:
        super().__init__(data, **more)
        if label:
            self.fields["comment"].label = label
        if not with_day:
            del self.fields["due_on"]


class ProgressForm(forms.Form):
    text = LineField(label=gettext_lazy("How it stands"), max_length=500)


class BranchChoiceForm(forms.Form):
    """For which branch; asked first, because what follows depends on it."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Branch"), empty_label=None
    )

    def __init__(self, data: Any = None, *, branches: Any) -> None:
        super().__init__(data)
        self.fields["organization"].queryset = branches  # type: ignore[attr-defined]


NO_KIND = "none"
STATUSES = [
    ("counted", pgettext_lazy("rectification", "All but the revoked")),
    ("unsettled", gettext_lazy("Not closed yet")),
    ("overdue", gettext_lazy("Overdue")),
    ("mend", gettext_lazy("To put right")),
    (RectificationState.CLAIMED, RectificationState.CLAIMED.label),
    (RectificationState.CLOSED, RectificationState.CLOSED.label),
    (RectificationState.REVOKED, RectificationState.REVOKED.label),
]


def places_of(user: User, items: RectificationQuerySet) -> list[Organization]:
    """The organizations one answers for, and those of the other items one may read, in tree order. One query."""
    theirs = Organization.objects.filter(pk__in=items.order_by().values("organization"))
    return list(Organization.objects.visible_to(user) | theirs)


class RectificationFilter(forms.Form):
    """Narrowing the list. Everything may be left out."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False, choices=[EVERYTHING, *STATUSES])
    organization = forms.ChoiceField(label=gettext_lazy("Organization"), required=False)
    cause = forms.ChoiceField(
        label=pgettext_lazy("rectification", "Cause"), required=False, choices=[EVERYTHING, *Cause.choices]
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of meeting"),
        required=False,
        choices=[
            EVERYTHING,
            *MeetingKind.choices,
            (NO_KIND, pgettext_lazy("kind of meeting", "No particular kind")),
        ],
    )
    source = forms.ChoiceField(
        label=pgettext_lazy("rectification", "Source"), required=False,
        choices=[EVERYTHING, *RectificationSource.choices],
    )  # fmt: skip
    year = forms.TypedChoiceField(
        label=gettext_lazy("Raised in"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, *, organizations: Sequence[Organization], today: date) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.organizations, self.today = organizations, today
        years = [(year, str(year)) for year in range(today.year, today.year - RECENT_YEARS, -1)]
        self.fields["year"].choices = [EVERYTHING, *years]  # type: ignore[attr-defined]
        if len(organizations) > 1:
            choices = [EVERYTHING, *organization_choices(organizations)]
            self.fields["organization"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["organization"]

    @property
    def chosen(self) -> Organization | None:
        wanted = self.cleaned_data.get("organization")
        return next((each for each in self.organizations if str(each.pk) == wanted), None)

    def narrow(self, items: RectificationQuerySet) -> RectificationQuerySet:
        """None while something is wrong with the filter."""
        if not self.is_valid():
            return items.none()
        equal = {name: self.cleaned_data.get(name) for name in ("cause", "kind", "source")}
        if equal["kind"] == NO_KIND:
            items, equal["kind"] = items.filter(kind=""), ""
        wanted = Q(**{name: value for name, value in equal.items() if value})
        if top := self.chosen:
            wanted &= Q(organization__path__startswith=top.path)
        if year := self.cleaned_data["year"]:
            wanted &= Q(raised_at__year=year)
        return items.filter(wanted & self._status())

    def query(self) -> dict[str, str]:
        """What was chosen, to be carried on in links to the list."""
        chosen = {name: self.cleaned_data.get(name) for name in self.fields} if self.is_valid() else {}
        return {name: str(value) for name, value in chosen.items() if value}

    def _status(self) -> Q:
        status = self.cleaned_data.get("status")
        named = {
            "counted": ~Q(state=RectificationState.REVOKED),
            "unsettled": Q(state__in=UNSETTLED),
            "overdue": Q(state__in=TO_MEND, due_on__lt=self.today),
            "mend": Q(state__in=TO_MEND),
        }
        return named.get(status, Q(state=status) if status else Q())


class CausesFilter(RectificationFilter):
    """The same by year and part of the tree only."""

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in [each for each in self.fields if each not in ("organization", "year")]:
            del self.fields[name]


class NoticeForm(forms.Form):
    """On what occasion the items of a notice were found."""

    occasion = LineField(
        label=gettext_lazy("On what occasion it was found"),
        max_length=200,
        help_text=gettext_lazy("Such as: the check of the records of the third quarter."),
    )
