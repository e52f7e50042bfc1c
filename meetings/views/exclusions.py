"""Members left out of the count of voters: requests, decisions, and what is in force."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from branchlife.views import render_conflict
from meetings.enums import ExclusionState
from meetings.forms.exclusions import ExclusionForm, ExclusionStepForm
from meetings.models import Exclusion
from meetings.rules import can_plan
from meetings.services.exclusions import request_exclusion, take_exclusion_step
from meetings.services.reading import exclusion_opened
from meetings.services.record import ChangedMeanwhile
from meetings.workflow import ExclusionAction, exclusion_steps_open_to, knows_exclusion_action

PAGE = 50
SOMEONE_WAS_FASTER = gettext_lazy(
    "Someone was faster: the request is no longer as you saw it. Nothing of yours was written."
)


def exclusion_list(request: HttpRequest) -> HttpResponse:
    """Everybody sees the own; those who answer for branches those of the branches."""
    rows = Exclusion.objects.visible_to(request.user).select_related("organization", "member")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.tag = TAGS[ExclusionState(row.state)]
    context = {"page_obj": page, "can_request": can_plan(request.user)}
    return render(request, "meetings/exclusion_list.html", context)


@require_http_methods(["GET", "POST"])
def exclusion_create(request: HttpRequest) -> HttpResponse:
    if not can_plan(request.user):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = ExclusionForm(posted, user=request.user, initial={"member": request.GET.get("member", "")})
    if form.is_bound and form.is_valid():
        try:
            made = request_exclusion(organization=form.organization, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            _take_errors(form, error)
        else:
            messages.success(request, _("The request is sent to the upper organization."))
            return redirect("exclusion_detail", pk=made.pk)
    status = 400 if form.errors else 200
    return render(request, "meetings/exclusion_form.html", {"form": form}, status=status)


def exclusion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    exclusion = _find(request, pk)
    exclusion_opened(exclusion=exclusion, reader=request.user)
    return _page(request, exclusion)


@require_POST
def exclusion_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    exclusion = _find(request, pk)
    _require_step(request, exclusion, action)
    form = ExclusionStepForm(request.POST)
    if not form.is_valid():
        return _page(request, exclusion, form)
    try:
        take_exclusion_step(
            exclusion=exclusion, action=ExclusionAction(action), actor=request.user, **form.cleaned_data
        )
    except ChangedMeanwhile:
        return render_conflict(request, SOMEONE_WAS_FASTER, reverse("exclusion_detail", args=[pk]))
    except ValidationError as error:
        _take_errors(form, error)
        return _page(request, exclusion, form)
    messages.success(request, str(exclusion.get_state_display()))
    return redirect("exclusion_detail", pk=pk)


def _require_step(request: HttpRequest, exclusion: Exclusion, action: str) -> None:
    """404 for a step that does not exist, 403 for one that is not theirs."""
    if action not in ExclusionAction.values:
        raise Http404
    if not knows_exclusion_action(request.user, exclusion, action):
        raise PermissionDenied


TAGS = {
    ExclusionState.REQUESTED: "due",
    ExclusionState.APPROVED: "info",
    ExclusionState.REFUSED: "overdue",
    ExclusionState.WITHDRAWN: "neutral",
    ExclusionState.ADOPTED: "met",
    ExclusionState.ENDED: "neutral",
}


def _find(request: HttpRequest, pk: int) -> Exclusion:
    exclusions = Exclusion.objects.visible_to(request.user)
    related = ("organization", "member", "requested_by", "decided_by", "resolution__meeting")
    return get_object_or_404(exclusions.select_related(*related), pk=pk)


def _page(request: HttpRequest, exclusion: Exclusion, form: ExclusionStepForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "exclusion": exclusion,
        "tag": TAGS[ExclusionState(exclusion.state)],
        "steps": exclusion_steps_open_to(request.user, exclusion),
        "form": form or ExclusionStepForm(),
    }
    return render(request, "meetings/exclusion_detail.html", context, status=400 if form else 200)


def _take_errors(form: Any, error: ValidationError) -> None:
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error.error_list)
