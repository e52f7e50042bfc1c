"""Everybody's own page: what I attended, what I missed, what is coming."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from meetings.enums import HERE, LeaveState, MeetingState
from meetings.models import Attendance, Leave, Meeting
from meetings.scope import scope_of
from meetings.services.dual_life import strands_of
from meetings.views.members import member_sheet, year_of

COMING = 10


def me(request: HttpRequest) -> HttpResponse:
    """For anybody with a row in the roster; an account without one is told so."""
    member = getattr(request.user, "member", None)
    if member is None:
        return render(request, "meetings/me.html", {"member": None})
    today = timezone.localdate()
    context = member_sheet(member, request.user, today)
    context |= year_of(Attendance.objects.filter(member=member).select_related("organization"), today.year)
    context["facts"] = [(*fact, "wide") for fact in context["facts"]]  # it stands in the narrow column
    context["missed"] = [row for row in context["attended"] if row.presence not in HERE]
    context["coming"] = _announced(request, today)
    own = [*(row.meeting for row in context["attended"]), *context["coming"]]
    prefetch_related_objects(own, "parts")
    context["dual_life"] = strands_of(context["attended"]) if member.is_leading_cadre else None
    context["leaves"] = [each for each in context["coming"] if each.leave_state]
    return render(request, "meetings/me.html", context)


def _announced(request: HttpRequest, today: date) -> list[Meeting]:
    """The next meetings one is expected at."""
    coming = Meeting.objects.visible_to(request.user).expecting(request.user)
    coming = coming.filter(state=MeetingState.SCHEDULED, day__gte=today)
    related = _with_own_leave(request, coming).select_related("organization", "group")
    return list(related.order_by("day", "starts", "pk")[:COMING])


def _with_own_leave(request: HttpRequest, meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """What one asked for the day the meeting is on, and the answer; the latest counts."""
    member = scope_of(request.user).member_id
    own = Leave.objects.filter(meeting=OuterRef("pk"), member=member, day=OuterRef("day"))
    latest = own.exclude(state=LeaveState.WITHDRAWN).order_by("-asked_at", "-pk")
    return meetings.annotate(
        leave_state=Subquery(latest.values("state")[:1]),
        leave_reason=Subquery(latest.values("reason")[:1]),
        leave_answer=Subquery(latest.values("answer")[:1]),
    )
