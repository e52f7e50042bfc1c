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

COMING = 10  # shown at first; ``?coming=all`` shows the rest


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
    coming = _announced(request, today)
    context["coming"] = coming if request.GET.get("coming") == "all" else coming[:COMING]
    context["coming_count"] = len(coming)
    context["coming_more"] = len(coming) - len(context["coming"])
    own = [*(row.meeting for row in context["attended"]), *context["coming"]]
    prefetch_related_objects(own, "parts")
    context["dual_life"] = strands_of(context["attended"]) if member.is_leading_cadre else None
    context["leaves"] = [each for each in coming if each.leave_state]
    return render(request, "meetings/me.html", context)


def _announced(request: HttpRequest, today: date) -> list[Meeting]:
    """All meetings on the calendar one is expected at, the next first."""
    coming = Meeting.objects.visible_to(request.user).expecting(request.user)
    coming = coming.filter(state=MeetingState.SCHEDULED, day__gte=today)
    related = _with_own_leave(request, coming).select_related("organization", "group")
    return list(related.order_by("day", "starts", "pk"))


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
