"""Branches: the list one answers for, and the page of one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from branchlife.models import User
from meetings.enums import MeetingKind
from meetings.models import Attendance, Meeting, Obligation, Organization
from meetings.rules import answers_for, leads_branch
from reviews.compliance.branches import BranchYear, Presence, attendance_by_branch, branch_years
from reviews.compliance.coverage import yearly_coverage
from reviews.compliance.lines import year_rows
from reviews.compliance.people import full_member_count, member_count, posts_of, secretary_name
from reviews.forms.dashboard import BranchFilterForm
from reviews.models import Plan
from reviews.views.contacts import contacts_of
from reviews.views.matrices import kind_matrix
from reviews.views.plan_sheet import MEETING_KINDS, STATE_KINDS
from reviews.views.states import Line, enter_url

PER_PAGE = 50
RECENT = 8
FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True)
class BranchRow:
    branch: Organization
    parent: str
    secretary: str
    year: BranchYear
    presence: Presence


def branch_list(request: HttpRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    organizations = list(Organization.objects.visible_to(user))
    filters = BranchFilterForm(request.GET, organizations=organizations)
    branches = Organization.objects.visible_to(user).branches().annotate(members=member_count(today))
    page = Paginator(filters.narrow(branches), PER_PAGE).get_page(request.GET.get("page"))
    names = {each.path: each.name for each in organizations}
    context = {
        "filters": filters,
        "page_obj": page,
        "rows": _rows(user, list(page), names, today),
        "today": today,
    }
    return render(request, "reviews/branch_list.html", context, status=400 if filters.errors else 200)


def branch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    counted = Organization.objects.annotate(
        members=member_count(today), full_members=full_member_count(today)
    )
    branch = get_object_or_404(counted.visible_to(user).branches(), pk=pk)
    year = _year(request.GET.get("year"), today)
    lines = list(
        Obligation.objects.visible_to(user)
        .filter(organization=branch)
        .in_year(year)
        .select_related("requirement", "organization", "group")
    )
    context = {
        "branch": branch, "year": year, "today": today, "posts": posts_of([pk], today)[pk],
        "table": kind_matrix(year_rows(lines), year=year, as_of=today) if lines else None,
        "due": _due(user, lines, today) if year == today.year else [],
        "is_secretary": leads_branch(user, branch), "takes_register": answers_for(user, branch),
    }  # fmt: skip
    return render(request, "reviews/branch_detail.html", context | _history(user, branch, year, today))


def _rows(user: User, branches: list[Organization], names: dict[str, str], today: date) -> list[BranchRow]:
    shown = [branch.pk for branch in branches]
    lines = Obligation.objects.visible_to(user).filter(organization__in=shown).in_year(today.year)
    years = branch_years(lines, today)
    attendances = Attendance.objects.visible_to(user).filter(organization__in=shown)
    present = attendance_by_branch(attendances, year=today.year, as_of=today)
    posts = posts_of(shown, today)
    return [
        BranchRow(
            branch=branch,
            parent=names.get(branch.parent_path, ""),
            secretary=secretary_name(posts[branch.pk]),
            year=years.get(branch.pk, BranchYear()),
            presence=present.get(branch.pk, Presence()),
        )
        for branch in branches
    ]


def _due(user: User, lines: list[Obligation], today: date) -> list[Line]:
    """What is overdue, and what has begun and is not over yet, by due day."""
    rows = [
        Line(line, today, enter_url=enter_url(user, line)) for line in lines if line.period_start <= today
    ]
    shown = [row for row in rows if row.obligation.period_end >= today or row.state == "overdue"]
    return sorted(shown, key=lambda row: (row.obligation.due_on, row.obligation.requirement.position))


def _history(user: User, branch: Organization, year: int, today: date) -> dict[str, Any]:
    """The last meetings, the year's plans, attendance, who looks after the branch."""
    attendances = Attendance.objects.visible_to(user).filter(organization=branch)
    plans = Plan.objects.visible_to(user).filter(organization=branch, period_start__year=year)
    plans = list(plans.annotate(budget=Sum("items__budget")).order_by("period_start"))
    days = date(year, 1, 1), min(today, date(year, 12, 31))
    meetings = Meeting.objects.visible_to(user).filter(organization=branch, day__range=days)
    held = _held_in(meetings)
    # A group's leader sees a part of the branch's meetings: no statement about the whole.
    in_full = answers_for(user, branch)
    return {
        "meetings": _recent(held, with_problem=in_full),
        "contacts": contacts_of(user, branch, today),
        "coverage": yearly_coverage([each for each, _kinds in held], plans) if in_full else None,
        "plans": [(plan, STATE_KINDS[plan.state]) for plan in plans],
        "presence": attendance_by_branch(attendances, year=year, as_of=today).get(branch.pk, Presence()),
    }


def _held_in(meetings: QuerySet[Meeting]) -> list[tuple[Meeting, list[str]]]:
    """A year's meetings of a branch, the last first, each with its kinds. One query: a row per kind.

    Asked from the meetings: joined to a query of them, the parts made PostgreSQL go through all meetings once for
    each, where it took them for few.
    """
    rows = meetings.annotate(kind=F("parts__kind")).select_related("group")
    rows = rows.defer("content", "decisions", "guests").order_by("-day", "pk", "parts__pk")
    found: dict[int, tuple[Meeting, list[str]]] = {}
    row: Any
    for row in rows.filter(kind__isnull=False):
        found.setdefault(row.pk, (row, []))[1].append(str(MeetingKind(row.kind).label))
    return list(found.values())


def _recent(held: list[tuple[Meeting, list[str]]], *, with_problem: bool) -> list[dict[str, Any]]:
    return [
        {
            "meeting": meeting,
            "kinds": kinds,
            "tag": MEETING_KINDS[meeting.state],
            "problem": meeting.problem if with_problem else "",
        }
        for meeting, kinds in held[:RECENT]
    ]


def _year(text: str | None, today: date) -> int:
    if not text:
        return today.year
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise BadRequest
    return int(text)
