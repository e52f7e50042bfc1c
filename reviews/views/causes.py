"""Why things had to be put right; every number opens its list."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from branchlife.http import SignedInRequest
from meetings.enums import MeetingKind
from meetings.rules import can_see_organizations
from reviews.compliance.causes import CauseLine, Tallied, causes_of
from reviews.enums import Cause
from reviews.forms.rectification import CausesFilter, places_of
from reviews.models import Rectification

# Column of the table → status of the list behind it.
STATUSES = {"total": "", "open": "mend", "overdue": "overdue", "claimed": "claimed", "closed": "closed"}


@dataclass(frozen=True)
class Line:
    """A line of a table: each number with the address of its list."""

    label: str
    numbers: list[tuple[int, str]]
    days: int | None


def rectification_causes(request: SignedInRequest) -> HttpResponse:
    if not can_see_organizations(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    items = Rectification.objects.visible_to(request.user)
    filters = CausesFilter(request.GET, organizations=places_of(request.user, items), today=today)
    found = causes_of(filters.narrow(items), today, _labels())
    known = filters.query()
    context = {
        "filters": filters,
        "total": _line("", found.total, known),
        "tables": [
            (pgettext("causes", "By cause"), _lines(found.by_cause, "cause", known)),
            (pgettext("causes", "By kind of meeting"), _lines(found.by_kind, "kind", known)),
            (pgettext("causes", "By branch"), _lines(found.by_branch, "organization", known)),
        ],
    }
    return render(
        request, "reviews/rectification_causes.html", context, status=400 if filters.errors else 200
    )


def _labels() -> dict[str, dict[str, str]]:
    kinds = {code: str(label) for code, label in MeetingKind.choices}
    return {
        "cause": {code: str(label) for code, label in Cause.choices},
        "kind": kinds | {"": pgettext("kind of meeting", "No particular kind")},
    }


def _lines(lines: list[CauseLine], name: str, known: dict[str, Any]) -> list[Line]:
    return [_line(line.label, line.tally, known | {name: line.key or "none"}) for line in lines]


def _line(label: str, tally: Tallied, query: dict[str, Any]) -> Line:
    numbers = [(getattr(tally, column), _url(query, status)) for column, status in STATUSES.items()]
    return Line(label, numbers, tally.days)


def _url(query: dict[str, Any], status: str) -> str:
    wanted = query | ({"status": status} if status else {"status": "counted"})
    return f"{reverse('rectification_list')}?{urlencode(wanted)}"
