"""Meetings: finding them, entering one outside the plan, moving one on the calendar."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from branchlife.views import render_conflict
from meetings.enums import HERE, MeetingState, Presence
from meetings.forms.meetings import MeetingFilter, MeetingForm, RescheduleForm
from meetings.models import Attendance, Meeting
from meetings.rules import can_add_meeting, can_see_attendance, keeps_record_of
from meetings.scope import scope_of
from meetings.services.record import ChangedMeanwhile, add_meeting, reschedule_meeting
from meetings.views.keyset import page_of


def meeting_list(request: HttpRequest) -> HttpResponse:
    filters = MeetingFilter(request.GET, user=request.user)
    meetings = filters.narrow(Meeting.objects.visible_to(request.user))
    page = page_of(request, _with_attendance(meetings, request.user))
    for meeting in page.rows:
        meeting.shows_attendance = can_see_attendance(request.user, meeting)
        meeting.own = Presence(meeting.own_presence).label if meeting.own_presence else ""
    context = {
        "filters": filters,
        "page": page,
        "narrowed": any(request.GET.values()),
        "can_add": can_add_meeting(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "meetings/meeting_list.html", context, status=400 if filters.errors else 200)


def meeting_create(request: HttpRequest) -> HttpResponse:
    if not can_add_meeting(request.user):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = MeetingForm(posted, user=request.user, initial=_known(request))
    if posted is not None and form.is_valid():
        try:
            return _added(request, form)
        except ValidationError as error:
            form.add_error(None, error)
    status = 400 if form.errors else 200
    return render(request, "meetings/meeting_form.html", {"form": form}, status=status)


def _known(request: HttpRequest) -> dict[str, Any]:
    """What the page one comes from already knows, such as the kind that is owed; today for a day."""
    named = ("organization", "group", "day")
    given = {name: request.GET[name] for name in named if request.GET.get(name)}
    return {"day": timezone.localdate(), "kinds": request.GET.getlist("kinds")} | given


def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, time or place, as long as the meeting is on the calendar."""
    meeting = _scheduled(request, pk)
    if meeting.state != MeetingState.SCHEDULED:
        return _too_late(request, meeting)
    posted = request.POST if request.method == "POST" else None
    form = RescheduleForm(posted, meeting=meeting)
    try:
        if posted is not None and form.is_valid() and _moved(request, meeting, form):
            return redirect("meeting_detail", pk=pk)
    except ChangedMeanwhile:
        return _too_late(request, meeting)
    context = {"form": form, "meeting": meeting}
    return render(request, "meetings/meeting_edit.html", context, status=400 if form.errors else 200)


def _moved(request: HttpRequest, meeting: Meeting, form: RescheduleForm) -> bool:
    """Whether the move was written; if not, the form says why. Raises ChangedMeanwhile."""
    try:
        reschedule_meeting(meeting=meeting, actor=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The meeting is moved."))
    return True


def _scheduled(request: HttpRequest, pk: int) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("organization", "group")
    meeting = get_object_or_404(meetings, pk=pk)
    if not keeps_record_of(request.user, meeting):
        raise PermissionDenied
    return meeting


def _too_late(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    sentence = _("The meeting is no longer as you saw it. Nothing of yours was written.")
    return render_conflict(request, sentence, reverse("meeting_detail", args=[meeting.pk]))


def _added(request: HttpRequest, form: MeetingForm) -> HttpResponse:
    """What lies behind us is recorded at once, what is to come goes on the calendar."""
    cleaned = form.cleaned_data
    meeting, is_new = add_meeting(
        organization=cleaned["organization"], group=cleaned["group"], facts=form.facts(), actor=request.user
    )
    if not is_new:
        messages.info(request, _("This meeting was there already; nothing was entered twice."))
    to_record = meeting.state == MeetingState.SCHEDULED and meeting.day <= timezone.localdate()
    return redirect("meeting_record" if to_record else "meeting_detail", pk=meeting.pk)


def _with_attendance(meetings: QuerySet[Meeting], user: User) -> QuerySet[Any]:
    """How many were expected and came, and whether the reader did, for the rows of a page."""
    rows = Attendance.objects.filter(meeting=OuterRef("pk"))
    own = rows.filter(member=scope_of(user).member_id).values("presence")[:1]
    return (
        meetings.annotate(
            expected_count=_number(rows), present_count=_number(rows.filter(presence__in=HERE)),
            own_presence=Subquery(own),
        )
        .select_related("organization", "group")
        .prefetch_related("parts")
    )  # fmt: skip


def _number(rows: QuerySet[Attendance]) -> Coalesce:
    counted = rows.order_by().values("meeting").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())
