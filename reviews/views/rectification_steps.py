"""The page of one item to put right, its steps and the notes about how it stands."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.models import Meeting
from meetings.rules import answers_for, reviews_branch
from reviews.enums import Action, RectificationState
from reviews.forms.rectification import ItemStepForm, ProgressForm
from reviews.models import Rectification
from reviews.rules import arranges_rectification, mends_rectification, verifies_rectification
from reviews.services.rectification import due_by_rule, note_progress, take_item_step
from reviews.services.workflow import StaleState
from reviews.views.rectification import find_item, someone_was_faster, tag_item
from reviews.views.timeline import timeline_of
from reviews.workflow import RECTIFICATION, steps_open_to

STEPS = (Action.CLAIM, Action.VERIFY, Action.REOPEN, Action.REVOKE)
# What a step asks for before it is taken.
ASKED = (Action.CLAIM, Action.REOPEN, Action.REVOKE)


def rectification_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, find_item(request, pk))


def _page(request: SignedInRequest, item: Rectification, **extra: Any) -> HttpResponse:
    tag_item(item, timezone.localdate())
    transitions = item.transitions.select_related("actor").prefetch_related("findings__item")
    context = {
        "item": item,
        "facts": _facts(item),
        "origin": _origin(request, item),
        "timeline": timeline_of(transitions, _waiting_for(item)),
        "notes": item.notes.select_related("author", "meeting"),
        "step_form": ItemStepForm(initial={"version": item.version}),
        "progress_form": ProgressForm(),
    }
    shown = context | _rights(request.user, item) | extra
    return render(request, "reviews/rectification_detail.html", shown, status=400 if extra else 200)


def _rights(user: User, item: Rectification) -> dict[str, Any]:
    noting = mends_rectification(user, item) or verifies_rectification(user, item)
    return {
        "steps": steps_open_to(user, item),
        "can_arrange": arranges_rectification(user, item),
        "can_note": noting and item.is_unsettled,
        "answers": answers_for(user, item.organization),
        "can_notify": item.is_open
        and item.from_above
        and not item.notice_id
        and reviews_branch(user, item.organization),
    }


def _facts(item: Rectification) -> list[tuple[Any, ...]]:
    facts: list[tuple[Any, ...]] = [
        (_("Branch"), item.organization.name),
        (_("To be done by"), cn_date(item.due_on)),
        (_("Responsible"), item.owner),
        (pgettext("rectification", "Source"), item.get_source_display()),
        (pgettext("rectification", "Cause"), item.get_cause_display()),
        (_("Kind of meeting"), item.get_kind_display()),
        (_("Raised by"), item.raised_by.name),
        (_("May be read by"), item.get_openness_display()),
        (_("Measure"), item.measure, "wide"),
    ]
    if item.claimed_by:
        facts += [
            (_("Reported as done by"), item.claimed_by.name, "wide"),
            (_("Evidence"), item.evidence, "wide"),
        ]
    if item.verified_by:
        facts.append((_("Verified by"), item.verified_by.name, "wide"))
    return facts


def _origin(request: SignedInRequest, item: Rectification) -> tuple[str, str] | None:
    """Label and address of what it came from, where the reader may open that."""
    if item.resolution:
        return item.resolution.subject, reverse("resolution_detail", args=[item.resolution_id])
    if item.meeting and Meeting.objects.visible_to(request.user).filter(pk=item.meeting_id).exists():
        return item.meeting.theme, reverse("meeting_detail", args=[item.meeting_id])
    if hasattr(item, "visit_answer") and answers_for(request.user, item.organization):
        visit = item.visit_answer.visit
        return visit.inspection.purpose, reverse("visit_detail", args=[visit.pk])
    if item.finding and item.finding.transition.plan_id and answers_for(request.user, item.organization):
        plan = item.finding.transition.plan
        return str(plan), reverse("plan_detail", args=[plan.pk])
    return None


def _waiting_for(item: Rectification) -> str:
    return {
        RectificationState.OPEN: _("Waiting to be put right by the branch"),
        RectificationState.REOPENED: _("Waiting to be put right by the branch"),
        RectificationState.CLAIMED: _("Waiting for somebody else to verify it"),
    }.get(RectificationState(item.state), "")


@require_http_methods(["GET", "POST"])
def rectification_step(request: SignedInRequest, pk: int, action: str) -> HttpResponse:
    """Take one step; a GET asks for what is to be said with it."""
    item = find_item(request, pk)
    if action not in STEPS or (request.method == "GET" and action not in ASKED):
        raise Http404
    steps = [step for (_state, known), step in RECTIFICATION.items() if known == action]
    if not any(step.allowed(request.user, item) for step in steps):
        raise PermissionDenied
    if (item.state, action) not in RECTIFICATION:
        return someone_was_faster(request, item)
    form = _step_form(request, item, Action(action))
    if not (form.is_bound and form.is_valid()):
        return _ask(request, item, Action(action), form)
    return _take(request, item, Action(action), form)


def _step_form(request: SignedInRequest, item: Rectification, action: Action) -> ItemStepForm:
    posted = request.POST if request.method == "POST" else None
    label = {
        Action.CLAIM: _("What was done, and what shows it"),
        Action.REOPEN: _("What is still missing"),
        Action.REVOKE: _("Reason"),
    }.get(action, "")
    usual = due_by_rule(item.organization, timezone.localdate())
    known = {"version": item.version, "due_on": usual}
    return ItemStepForm(posted, label=label, with_day=action == Action.REOPEN, initial=known)


def _take(request: SignedInRequest, item: Rectification, action: Action, form: ItemStepForm) -> HttpResponse:
    try:
        take_item_step(item=item, action=action, actor=request.user, **form.cleaned_data)
    except StaleState:
        return someone_was_faster(request, item)
    except ValidationError as error:
        by_field = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if by_field else error.messages)
        return _ask(request, item, action, form)
    messages.success(request, _done(action))
    return redirect("rectification_detail", item.pk)


def _ask(request: SignedInRequest, item: Rectification, action: Action, form: ItemStepForm) -> HttpResponse:
    if action not in ASKED:
        return _page(request, item, step_form=form)
    consequences = {
        Action.CLAIM: _("It is closed only when somebody else has verified it."),
        Action.REOPEN: _("It goes back to the branch and stays on the agenda of its meetings."),
        Action.REVOKE: _("It stays on the list as revoked, with your reason."),
    }
    context = {
        "page_title": action.label,
        "sentence": item.problem,
        "consequences": [consequences[action]],
        "form": form,
        "confirm_label": action.label,
        "cancel_url": reverse("rectification_detail", args=[item.pk]),
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def _done(action: Action) -> str:
    return {
        Action.CLAIM: _("Reported as done; now somebody else looks at it."),
        Action.VERIFY: _("Verified and closed."),
        Action.REOPEN: _("Reopened; the branch has been told."),
        Action.REVOKE: _("Revoked."),
    }[action]


@require_POST
def rectification_note(request: SignedInRequest, pk: int) -> HttpResponse:
    item = find_item(request, pk)
    form = ProgressForm(request.POST)
    if not (mends_rectification(request.user, item) or verifies_rectification(request.user, item)):
        raise PermissionDenied
    if not form.is_valid():
        return _page(request, item, progress_form=form)
    try:
        note_progress(item=item, text=form.cleaned_data["text"], actor=request.user)
    except StaleState:
        return someone_was_faster(request, item)
    messages.success(request, _("Noted."))
    return redirect("rectification_detail", pk)
