"""The list behind every number: single lines of the ledger with status, basis and meetings."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from branchlife.models import User
from meetings.models import Meeting, Obligation, Organization, PartyGroup
from meetings.rules import can_see_roster
from reviews.compliance.branches import ledger_years
from reviews.compliance.lines import meetings_behind
from reviews.forms.dashboard import LedgerForm
from reviews.views.states import Line, enter_url

PER_PAGE = 50


def obligation_list(request: HttpRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    if not can_see_roster(user):  # members without a role answer for no line of the ledger
        raise PermissionDenied
    visible = Obligation.objects.visible_to(user)
    filters = LedgerForm(
        request.GET,
        organizations=list(Organization.objects.visible_to(user)),
        groups=PartyGroup.objects.visible_to(user),
        years=ledger_years(visible, today),
        today=today,
    )
    found = filters.narrow(visible).select_related("requirement", "organization", "group")
    found = found.order_by("period_end", "organization__path", "requirement__position", "group", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filters": filters, "page_obj": page, "lines": _lines(user, list(page), today)}
    return render(request, "reviews/obligation_list.html", context, status=400 if filters.errors else 200)


def _lines(user: User, rows: list[Obligation], today: Any) -> list[Line]:
    behind = meetings_behind(rows, Meeting.objects.visible_to(user))
    return [Line(row, today, behind[row.pk], enter_url(user, row)) for row in rows]
