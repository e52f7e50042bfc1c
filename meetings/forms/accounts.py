"""Giving somebody a role."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.enums import BUSINESS_ROLES, PostTitle
from meetings.models import Member, Organization, PartyGroup, Post
from meetings.scope import account_keepers, scope_of


class GroupChoiceField(forms.ModelChoiceField):
    """Groups of different branches share names, so each is shown with its branch."""

    def label_from_instance(self, obj: PartyGroup) -> str:
        return f"{obj.organization.name} · {obj.name}"


class AppointmentForm(forms.Form):
    """Who gets which role where. People come from the roster of the actor's organizations, so
    nothing known is typed again; somebody who is no member gets an account by name."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Organization"))
    role = forms.ChoiceField(choices=[(role.value, role.label) for role in BUSINESS_ROLES], label=_("Role"))
    group = GroupChoiceField(
        PartyGroup.objects.none(),
        required=False,
        label=_("Party group"),
        help_text=_("Only for a group leader."),
    )
    member = forms.ModelChoiceField(Member.objects.none(), required=False, label=_("Member"))
    name = forms.CharField(
        max_length=60,
        required=False,
        label=_("Name"),
        help_text=_("Only for somebody who is not in the roster."),
    )
    email = forms.EmailField(
        required=False, label=_("E-mail"), help_text=_("Reminders are sent here as well.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(user)
        administered = Organization.objects.filter(scope.within(roles=account_keepers()))
        groups = PartyGroup.objects.filter(organization__in=administered).select_related("organization")
        members = Member.objects.filter(memberships__organization__in=administered).distinct()
        for name, rows in (("organization", administered), ("group", groups), ("member", members)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("member")) == bool(cleaned.get("name")) and not self.errors:
            raise ValidationError(
                _("Choose a member, or give the name of somebody who is not in the roster.")
            )
        return cleaned


def secretaries_without_account(organizations: Any) -> Any:
    """Posts of secretaries who cannot sign in yet: the first thing a new site has to do."""
    return (
        Post.objects.filter(
            title=PostTitle.SECRETARY, end_on=None, organization__in=organizations, member__user=None
        )
        .select_related("member", "organization")
        .order_by("organization__path")
    )
