"""Finding people in the roster."""

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchlife.models import User
from meetings.enums import StandingKind
from meetings.forms.fields import LineField
from meetings.models import Membership, Organization, PartyGroup, Standing
from meetings.models.dated import on_day
from meetings.scope import scope_of
from meetings.workbooks.identity import parse_id_number
from meetings.workbooks.problems import BadValue

PROBATIONARY = "probationary"
LETTERS = re.compile(r"[a-z ]{1,40}\Z")


class MemberFilter(forms.Form):
    """Names are found by characters, by pinyin (``shanxiao``) and by its first letters (``sxh``); somebody
    one answers for also by the whole ID number."""

    name = LineField(label=gettext_lazy("Name or pinyin initials"), max_length=60, required=False)
    organization = forms.ChoiceField(label=gettext_lazy("Branch"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Party group"), required=False)
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self._user = user
        self.organizations = list(Organization.objects.visible_to(user))
        groups = list(PartyGroup.objects.visible_to(user).select_related("organization"))
        everything = ("", pgettext_lazy("filter", "All"))
        several = len({group.organization_id for group in groups}) > 1
        self._choose("organization", [everything, *((o.pk, o.name) for o in self.organizations)])
        labels = ((g.pk, f"{g.organization.name} · {g.name}" if several else g.name) for g in groups)
        self._choose("group", [everything, *labels])
        probationary = (PROBATIONARY, gettext_lazy("Probationary member"))
        self._choose("standing", [everything, probationary, *StandingKind.choices])
        for name, choices in (("organization", self.organizations), ("group", groups)):
            if len(choices) < 2 and not self.data.get(name):
                del self.fields[name]

    def narrow(self, memberships: QuerySet[Membership], day: date) -> QuerySet[Membership]:
        """``memberships`` on a day narrowed to what was asked; nothing while that cannot be understood."""
        if not self.is_valid():
            return memberships.none()
        cleaned = self.cleaned_data
        if cleaned.get("organization"):
            path = next(o.path for o in self.organizations if str(o.pk) == cleaned["organization"])
            memberships = memberships.filter(organization__path__startswith=path)
        if cleaned.get("group"):
            memberships = memberships.filter(group=cleaned["group"])
        if cleaned["standing"]:
            memberships = memberships.filter(_standing(cleaned["standing"], day))
        if number := _id_number(cleaned["name"]):
            return memberships.filter(scope_of(self._user).within("organization__"), member__id_number=number)
        return _named(memberships, cleaned["name"]) if cleaned["name"] else memberships

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def _id_number(text: str) -> str:
    try:
        return parse_id_number(text)
    except BadValue:
        return ""


def _standing(wanted: str, day: date) -> Q:
    if wanted == PROBATIONARY:
        return Q(member__full_member_on__isnull=True) | Q(member__full_member_on__gt=day)
    return Q(Exists(Standing.objects.filter(on_day(day), member=OuterRef("member"), kind=wanted)))


def _named(memberships: QuerySet[Membership], text: str) -> QuerySet[Membership]:
    letters = unicodedata.normalize("NFKC", text).lower()
    condition = Q(member__name__icontains=text)
    if LETTERS.match(letters):
        joined = letters.replace(" ", "")
        memberships = memberships.alias(pinyin=Replace(F("member__name_key"), Value(" "), Value("")))
        # The sorting key is "shan xiao hua|单晓华": one word for each character.
        initials = " ".join(f"{letter}[a-z]*" for letter in joined)
        condition |= Q(pinyin__startswith=joined) | Q(member__name_key__regex=f"^{initials}")
    return memberships.filter(condition)
