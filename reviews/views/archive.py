"""What is closed: corrections beside a record, and the check of printed minutes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from branchlife.views import render_conflict
from meetings.models import Meeting
from meetings.rules import adds_addendum, corrects_records_of
from meetings.services.archive_check import verify_digest
from reviews.forms.archive import AddendumForm, DigestForm, grouped
from reviews.services.archive import correct_record
from reviews.views.meetings import find_meeting


@require_http_methods(["GET", "POST"])
def addendum_create(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk)
    if not corrects_records_of(request.user, meeting):
        raise PermissionDenied
    back = reverse("meeting_detail", args=[pk])
    if not adds_addendum(request.user, meeting):
        return render_conflict(request, _("The record is still open: correct the record itself."), back)
    form = AddendumForm(request.POST or None)
    if form.is_valid():
        addendum = correct_record(meeting=meeting, text=form.cleaned_data["text"], actor=request.user)
        messages.success(request, _("Addendum %(number)s is added.") % {"number": addendum.number})
        return redirect(f"{back}#archive")
    context = {"form": form, "meeting": meeting, "back": back}
    return render(request, "reviews/addendum_form.html", context, status=400 if form.errors else 200)


@require_GET
def record_verify(request: HttpRequest) -> HttpResponse:
    """Anybody who is signed in and holds the paper may ask; what the record says only its readers see."""
    form = DigestForm(request.GET if "digest" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        verdict = verify_digest(form.cleaned_data["digest"])
        context |= {"verdict": verdict, "asked": grouped(form.cleaned_data["digest"])}
        if verdict.archive:
            seen = Meeting.objects.visible_to(request.user).filter(pk=verdict.archive.meeting_id)
            context |= {"may_open": seen.exists(), "addenda": verdict.archive.meeting.addenda.count()}
    return render(request, "reviews/record_verify.html", context, status=400 if form.errors else 200)
