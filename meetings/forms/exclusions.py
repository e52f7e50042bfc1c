"""Asking to leave a member out of the count, and deciding about it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from branchlife.models import User
from meetings.enums import ExclusionReason, Role
from meetings.forms.fields import DayField, LineField
from meetings.models import Member, Membership, Organization
from meetings.models.dated import on_day
from meetings.scope import scope_of
from meetings.workflow import ExclusionAction


class ExclusionForm(forms.Form):
    """For the secretary of one branch or of several: the full members there today."""

    member = forms.ChoiceField(label=gettext_lazy("Member"))
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "—"), *ExclusionReason.choices])
    explanation = LineField(label=gettext_lazy("Explanation"), max_length=300)

    def __init__(self, data: Any = None, *, user: User, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        today = timezone.localdate()
        led = [seat.organization_id for seat in scope_of(user).seats if seat.role == Role.SECRETARY]
        rows = Membership.objects.filter(
            on_day(today), organization__in=led, member__full_member_on__lte=today
        )
        self._rows = {
            str(row.member_id): row
            for row in rows.select_related("member", "organization").order_by("member__name_key", "member_id")
        }
        several = len(led) > 1
        labels = [(pk, _label(row, several)) for pk, row in self._rows.items()]
        self.fields["member"].choices = [("", "—"), *labels]  # type: ignore[attr-defined]

    def clean_member(self) -> Member:
        row = self._rows[self.cleaned_data["member"]]
        self.organization: Organization = row.organization
        return row.member

    def clean_reason(self) -> ExclusionReason:
        return ExclusionReason(self.cleaned_data["reason"])


class ExclusionStepForm(forms.Form):
    opinion = LineField(label=gettext_lazy("Opinion"), max_length=300, required=False)
    last_day = DayField(label=gettext_lazy("Last day out of the count"), required=False)

    def __init__(self, data: Any = None, *, action: ExclusionAction | None = None) -> None:
        super().__init__(data, initial={"last_day": timezone.localdate()})
        if action is not None and action != ExclusionAction.END:
            del self.fields["last_day"]


def _label(row: Membership, with_branch: bool) -> str:
    return f"{row.member.name} · {row.organization.name}" if with_branch else row.member.name
