"""What has to be put right: the ledger of items, raising one, arranging it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branchlife.http import SignedInRequest
from branchlife.views import render_conflict
from meetings.enums import Role
from meetings.models import Meeting, Organization, Resolution
from meetings.rules import can_see_organizations
from meetings.scope import scope_of
from reviews.enums import UNSETTLED, RectificationSource, RectificationState
from reviews.forms.rectification import (
    ArrangeForm,
    BranchChoiceForm,
    ItemForm,
    RectificationFilter,
    places_of,
)
from reviews.models import Finding, Rectification
from reviews.rules import arranges_rectification, raises_rectification, sets_rectification_terms
from reviews.services.rectification import (
    OF_THE_BRANCH,
    OF_THE_RAISER,
    ItemTerms,
    arrange_item,
    due_by_rule,
    raise_item,
    source_of_finding,
)
from reviews.services.workflow import StaleState

PER_PAGE = 50
# What is not settled first, by its day.
ORDER = (Case(When(state__in=UNSETTLED, then=0), default=1), "due_on", "organization__path", "pk")
TAGS = {
    RectificationState.OPEN: "due",
    RectificationState.REOPENED: "due",
    RectificationState.CLAIMED: "info",
    RectificationState.CLOSED: "met",
    RectificationState.REVOKED: "none",
}


@dataclass(frozen=True)
class Origin:
    """Where a new item comes from, and what is known about it by that."""

    organization: Organization
    source: str
    rows: dict[str, Any]
    known: dict[str, Any]
    back: str
    words: str = ""


def rectification_list(request: SignedInRequest) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    items = Rectification.objects.visible_to(user)
    filters = RectificationFilter(request.GET, organizations=places_of(user, items), today=today)
    found = filters.narrow(items).select_related("organization", "owner")
    page = Paginator(found.order_by(*ORDER), PER_PAGE).get_page(request.GET.get("page"))
    for item in page:
        tag_item(item, today)
    context = {
        "page_obj": page, "filters": filters, "narrowed": bool(request.GET),
        "can_raise": branches_to_raise_for(request).exists(),
        "can_compare": can_see_organizations(user),
    }  # fmt: skip
    return render(request, "reviews/rectification_list.html", context, status=400 if filters.errors else 200)


def tag_item(item: Rectification, today: date) -> None:
    """Colour and words of its state: what is late is said so."""
    late = item.is_overdue(today)
    item.tag = "overdue" if late else TAGS[RectificationState(item.state)]
    item.tag_label = _("Overdue") if late else item.get_state_display()


def branches_to_raise_for(request: SignedInRequest) -> Any:
    scope = scope_of(request.user)
    places = Organization.objects.filter(scope.within("", (Role.SECRETARY, Role.REVIEWER)))
    return places.existing_on(timezone.localdate())


@require_http_methods(["GET", "POST"])
def rectification_create(request: SignedInRequest) -> HttpResponse:
    """By hand, or from a finding, a meeting or a vote that is named in the address."""
    branches = branches_to_raise_for(request)
    if not branches:
        raise PermissionDenied
    origin = _origin(request, branches)
    if origin is None:
        choice = BranchChoiceForm(branches=branches)
        return render(request, "reviews/rectification_form.html", {"choice": choice})
    if not raises_rectification(request.user, origin.organization):
        raise PermissionDenied
    form = _item_form(request, origin)
    if form.is_bound and form.is_valid() and (item := _raise(request, form, origin)):
        messages.success(request, _("The item is on the list; the branch has been told."))
        return redirect("rectification_detail", item.pk)
    context = {"form": form, "origin": origin}
    return render(request, "reviews/rectification_form.html", context, status=400 if form.errors else 200)


def _item_form(request: SignedInRequest, origin: Origin) -> ItemForm:
    today = timezone.localdate()
    return ItemForm(
        request.POST if request.method == "POST" else None, organization=origin.organization, today=today,
        usual=due_by_rule(origin.organization, today), initial=origin.known,
    )  # fmt: skip


def _raise(request: SignedInRequest, form: ItemForm, origin: Origin) -> Rectification | None:
    try:
        return raise_item(
            organization=origin.organization, source=origin.source, terms=form.terms(), actor=request.user,
            **origin.rows,
        )  # fmt: skip
    except ValidationError as error:
        form.refuse(error)
        return None


def _origin(request: SignedInRequest, branches: Any) -> Origin | None:
    """Read from the address; None when the branch has still to be chosen."""
    asked = {name: _number(request.GET.get(name, "")) for name in ("finding", "meeting", "resolution")}
    if asked["finding"]:
        return _from_finding(request, asked["finding"])
    if asked["resolution"]:
        return _from_resolution(request, asked["resolution"])
    if asked["meeting"]:
        return _from_meeting(request, asked["meeting"])
    place = _number(request.GET.get("organization", ""))
    chosen = list(branches.filter(pk=place)[:1]) if place else list(branches[:2])
    if len(chosen) != 1:
        return None
    return Origin(chosen[0], RectificationSource.HAND, {}, {}, reverse("rectification_list"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _from_finding(request: SignedInRequest, pk: int) -> Origin:
    related = ("transition__meeting__organization", "transition__plan__organization")
    finding = get_object_or_404(Finding.objects.select_related(*related), pk=pk)
    organization, meeting = source_of_finding(finding)
    get_object_or_404(Organization.objects.visible_to(request.user), pk=organization.pk)
    rows = {"finding": finding, "meeting": meeting}
    known = {"problem": finding.sentence, "cause": finding.reason, "kind": _kind(meeting)}
    subject = finding.transition.subject
    back = reverse(f"{subject._meta.model_name}_detail", args=[subject.pk])
    return Origin(organization, RectificationSource.RETURN, rows, known, back, str(subject))


def _from_resolution(request: SignedInRequest, pk: int) -> Origin:
    rows = Resolution.objects.visible_to(request.user).select_related("meeting__organization", "owner")
    vote = get_object_or_404(rows, pk=pk)
    known = {
        "problem": vote.subject, "cause": "follow_up", "kind": _kind(vote.meeting), "owner": vote.owner_id,
        "due_on": vote.due_on, "measure": vote.text,
    }  # fmt: skip
    found = {"resolution": vote, "meeting": vote.meeting}
    back = reverse("resolution_detail", args=[vote.pk])
    place = vote.meeting.organization
    return Origin(place, RectificationSource.RESOLUTION, found, known, back, vote.subject)


def _from_meeting(request: SignedInRequest, pk: int) -> Origin:
    meeting = get_object_or_404(
        Meeting.objects.visible_to(request.user).select_related("organization"), pk=pk
    )
    back = reverse("meeting_detail", args=[meeting.pk])
    known = {"kind": _kind(meeting)}
    source = RectificationSource.MEETING
    return Origin(meeting.organization, source, {"meeting": meeting}, known, back, meeting.theme)


def _kind(meeting: Meeting | None) -> str:
    return meeting.kinds[0] if meeting and meeting.kinds else ""


def find_item(request: SignedInRequest, pk: int) -> Rectification:
    related = (
        "organization", "owner", "notice", "meeting", "resolution", "finding__transition__meeting",
        "finding__transition__plan__organization", "raised_by", "claimed_by", "verified_by",
        "visit_answer__visit__inspection",
    )  # fmt: skip
    return get_object_or_404(Rectification.objects.visible_to(request.user).select_related(*related), pk=pk)


@require_http_methods(["GET", "POST"])
def rectification_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    item = find_item(request, pk)
    if not arranges_rectification(request.user, item):
        if item.is_open or not raises_rectification(request.user, item.organization):
            raise PermissionDenied
        return someone_was_faster(request, item)
    names = OF_THE_BRANCH + (OF_THE_RAISER if sets_rectification_terms(request.user, item) else ())
    known = {name: getattr(item, name) for name in names} | {"version": item.version}
    form = ArrangeForm(
        request.POST if request.method == "POST" else None, organization=item.organization,
        today=timezone.localdate(), names=(*names, "version"), initial=known,
    )  # fmt: skip
    if form.is_bound and form.is_valid() and (answer := _arrange(request, form, item)):
        return answer
    context = {"form": form, "item": item}
    return render(request, "reviews/rectification_form.html", context, status=400 if form.errors else 200)


def _arrange(request: SignedInRequest, form: ArrangeForm, item: Rectification) -> HttpResponse | None:
    version = form.cleaned_data.pop("version")
    kept = {name: getattr(item, name) for name in OF_THE_RAISER}
    try:
        arrange_item(
            item=item, version=version, terms=ItemTerms(**kept | form.cleaned_data), actor=request.user
        )
    except StaleState:
        return someone_was_faster(request, item)
    except ValidationError as error:
        form.refuse(error)
        return None
    messages.success(request, _("Saved."))
    return redirect("rectification_detail", item.pk)


def someone_was_faster(request: SignedInRequest, item: Rectification) -> HttpResponse:
    sentence = _("Someone was faster: the item is no longer as you saw it. Nothing of yours was written.")
    return render_conflict(request, sentence, reverse("rectification_detail", args=[item.pk]))
