"""Changing the roster: people, posts, standings, groups."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.forms import UnchangedMixin
from meetings.confidential import masked
from meetings.enums import WITHOUT_VOTE, Gender, PostTitle, StandingKind
from meetings.forms.fields import DayField, LineField
from meetings.models import Member, Organization, PartyGroup
from meetings.services.roster.people import FACTS, MemberFacts
from meetings.services.roster.standings import SETTABLE
from meetings.workbooks.identity import parse_id_number, parse_phone
from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import person_name

TO = pgettext_lazy("end of a time", "Until")


class ChangeForm(forms.Form):
    """A form whose service may still refuse what it asks for."""

    def refuse(self, error: ValidationError) -> None:
        """Show why; what the service says of a field this form does not have stands above the form."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, faults in error.error_dict.items():
            known = name != NON_FIELD_ERRORS and name in self.fields
            self.add_error(name if known else None, faults)


class ReadField(LineField):
    """One line that must read as something: a name, an ID number, a telephone number."""

    def __init__(self, *, read: Callable[[object], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._read = read

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        try:
            return self._read(text) if text else ""
        except BadValue as error:
            raise ValidationError(str(error)) from None


class SearchForm(forms.Form):
    """The first step of adding somebody: where, and who that might be already."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Branch"), empty_label=None)
    name = ReadField(read=person_name, label=_("Name"), max_length=60)

    def __init__(self, *args: Any, branches: Iterable[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = branches  # type: ignore[attr-defined]


class MemberForm(ChangeForm):
    """What is known of a person."""

    name = ReadField(read=person_name, label=_("Name"), max_length=60)
    gender = forms.ChoiceField(label=_("Gender"), choices=[("", "—"), *Gender.choices], required=False)
    ethnicity = LineField(label=_("Ethnicity"), max_length=20, required=False)
    born_on = DayField(label=_("Born on"), required=False)
    id_number = ReadField(
        read=parse_id_number, label=_("ID number"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = ReadField(read=parse_phone, label=_("Phone"), max_length=40, required=False)
    joined_on = DayField(label=_("Joined the Party on"))
    full_member_on = DayField(
        label=_("Full member since"), required=False, help_text=_("Empty for a probationary member.")
    )
    is_leading_cadre = forms.BooleanField(label=_("Leading cadre"), required=False)
    is_as_filed = forms.BooleanField(
        label=_("The dates are as in the member's file, though out of the ordinary."), required=False
    )


class MemberAddForm(MemberForm):
    """Somebody new in a branch that has been chosen already."""

    day = DayField(label=_("In the branch from"))
    group = forms.ModelChoiceField(
        PartyGroup.objects.none(), label=_("Party group"), required=False, empty_label="—"
    )
    is_another = forms.BooleanField(
        label=_("This is another person than the namesakes in the roster."), required=False
    )

    def __init__(self, *args: Any, branch: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = branch.groups.filter(dissolved_on=None)  # type: ignore[attr-defined]
        if not branch.groups.all():
            del self.fields["group"]

    def facts(self) -> MemberFacts:
        return MemberFacts(**{name: self.cleaned_data[name] for name in FACTS})


class MemberFactsForm(MemberForm):
    """Mending what was written wrongly. An ID number is never sent to a page, so an empty field keeps it."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    remove_id_number = forms.BooleanField(label=_("Take the ID number out"), required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if member.id_number:
            self.fields["id_number"].help_text = _("Known: %(number)s. Leave empty to keep it.") % {
                "number": masked(member.id_number, "id_number")
            }
        else:
            del self.fields["remove_id_number"]

    def changes(self) -> dict[str, Any]:
        known = {name: self.cleaned_data[name] for name in FACTS}
        if not known["id_number"] and not self.cleaned_data.get("remove_id_number"):
            del known["id_number"]
        return known


class DayForm(ChangeForm):
    """Something happens on a day."""

    day = DayField(label=_("First day"))

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["day"].label = label
        self.fields["day"].initial = timezone.localdate


class PostForm(DayForm):
    title = forms.ChoiceField(label=_("Post"), choices=[("", "—"), *PostTitle.choices])
    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Branch"), empty_label=None)
    last_day = DayField(label=TO, required=False, help_text=_("Only for a post that is over."))
    field_order = ("organization", "title", "day", "last_day")

    def __init__(self, *args: Any, branches: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [branch.pk for branch in branches]
        self.fields["organization"].queryset = Organization.objects.filter(pk__in=keys)  # type: ignore[attr-defined]


class StandingForm(DayForm):
    kind = forms.ChoiceField(label=_("Standing"))
    last_day = DayField(label=TO, required=False, help_text=_("If it is known already."))
    reason = LineField(
        label=_("Reason or decision"), max_length=200, required=False,
        help_text=_("Where rights are suspended: who decided, which number, which day."),
    )  # fmt: skip
    field_order = ("kind", "day", "last_day", "reason")

    def __init__(self, *args: Any, may_suspend: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in SETTABLE if may_suspend or kind not in WITHOUT_VOTE]
        self.fields["kind"].choices = [("", "—"), *((kind.value, kind.label) for kind in kinds)]  # type: ignore[attr-defined]

    def clean_kind(self) -> StandingKind:
        return StandingKind(self.cleaned_data["kind"])


class EndForm(ChangeForm):
    """The last day of something, and why it ends."""

    last_day = DayField(label=_("Last day"))
    reason = LineField(label=_("Reason"), max_length=200, required=False)

    def __init__(
        self, *args: Any, asks_reason: bool = True, needs_reason: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = timezone.localdate
        self.fields["reason"].required = needs_reason
        if not asks_reason:
            del self.fields["reason"]


class ReceiveForm(DayForm):
    """Somebody who is in no branch now."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Branch"), empty_label="—")
    field_order = ("organization", "day")

    def __init__(self, *args: Any, branches: Iterable[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = branches  # type: ignore[attr-defined]


class GroupsForm(UnchangedMixin, DayForm):
    """Each member of a branch with the group they are in; only those put elsewhere change."""

    def __init__(
        self, *args: Any, members: Sequence[tuple[Member, PartyGroup | None]], groups: Sequence[PartyGroup],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._groups = {str(group.pk): group for group in groups}
        self._members = {self._name(member): member for member, _group in members}
        choices = [("", "—"), *((group.pk, group.name) for group in groups)]
        for member, group in members:
            self.fields[self._name(member)] = forms.ChoiceField(
                label=member.name, choices=choices, required=False, initial=group.pk if group else ""
            )

        self.fields["before"].initial = self._mark()  # again, now that everybody stands in it

    def watched(self) -> list[str]:
        return list(getattr(self, "_members", ()))

    @staticmethod
    def _name(member: Member) -> str:
        return f"member-{member.pk}"

    def groups(self) -> dict[Member, PartyGroup | None]:
        return {member: self._groups.get(self.cleaned_data[name]) for name, member in self._members.items()}

    @property
    def rows(self) -> list[forms.BoundField]:
        return [self[name] for name in self._members]


class GroupForm(DayForm):
    name = LineField(label=_("Name of the group"), max_length=60)
    field_order = ("name", "day")


class GroupNameForm(UnchangedMixin, ChangeForm):
    name = LineField(label=_("Name of the group"), max_length=60)


class AsOfForm(forms.Form):
    """The day on which a roster is looked at."""

    on = DayField(label=_("As of"), required=False)

    def day(self, today: date) -> date:
        """Today where nothing was asked, or nothing that is a day."""
        return (self.is_valid() and self.cleaned_data["on"]) or today
