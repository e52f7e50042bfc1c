"""The votes of a meeting: the list with its verdicts, and entering, correcting or removing one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.enums import ResolutionKind, votes_taken_at
from meetings.forms.resolutions import OpinionForm, ResolutionForm, usual_candidates
from meetings.models import Exclusion, Meeting, Resolution, VoteRule, WrittenOpinion
from meetings.rules import can_write_record
from meetings.services.opinions import voters_who_may_write
from meetings.services.reading import vote_opened
from meetings.services.record import ChangedMeanwhile
from meetings.services.resolutions import add_resolution, change_resolution, remove_resolution
from meetings.services.verdicts import candidates_in_order, verdict_of
from meetings.services.vote_counts import attendance_is_taken
from meetings.services.vote_rules import read_vote_rules, vote_rule_in
from meetings.views.lookup import (
    find_meeting_in_full,
    find_meeting_to_write,
    find_resolution,
    find_resolution_to_write,
    record_closed,
)


def meeting_votes(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = find_meeting_in_full(request, pk)
    resolutions = meeting.resolutions.with_candidate_counts().select_related("owner").order_by("number")
    context = {
        "meeting": meeting,
        "votes": [(resolution, verdict_of(resolution)) for resolution in resolutions],
        "kinds": votes_taken_at(meeting.kinds),
        "can_write": can_write_record(request.user, meeting),
        "is_counted": attendance_is_taken(meeting),
    }
    return render(request, "meetings/resolution_list.html", context)


@require_http_methods(["GET", "POST"])
def resolution_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Which kind is asked first, where there is more than one."""
    meeting = find_meeting_to_write(request, pk)
    if not can_write_record(request.user, meeting):
        return record_closed(request, meeting)
    kinds = votes_taken_at(meeting.kinds)
    kind = _chosen(request, kinds)
    if kind is None:
        context = {"meeting": meeting, "kinds": kinds}
        status = 400 if request.method == "POST" else 200
        return render(request, "meetings/resolution_kinds.html", context, status=status)
    posted = request.POST if request.method == "POST" else None
    return _enter(request, ResolutionForm(posted, meeting=meeting, kind=kind))


@require_http_methods(["GET", "POST"])
def resolution_edit(request: HttpRequest, pk: int) -> HttpResponse:
    resolution = find_resolution_to_write(request, pk)
    meeting = resolution.meeting
    if not can_write_record(request.user, meeting):
        return record_closed(request, meeting)
    posted = request.POST if request.method == "POST" else None
    kind = ResolutionKind(resolution.kind)
    return _enter(request, ResolutionForm(posted, meeting=meeting, kind=kind, resolution=resolution))


def resolution_detail(request: HttpRequest, pk: int) -> HttpResponse:
    resolution = find_resolution(request, pk)
    vote_opened(resolution=resolution, reader=request.user)
    return show_resolution(request, resolution)


@require_http_methods(["GET", "POST"])
def resolution_remove(request: HttpRequest, pk: int) -> HttpResponse:
    resolution = find_resolution_to_write(request, pk)
    if request.method == "GET":
        context = {
            "page_title": _("Remove the vote"),
            "sentence": _("“%(subject)s” will no longer be in the record.") % {"subject": resolution.subject},
            "confirm_label": _("Yes, remove it"),
            "cancel_url": reverse("resolution_detail", args=[pk]),
            "back_label": resolution.subject,
        }
        return render(request, "components/confirm_page.html", context)
    try:
        remove_resolution(resolution=resolution, actor=request.user)
    except ChangedMeanwhile:
        return record_closed(request, resolution.meeting)
    messages.success(request, _("The vote is removed."))
    return redirect("meeting_votes", pk=resolution.meeting_id)


