"""The first page: what this person has to do now, by role."""

from datetime import date, datetime
from typing import Any

from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import HERE, MeetingState, Role
from meetings.models import Attendance, Meeting, Notice, Obligation
from meetings.models.obligation import ObligationStatus
from meetings.rules import can_appoint, can_import, can_review, can_see_dashboard
from meetings.scope import Scope, account_keepers, scope_of
from meetings.services.rulebook.limits import Limits
from reviews.compliance.branches import Presence, counting
from reviews.compliance.desk import desk_lines, has_in_hand, late_branches
from reviews.compliance.lines import year_rows
from reviews.menu import counts_for, office_page
from reviews.models import Plan, Rectification
from reviews.services.inbox import first_to_review
from reviews.views.matrices import kind_matrix
from reviews.views.todo import OVERDUE, tasks_of

SHOWN = 8
# Notices that ask for more than being read: a member nobody has seen, a vote without enough people.
CALLING = ("help.needed", "quorum.short")
CALLING_SHOWN, LATEST = 5, 5
LATE_SHOWN = 4  # a branch far behind still sees what came back and what is coming


def workbench(request: HttpRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    scope = scope_of(user)
    if page := office_page(scope):
        return redirect(page)
    context: dict[str, Any] = {
        "greeting": greeting(timezone.localtime()),
        "today": today,
        "counts": counts_for(user, today),
        **notices_of(user),
        **_without_branches(scope),
    }
    if has_in_hand(scope):
        context |= _writer(user, scope, today)
    if can_see_dashboard(user):
        context |= _overseer(user, today)
    elif not scope.seats and scope.member_id is not None:
        context |= _member(user, scope, today)
    return render(request, "reviews/workbench.html", context)


def _without_branches(scope: Scope) -> dict[str, Any]:
    """What is said to an officer, and to somebody without any role."""
    return {
        "office": next((Role(seat.role).label for seat in scope.offices), ""),
        "nothing": not scope.seats and not scope.offices and scope.branch_id is None,
        "administrator_appoints": Role.ADMINISTRATOR in account_keepers(),
    }


def greeting(now: datetime) -> str:
    if now.hour < 12:
        return _("Good morning")
    return _("Good afternoon") if now.hour < 18 else _("Good evening")


def notices_of(user: User) -> dict[str, Any]:
    """What calls for a word with somebody first, and beside it the latest that still matter. One query."""
    urgent = Case(When(code__in=CALLING, then=0), default=1)
    found = Notice.objects.visible_to(user).current().order_by(urgent, "-created_at", "-pk")
    shown = list(found[: CALLING_SHOWN + LATEST])
    calling = [notice for notice in shown if notice.code in CALLING][:CALLING_SHOWN]
    latest = [notice for notice in shown if notice not in calling][:LATEST]
    return {"calling": calling, "notices": [_row(notice) for notice in latest]}


def _row(notice: Notice) -> dict[str, Any]:
    """As `components/notices.html` shows it."""
    return {
        "title": str(notice), "url": notice.url, "at": notice.created_at, "unread": notice.read_at is None,
    }  # fmt: skip


def _writer(user: User, scope: Scope, today: date) -> dict[str, Any]:
    """The desk of a secretary or a group's leader: tasks, and the year at a glance for each branch."""
    lines = desk_lines(scope, today)
    this_year = [line for line in lines if line.period_start.year == today.year]
    limits = Limits.read()
    tasks = tasks_of(user, lines, today, limits)
    late = [task for task in tasks if task.rank == OVERDUE]
    shown = late[:LATE_SHOWN] + [task for task in tasks if task.rank != OVERDUE][:SHOWN]
    branches = {line.organization_id: line.organization for line in this_year}
    return {
        "writes": True,
        "calendar_warning": limits.warning,
        "tasks": shown,
        "more_tasks": len(tasks) - len(shown),
        "still_open": sum(line.status_on(today) == ObligationStatus.OPEN for line in lines),
        "overdue": sum(line.status_on(today) == ObligationStatus.OVERDUE for line in lines),
        "years": [(branch, _year_matrix(this_year, branch.pk, today)) for branch in branches.values()],
    }


def _year_matrix(lines: list[Obligation], branch: int, today: date) -> Any:
    own = [line for line in lines if line.organization_id == branch]
    return kind_matrix(year_rows(own), year=today.year, as_of=today)


def _overseer(user: User, today: date) -> dict[str, Any]:
    """The desk of a reviewer or an administrator: what waits, who is behind."""
    context: dict[str, Any] = {
        "oversees": True,
        "imports": can_import(user),
        "appoints": can_appoint(user),
        "late": late_branches(Obligation.objects.filter(_overseen(user)), today, SHOWN),
    }
    if can_review(user):
        limits = Limits.read()
        papers = [(paper, isinstance(paper, Plan)) for paper in first_to_review(user, SHOWN, limits)]
        context |= {"reviews": True, "papers": papers}
        context |= {"calendar_warning": limits.warning} if limits.warning else {}
        if counts_for(user, today).verify:
            waiting = Rectification.objects.verifiable_by(user).select_related("organization")
            context["to_verify"] = waiting.order_by("claimed_at", "pk")[:SHOWN]
    return context


def _overseen(user: User) -> Q:
    """Branches are compared only before those who answer for all of them."""
    return scope_of(user).within("organization__", (Role.REVIEWER, Role.ADMINISTRATOR))


def _member(user: User, scope: Scope, today: date) -> dict[str, Any]:
    """Of an ordinary member: what is coming, and how often one came this year."""
    coming = Meeting.objects.visible_to(user).expecting(user)
    coming = coming.filter(state=MeetingState.SCHEDULED, day__gte=today)
    own = Attendance.objects.filter(member=scope.member_id)
    rows = list(counting(own, year=today.year, as_of=today).select_related("meeting").order_by("-day", "-pk"))
    came = sum(row.presence in HERE for row in rows)
    return {
        "is_member": True,
        "coming": coming.order_by("day", "starts", "pk").prefetch_related("parts")[:SHOWN],
        "attended": rows[:SHOWN],
        "presence": Presence(len(rows), came),
        "to_mend": Rectification.objects.filter(owner=scope.member_id).open()[:SHOWN],
    }
