"""Ticking the steps of a meeting's procedure."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branchlife.views import render_conflict
from meetings.forms.checklists import ChecklistForm
from meetings.models import Meeting
from meetings.rules import can_tick_steps, keeps_record_of
from meetings.services.checklists import StepsChanged, steps_of, tick_steps
from reviews.views.meeting_sheet import MeetingSheet
from reviews.views.meetings import find_meeting


@require_POST
def meeting_steps(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk)
    if not keeps_record_of(request.user, meeting):
        raise PermissionDenied
    if not can_tick_steps(request.user, meeting):
        return _conflict(request, meeting, _("The meeting is closed: its steps stay as they are."))
    form = ChecklistForm(request.POST, steps=steps_of(meeting))
    if not form.is_valid():
        context = MeetingSheet(meeting, request.user).context() | {"checklist": form}
        return render(request, "meetings/meeting_detail.html", context, status=400)
    try:
        tick_steps(meeting=meeting, ticks=form.ticks(), actor=request.user)
    except (StepsChanged, ValidationError):
        sentence = _("Someone was faster: a step is no longer as you saw it. Nothing of yours was written.")
        return _conflict(request, meeting, sentence)
    messages.success(request, _("The steps are saved."))
    return redirect(reverse("meeting_detail", args=[pk]) + "#steps")


def _conflict(request: HttpRequest, meeting: Meeting, sentence: str) -> HttpResponse:
    return render_conflict(request, sentence, reverse("meeting_detail", args=[meeting.pk]))
