"""Written opinions handed in for a vote: noting one, taking one back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from meetings.forms.resolutions import OpinionForm
from meetings.models import Resolution, WrittenOpinion
from meetings.rules import can_write_record, keeps_record_of
from meetings.services.opinions import hand_in_opinion, take_back_opinion, voters_who_may_write
from meetings.services.record import ChangedMeanwhile
from meetings.views.lookup import find_resolution_to_write, record_closed
from meetings.views.resolutions import show_resolution


@require_POST
def opinion_add(request: HttpRequest, pk: int) -> HttpResponse:
    resolution = find_resolution_to_write(request, pk)
    if not can_write_record(request.user, resolution.meeting):
        return record_closed(request, resolution.meeting)
    form = OpinionForm(request.POST, voters=voters_who_may_write(resolution))
    if not form.is_valid():
        return show_resolution(request, resolution, form)
    try:
        hand_in_opinion(resolution=resolution, actor=request.user, **form.cleaned_data)
    except ChangedMeanwhile:
        return record_closed(request, resolution.meeting)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return show_resolution(request, resolution, form)
    messages.success(request, _("The written opinion is noted."))
    return redirect("resolution_detail", pk=pk)


@require_POST
def opinion_remove(request: HttpRequest, pk: int) -> HttpResponse:
    seen = WrittenOpinion.objects.filter(resolution__in=Resolution.objects.visible_to(request.user))
    opinion = get_object_or_404(seen.select_related("resolution__meeting__organization"), pk=pk)
    resolution = opinion.resolution
    if not keeps_record_of(request.user, resolution.meeting):
        raise PermissionDenied
    try:
        take_back_opinion(opinion=opinion, actor=request.user)
    except ChangedMeanwhile:
        return record_closed(request, resolution.meeting)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The written opinion is taken back."))
    return redirect("resolution_detail", pk=resolution.pk)
