"""Finding what a page speaks of, within the reader's scope."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from branchlife.views import render_conflict
from meetings.models import Meeting, Resolution, with_parts
from meetings.rules import can_see_attendance, keeps_record_of


def find_meeting(request: HttpRequest, pk: int) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("organization", "group")
    found = with_parts(meetings.filter(pk=pk))
    if not found:
        raise Http404
    return found[0]


def find_meeting_in_full(request: HttpRequest, pk: int) -> Meeting:
    """For those who may see who was absent and why."""
    meeting = find_meeting(request, pk)
    if not can_see_attendance(request.user, meeting):
        raise PermissionDenied
    return meeting


def find_meeting_to_write(request: HttpRequest, pk: int) -> Meeting:
    meeting = find_meeting(request, pk)
    if not keeps_record_of(request.user, meeting):
        raise PermissionDenied
    return meeting


def find_resolution(request: HttpRequest, pk: int) -> Resolution:
    resolutions = Resolution.objects.visible_to(request.user)
    related = ("meeting__organization", "meeting__group", "owner")
    found = resolutions.select_related(*related).prefetch_related("meeting__parts")
    return get_object_or_404(found, pk=pk)


def find_resolution_to_write(request: HttpRequest, pk: int) -> Resolution:
    resolution = find_resolution(request, pk)
    if not keeps_record_of(request.user, resolution.meeting):
        raise PermissionDenied
    return resolution


def record_closed(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """409: the record is with the committee, or somebody changed the thing in the meantime."""
    sentence = _("The record is no longer open, or somebody was faster. Nothing of yours was written.")
    return render_conflict(request, sentence, reverse("meeting_detail", args=[meeting.pk]))