def show_resolution(
    request: HttpRequest, resolution: Resolution, opinion_form: OpinionForm | None = None
) -> HttpResponse:
    """The page of one vote; with a form that was refused it says so."""
    context = _about(resolution, can_write=can_write_record(request.user, resolution.meeting))
    context["opinion_form"] = opinion_form or context["opinion_form"]
    return render(request, "meetings/resolution_detail.html", context, status=400 if opinion_form else 200)


def _about(resolution: Resolution, *, can_write: bool) -> dict[str, Any]:
    rule, opinions = _rule_of(resolution), _opinions(resolution)
    takes_opinions = can_write and resolution.is_about_one_person and rule.takes_written
    return {
        "resolution": resolution,
        "meeting": resolution.meeting,
        "verdict": verdict_of(resolution),
        "rule": rule,
        "candidates": candidates_in_order(resolution) if resolution.is_election else [],
        "opinions": opinions,
        "exclusions": _exclusions(resolution),
        "can_write": can_write,
        "is_counted": attendance_is_taken(resolution.meeting),
        "opinion_form": _opinion_form(resolution, opinions) if takes_opinions else None,
    }


def _rule_of(resolution: Resolution) -> VoteRule:
    """The vote rule in force for the branch on the meeting's day."""
    meeting = resolution.meeting
    rules = read_vote_rules(meeting.day)
    return vote_rule_in(rules, organization=meeting.organization, kind=resolution.kind, day=meeting.day)


def _opinion_form(resolution: Resolution, opinions: list[WrittenOpinion]) -> OpinionForm:
    """For those who may hand one in and have not yet."""
    handed_in = {each.member_id for each in opinions}
    voters = voters_who_may_write(resolution)
    return OpinionForm(voters=[member for member in voters if member.pk not in handed_in])


def _opinions(resolution: Resolution) -> list[WrittenOpinion]:
    if not resolution.is_about_one_person:
        return []
    return list(resolution.opinions.select_related("member", "recorded_by"))


def _exclusions(resolution: Resolution) -> list[Exclusion]:
    if resolution.kind != ResolutionKind.EXCLUSION:
        return []
    return list(resolution.exclusions.select_related("member"))


def _chosen(request: HttpRequest, kinds: tuple[ResolutionKind, ...]) -> ResolutionKind | None:
    wanted = request.GET.get("kind", "")
    if len(kinds) == 1 and not wanted:
        return kinds[0]
    return next((kind for kind in kinds if kind == wanted), None)


def _enter(request: HttpRequest, form: ResolutionForm) -> HttpResponse:
    """Show the form, or write what it says; a refused one stands there again with its sentences."""
    if form.is_bound and form.is_valid():
        try:
            saved = _save(form, request)
        except ChangedMeanwhile:
            return record_closed(request, form.meeting)
        except ValidationError as error:
            _take_errors(form, error)
        else:
            messages.success(request, verdict_of(saved).sentence or _("Saved."))
            return redirect("resolution_detail", pk=saved.pk)
    return _form_page(request, form)


def _save(form: ResolutionForm, request: HttpRequest) -> Resolution:
    draft, actor = form.draft(), request.user
    if form.resolution is None:
        return add_resolution(meeting=form.meeting, kind=form.kind, draft=draft, actor=actor)
    # A copy: if it is refused the page still shows what is stored.
    resolution = Resolution.objects.select_related("meeting__organization").get(pk=form.resolution.pk)
    version = form.cleaned_data["version"] or 0
    return change_resolution(resolution=resolution, version=version, draft=draft, actor=actor)


def _take_errors(form: ResolutionForm, error: ValidationError) -> None:
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)


def _form_page(request: HttpRequest, form: ResolutionForm) -> HttpResponse:
    meeting: Meeting = form.meeting
    context = {
        "form": form,
        "meeting": meeting,
        "resolution": form.resolution,
        "names": usual_candidates(meeting) if form.candidates is not None else [],
    }
    status = 400 if form.errors or (form.is_bound and not form.is_valid()) else 200
    return render(request, "meetings/resolution_form.html", context, status=status)
