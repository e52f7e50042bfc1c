"""Narrowing the inbox, and reading which plans were ticked."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.models import Organization
from reviews.services.inbox import branches_to_review

DIGITS = 18  # every number of so many digits fits into a key
MOST_CHOSEN = 200


class InboxFilterForm(forms.Form):
    branch = forms.ModelChoiceField(
        Organization.objects.none(), label=_("Branch"), required=False, empty_label=_("All")
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["branch"].queryset = branches_to_review(user)  # type: ignore[attr-defined]

    def narrow(self, papers: QuerySet) -> QuerySet:
        """Those of the chosen branch; none while something is wrong with the filter."""
        if not self.is_valid():
            return papers.none()
        branch = self.cleaned_data["branch"]
        return papers.filter(organization=branch) if branch else papers


def chosen_plans(values: Iterable[str]) -> dict[int, int]:
    """Plan by plan the version that was on the page, from boxes with the value ``17:3``.

    Raises BadRequest for anything else.
    """
    chosen: dict[int, int] = {}
    for value in values:
        pk, _colon, version = value.partition(":")
        chosen[_number(pk)] = _number(version)
    if len(chosen) > MOST_CHOSEN:
        raise BadRequest
    return chosen


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > DIGITS:
        raise BadRequest
    return int(text)
