"""A visit of an inspection: its page, who goes, the checklist on the phone, the re-check."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branchlife.enumeration import enumerated
from branchlife.http import SignedInRequest
from branchlife.templatetags.dates import cn_date
from branchlife.views import render_conflict
from meetings.views.form_page import FormPage, answer, posted
from reviews.enums import Action, VisitState
from reviews.forms.inspections import AssignForm, CheckForm, RecheckForm, StepForm
from reviews.inspection_rules import assigns_visit, is_inspector, oversees_inspection, rechecks_visit
from reviews.models import Visit
from reviews.rules import reviews_branch
from reviews.services.inspections.questions import question_words
from reviews.services.inspections.rechecks import items_to_recheck, recheck_visit
from reviews.services.inspections.visits import (
    assign_visit,
    begin_visit,
    call_off_visit,
    finish_visit,
    possible_inspectors,
    recheck_by_rule,
    save_answers,
)
from reviews.services.workflow import StaleState
from reviews.views.inspections import tag_visit
from reviews.views.rectification import tag_item
from reviews.views.timeline import READ, timeline_of
from reviews.workflow import VISIT, steps_open_to

STEPS = (Action.BEGIN, Action.CALL_OFF)


def find_visit(request: SignedInRequest, pk: int) -> Visit:
    rows = Visit.objects.visible_to(request.user).select_related(
        "organization", "inspection__organization", "checked_by"
    )
    return get_object_or_404(rows.prefetch_related("inspectors"), pk=pk)


def visit_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    visit, user, today = find_visit(request, pk), request.user, timezone.localdate()
    items = list(visit.items().select_related("organization"))
    for item in items:
        tag_item(item, today)
    transitions = visit.transitions.select_related(*READ).prefetch_related("findings__item")
    context = {
        "visit": tag_visit(visit, today), "facts": _facts(visit), "items": items,
        "answers": _answers(request, visit), "steps": steps_open_to(user, visit),
        "can_assign": assigns_visit(user, visit), "sees_round": oversees_inspection(user, visit.inspection),
        "can_check": visit.state == VisitState.CHECKING and is_inspector(user, visit),
        "can_recheck": visit.state == VisitState.MENDING and rechecks_visit(user, visit),
        "ready": not any(item.is_open for item in items),
        "can_notify": reviews_branch(user, visit.organization)
        and any(item.is_open and not item.notice_id for item in items),
        "version_form": StepForm(with_reason=False, initial={"version": visit.version}),
        "timeline": timeline_of(transitions, _waiting_for(visit)),
    }  # fmt: skip
    return render(request, "reviews/visit_detail.html", context)


def _facts(visit: Visit) -> list[tuple[Any, ...]]:
    names = enumerated(each.name for each in visit.inspectors.all())
    facts: list[tuple[Any, ...]] = [
        (_("Kind"), visit.inspection.get_kind_display()),
        (_("Inspected by"), visit.inspection.organization.name),
        (_("Inspectors"), names),
        (_("Day"), cn_date(visit.day) if visit.day else ""),
    ]
    if visit.state == VisitState.MENDING:
        facts.append((_("Re-check by"), cn_date(visit.recheck_on)))
    if visit.summary and visit.has_happened:
        facts.append((_("Impression as a whole"), visit.summary, "wide"))
    return facts


def _answers(request: SignedInRequest, visit: Visit) -> list[dict[str, Any]]:
    """What the inspectors said, once they have handed it over; before, only they see it."""
    if not (visit.has_happened or is_inspector(request.user, visit)):
        return []
    rows = visit.answers.all()
    return [
        {"row": row, "question": question_words(row.section, row.code, row.facts)[0]}
        for row in rows
        if row.answer
    ]


def _waiting_for(visit: Visit) -> str:
    return {
        VisitState.PLANNED: _("Waiting for the inspectors"),
        VisitState.CHECKING: _("The inspectors are filling in the checklist"),
        VisitState.MENDING: _("Waiting for the re-check"),
    }.get(visit.state, "")


@require_http_methods(["GET", "POST"])
def visit_assign(request: SignedInRequest, pk: int) -> HttpResponse:
    visit = find_visit(request, pk)
    if not assigns_visit(request.user, visit):
        if visit.state == VisitState.PLANNED or not oversees_inspection(request.user, visit.inspection):
            raise PermissionDenied
        return someone_was_faster(request, visit)
    known = {"version": visit.version, "day": visit.day, "inspectors": list(visit.inspectors.all())}
    people = possible_inspectors(visit, timezone.localdate())
    form = AssignForm(posted(request), people=people, initial=known)

    def act() -> str:
        assign_visit(visit=visit, actor=request.user, **form.cleaned_data)
        return _("Named; the inspectors are told.")

    try:
        return answer(request, form, _assigning_page(visit), act)
    except StaleState:
        return someone_was_faster(request, visit)


def _assigning_page(visit: Visit) -> FormPage:
    top = reverse("inspection_detail", args=[visit.inspection_id])
    return FormPage(
        title=_("Name the inspectors"), submit=_("Save"), back=top, top=(visit.inspection.purpose, top),
        parent=(visit.organization.name, reverse("visit_detail", args=[visit.pk])),
        notes=[_("Nobody of the branch inspects it. Whoever is named finds the visit under Inspections.")],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def visit_step(request: SignedInRequest, pk: int, action: str) -> HttpResponse:
    """Begin on the spot (POST), or call off with a reason (a GET asks for it)."""
    visit = find_visit(request, pk)
    if action not in STEPS or (request.method == "GET" and action == Action.BEGIN):
        raise Http404
    step = VISIT[VisitState.PLANNED, action]
    if not step.allowed(request.user, visit):
        raise PermissionDenied
    if visit.state != VisitState.PLANNED:
        return someone_was_faster(request, visit)
    calls_off = action == Action.CALL_OFF
    form = StepForm(posted(request), with_reason=calls_off, initial={"version": visit.version})
    if not (form.is_bound and form.is_valid()):
        return _ask_reason(request, visit, form)
    try:
        return _call_off(request, visit, form) if calls_off else _begin(request, visit, form)
    except StaleState:
        return someone_was_faster(request, visit)


def _begin(request: SignedInRequest, visit: Visit, form: StepForm) -> HttpResponse:
    begin_visit(visit=visit, version=form.cleaned_data["version"], actor=request.user)
    return redirect("visit_check", visit.pk)


def _call_off(request: SignedInRequest, visit: Visit, form: StepForm) -> HttpResponse:
    data = form.cleaned_data
    call_off_visit(visit=visit, version=data["version"], reason=data["comment"], actor=request.user)
    messages.success(request, _("Called off."))
    return redirect("visit_detail", visit.pk)


def _ask_reason(request: SignedInRequest, visit: Visit, form: StepForm) -> HttpResponse:
    context = {
        "page_title": _("Call off"), "sentence": str(visit), "form": form, "confirm_label": _("Call off"),
        "consequences": [_("It stays on the list as called off, with your reason.")],
        "back_label": visit.organization.name, "cancel_url": reverse("visit_detail", args=[visit.pk]),
    }  # fmt: skip
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def visit_check(request: SignedInRequest, pk: int) -> HttpResponse:
    """The checklist; ``draft`` keeps it, the main button hands over what was found."""
    visit = find_visit(request, pk)
    if not is_inspector(request.user, visit):
        raise PermissionDenied
    if visit.state != VisitState.CHECKING:
        return someone_was_faster(request, visit)
    initial = {"version": visit.version, "summary": visit.summary}
    usual = recheck_by_rule(visit.organization, timezone.localdate())
    form = CheckForm(posted(request), rows=visit.answers.all(), usual=usual, initial=initial)
    if form.is_bound and form.is_valid() and (done := _save(request, visit, form)):
        return done
    context = {"visit": visit, "form": form, "questions": form.questions()}
    return render(request, "reviews/visit_check.html", context, status=400 if form.errors else 200)


def _save(request: SignedInRequest, visit: Visit, form: CheckForm) -> HttpResponse | None:
    data, draft = form.cleaned_data, "draft" in request.POST
    try:
        save_answers(
            visit=visit, version=data["version"], answers=form.answers(), summary=data["summary"],
            actor=request.user,
        )  # fmt: skip
        items = [] if draft else finish_visit(visit=visit, recheck_on=data["recheck_on"], actor=request.user)
    except StaleState:
        return someone_was_faster(request, visit)
    except ValidationError as error:
        return _keep(form, visit, error)
    messages.success(request, _("Saved; nobody else sees it yet.") if draft else _said(len(items)))
    return redirect("visit_check" if draft else "visit_detail", visit.pk)


def _keep(form: CheckForm, visit: Visit, error: ValidationError) -> None:
    """What was answered is saved already; the page goes on from there."""
    form.refuse(error)
    data = form.data.copy()
    data["version"] = visit.version
    form.data = data


def _said(items: int) -> str:
    if not items:
        return _("Nothing found; the visit is closed.")
    return _("Handed over: %(n)s to put right, the branch is told.") % {"n": items}


@require_http_methods(["GET", "POST"])
def visit_recheck(request: SignedInRequest, pk: int) -> HttpResponse:
    visit = find_visit(request, pk)
    if not rechecks_visit(request.user, visit):
        raise PermissionDenied
    if visit.state != VisitState.MENDING:
        return someone_was_faster(request, visit)
    items = list(items_to_recheck(visit))
    for item in items:
        tag_item(item, timezone.localdate())
    usual: date = recheck_by_rule(visit.organization, timezone.localdate())
    form = RecheckForm(posted(request), items=items, usual=usual, initial={"version": visit.version})
    if form.is_bound and form.is_valid() and (done := _recheck(request, visit, form)):
        return done
    context = {"visit": visit, "form": form, "lines": form.lines()}
    return render(request, "reviews/visit_recheck.html", context, status=400 if form.errors else 200)


def _recheck(request: SignedInRequest, visit: Visit, form: RecheckForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        closed = recheck_visit(
            visit=visit, version=data["version"], remarks=form.remarks(), comment=data["comment"],
            recheck_on=data["recheck_on"], actor=request.user,
        )  # fmt: skip
    except StaleState:
        return someone_was_faster(request, visit)
    except ValidationError as error:
        form.refuse(error)
        return None
    sentence = _("All is put right; the visit is closed.")
    messages.success(request, sentence if closed else _("What is left is open again; the branch is told."))
    return redirect("visit_detail", visit.pk)


def someone_was_faster(request: SignedInRequest, visit: Visit) -> HttpResponse:
    sentence = _("Someone was faster: the visit is no longer as you saw it. Nothing of yours was written.")
    return render_conflict(request, sentence, reverse("visit_detail", args=[visit.pk]))
