"""The committee's view: how its branches stand, number by number with the list behind it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from branchlife.models import User
from meetings.enums import MeetingState, Role
from meetings.models import Attendance, Meeting, Obligation, Organization
from meetings.rules import can_review, can_see_dashboard
from meetings.scope import scope_of
from meetings.services.rulebook.limits import Limits
from reviews.compliance.branches import (
    BranchYear,
    Presence,
    attendance_by_branch,
    branch_years,
    ledger_years,
    months_of_all,
)
from reviews.compliance.tally import Tally, total
from reviews.compliance.waiting import Waiting, waiting_papers
from reviews.enums import PlanState
from reviews.forms.dashboard import FiguresForm
from reviews.menu import counts_for
from reviews.models import Plan
from reviews.views.matrices import branch_matrix, month_names
from reviews.views.states import ledger_url


def dashboard(request: HttpRequest) -> HttpResponse:
    if not can_see_dashboard(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    organizations = list(Organization.objects.filter(_answered_for(request.user)))
    lines = Obligation.objects.filter(_answered_for(request.user, "organization__"))
    filters = FiguresForm(
        request.GET, organizations=organizations, years=ledger_years(lines, today), today=today
    )
    context: dict[str, Any] = {"filters": filters, "today": today}
    if not filters.is_valid():
        return render(request, "reviews/dashboard.html", context, status=400)
    return render(request, "reviews/dashboard.html", context | _figures(request.user, filters, lines))


def _answered_for(user: User, lookup: str = "") -> Any:
    """Branches are compared only before those who answer for all of them."""
    return scope_of(user).within(lookup, (Role.REVIEWER, Role.ADMINISTRATOR))


def _figures(user: User, filters: FiguresForm, lines: Any) -> dict[str, Any]:
    year, today, kind = filters.year_shown, filters.today, filters.cleaned_data["kind"]
    years = branch_years(filters.narrow(lines), today)
    branches = _rows(filters, years)
    years = {each.pk: years[each.pk] for each in branches if each.pk in years}
    rows = Attendance.objects.filter(organization__in=_below(filters, user))
    present = attendance_by_branch(rows, year=year, as_of=today, kind=kind)
    present = {each.pk: present[each.pk] for each in branches if each.pk in present}
    waiting = waiting_papers(user, _papers(Plan, filters, user), _papers(Meeting, filters, user))
    limits = Limits.read()
    waits = _waiting_cards(user, filters, waiting, limits)
    return {
        "calendar_warning": limits.warning,
        "place": filters.chosen.name if filters.chosen else "",
        "branch_count": len(branches),
        "cards": _cards(filters, years, present, waits),
        "table": branch_matrix(branches, years, present, filters.query()) if branches else None,
        "chart": _chart(years),
    }


def _rows(filters: FiguresForm, years: Mapping[int, BranchYear]) -> list[Organization]:
    """Branches, and whoever else owes something; with a status chosen, those that have such a line."""
    status = filters.cleaned_data["status"]
    return [
        each
        for each in filters.within()
        if (each.pk in years or (each.is_branch and _existed(each, filters.year_shown)))
        and (not status or getattr(years.get(each.pk, BranchYear()).total, status))
    ]


def _existed(branch: Organization, year: int) -> bool:
    dissolved = branch.dissolved_on is not None and branch.dissolved_on <= date(year, 1, 1)
    return branch.founded_on <= date(year, 12, 31) and not dissolved


def _below(filters: FiguresForm, user: User) -> QuerySet[Organization]:
    top = filters.chosen
    within = Organization.objects.filter(_answered_for(user)).order_by()
    return within.filter(path__startswith=top.path) if top else within


def _papers(model: Any, filters: FiguresForm, user: User) -> Any:
    return model.objects.visible_to(user).filter(organization__in=_below(filters, user))


def _cards(
    filters: FiguresForm,
    years: Mapping[int, BranchYear],
    present: Mapping[int, Presence],
    waits: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """The figures, each with the address of the list behind it."""
    attendance = _attendance_card(sum(present.values(), Presence()), filters.chosen)
    return [*_ledger_cards(years, filters.query()), *waits, attendance]


def _waiting_cards(
    user: User, filters: FiguresForm, waiting: Waiting, limits: Limits
) -> list[dict[str, Any]]:
    """The inbox where it holds all that waits; what lies on another desk is in the two lists alone."""
    mine = counts_for(user, filters.today).to_review if can_review(user) else -1
    if not filters.chosen and mine == waiting.papers:
        since = _oldest(waiting.oldest, limits, filters.today)
        return [
            {"label": _("Waiting for review"), "value": mine, "note": since, "url": reverse("inbox")},
        ]
    place = filters.chosen.pk if filters.chosen else ""
    plans = _oldest(waiting.oldest_plan, limits, filters.today)
    records = _oldest(waiting.oldest_record, limits, filters.today)
    return [
        {"label": _("Plans waiting for review"), "value": waiting.plans, "note": plans,
         "url": _with_query("plan_list", state=PlanState.SUBMITTED, branch=place)},
        {"label": _("Records waiting for review"), "value": waiting.records, "note": records,
         "url": _with_query("meeting_list", state=MeetingState.SUBMITTED, organization=place)},
    ]  # fmt: skip


def _with_query(name: str, **query: object) -> str:
    return f"{reverse(name)}?{urlencode({key: value for key, value in query.items() if value != ''})}"


def _ledger_cards(years: Mapping[int, BranchYear], query: dict[str, str]) -> list[dict[str, Any]]:
    sums = total(each.total for each in years.values())
    late = sum(1 for each in years.values() if each.total.overdue)
    return [
        {"label": _("Met"), "value": sums.met, "of": sums.owed, "note": sums.rate, "kind": "met",
         "url": ledger_url(**query, status="met")},
        {"label": _("Overdue, not held"), "value": sums.overdue, "kind": "overdue" if sums.overdue else "",
         "note": ngettext("in %(n)s branch", "in %(n)s branches", late) % {"n": late},
         "url": ledger_url(**query, status="overdue")},
    ]  # fmt: skip


def _attendance_card(came: Presence, top: Organization | None) -> dict[str, Any]:
    within = f"?organization={top.pk}" if top and not top.is_branch else ""
    return {
        "label": pgettext("attendance", "Attendance"),
        "value": came.rate,
        "note": _("%(present)s of %(expected)s came") % {"present": came.present, "expected": came.expected},
        "url": reverse("branch_list") + within,
    }


def _oldest(since: datetime | None, limits: Limits, today: date) -> str:
    if not since:
        return _("nothing waits")
    days = limits.waited(timezone.localdate(since), today)
    return ngettext("oldest %(n)s working day", "oldest %(n)s working days", days) % {"n": days}


def _chart(years: Mapping[int, BranchYear]) -> dict[str, Any]:
    """Owed against held by month, and the rate of the months that are over: what is not due yet is
    no failure. Months nothing has begun in stay empty."""
    months = list(months_of_all(years).values())
    return {
        "labels": month_names(),
        "bars": [
            {"name": _("Owed"), "values": [tally.owed or None for tally in months]},
            {"name": _("Held"), "values": [tally.met if tally.owed else None for tally in months]},
        ],
        "line": {"name": _("Rate"), "values": [_rate(tally) for tally in months]},
    }


def _rate(tally: Tally) -> float | None:
    return (tally.met * 1000 // tally.owed) / 10 if tally.owed and not tally.open else None
