"""Beside the record: who caught up on a meeting, and who was a guest."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branchlife.views import render_conflict
from meetings.enums import HERE
from meetings.forms.afterwards import CatchUpForm, GuestsForm
from meetings.models import Attendance, Meeting
from meetings.rules import can_note_catch_up, can_write_record
from meetings.services.catch_up import note_catch_up, takes_catch_up
from meetings.services.guests import name_guests
from meetings.services.record import ChangedMeanwhile
from meetings.views.lookup import find_meeting_to_write, record_closed


@require_http_methods(["GET", "POST"])
def catch_up(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Attendance.objects.visible_to(request.user).select_related("meeting__organization", "member")
    row = get_object_or_404(rows, pk=pk)
    if not can_note_catch_up(request.user, row):
        raise PermissionDenied
    if row.presence in HERE or not takes_catch_up(row.meeting):
        return _nothing_to_catch_up(request, row)
    initial = {"caught_up_on": row.caught_up_on, "note": row.catch_up_note}
    form = CatchUpForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            note_catch_up(attendance=row, actor=request.user, **form.cleaned_data)
        except ChangedMeanwhile:
            return _nothing_to_catch_up(request, row)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Noted."))
            return redirect("meeting_detail", pk=row.meeting_id)
    return _page(request, form, row.meeting, _("Catching up: %(name)s") % {"name": row.member.name})


@require_http_methods(["GET", "POST"])
def meeting_guests(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = find_meeting_to_write(request, pk)
    if not can_write_record(request.user, meeting):
        return record_closed(request, meeting)
    form = GuestsForm(request.POST if request.method == "POST" else None, initial={"names": meeting.guests})
    if form.is_bound and form.is_valid():
        try:
            name_guests(meeting=meeting, names=form.cleaned_data["names"], actor=request.user)
        except ChangedMeanwhile:
            return record_closed(request, meeting)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Noted."))
            return redirect("meeting_detail", pk=pk)
    return _page(request, form, meeting, _("Guests without a vote"))


def _page(request: HttpRequest, form: CatchUpForm | GuestsForm, meeting: Meeting, title: str) -> HttpResponse:
    context = {"form": form, "meeting": meeting, "title": title}
    return render(request, "meetings/meeting_note.html", context, status=400 if form.errors else 200)


def _nothing_to_catch_up(request: HttpRequest, row: Attendance) -> HttpResponse:
    sentence = _("There is nothing to catch up on: the person was there, or the record is archived.")
    return render_conflict(request, sentence, reverse("meeting_detail", args=[row.meeting_id]))
