"""Plans: the list, and the sheet on which a branch writes one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import AuditEvent
from branchlife.views import render_conflict
from meetings.enums import Role
from meetings.models import Organization
from meetings.periods import Span
from meetings.rules import can_plan
from meetings.scope import scope_of
from reviews.enums import Action
from reviews.forms.plan_paper import PlanPaper
from reviews.forms.plans import LAST, PlanChoiceForm, PlanFilterForm
from reviews.models import Finding, GoodCase, Plan, PlanItem, Transition
from reviews.models.stay import with_desk
from reviews.rules import desk_of, writes_plan
from reviews.services.copies import copy_case, copy_last, last_plan
from reviews.services.plans import ItemDraft, PlanExists, create_plan, has_content, propose_items, save_plan
from reviews.services.workflow import StaleState
from reviews.views.plan_sheet import SETTLING, STATE_KINDS

PER_PAGE = 25
MOST_CASES = 50  # the newest are offered to copy from


def plan_list(request: HttpRequest) -> HttpResponse:
    user = request.user
    plans = with_desk(Plan.objects.visible_to(user)).select_related("organization", "author")
    filters = PlanFilterForm(request.GET, user=user, today=timezone.localdate())
    counted = filters.narrow(plans).annotate(
        moved_at=Max("transitions__at"), item_count=Count("items", distinct=True)
    )
    # A query that groups loses the model's own order.
    found = counted.order_by("-period_start", "organization__path", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    for plan in page:
        plan.state_kind, plan.desk = STATE_KINDS[plan.state], desk_of(plan)
    context = {
        "page_obj": page,
        "filters": filters,
        "can_plan": can_plan(user),
        "narrowed": bool(request.GET),
    }
    return render(request, "reviews/plan_list.html", context, status=400 if filters.errors else 200)


def plan_create(request: HttpRequest) -> HttpResponse:
    branches = list(_branches_led(request))
    if not branches:
        raise PermissionDenied
    today = timezone.localdate()
    cases = GoodCase.objects.visible_to(request.user).standing()[:MOST_CASES]
    choice = PlanChoiceForm(request.POST or request.GET, branches=branches, cases=cases, today=today)
    context: dict[str, Any] = {"choice": choice, "several": len(branches) > 1}
    if not choice.is_valid():
        return render(request, "reviews/plan_form.html", context, status=400)
    organization, span = choice.cleaned_data["organization"], choice.cleaned_data["period"]
    if request.method == "POST":
        return _create(request, organization, span, context)
    context["existing"] = choice.existing
    if not choice.existing:
        items = _filled_in(choice, organization, span)
        context["paper"] = PlanPaper(organization=organization, span=span, items=items)
    return render(request, "reviews/plan_form.html", context)


def _filled_in(choice: PlanChoiceForm, organization: Organization, span: Span) -> list[ItemDraft]:
    """From the branch's last plan, or from what is owed, with the topics of an example on top."""
    source, today = choice.cleaned_data["source"], timezone.localdate()
    last = last_plan(organization, span) if source == LAST else None
    if last:
        return copy_last(plan=last, span=span, as_of=today)
    proposed = propose_items(organization=organization, span=span, as_of=today)
    case = choice.cases.get(source)
    if case is None:
        return proposed
    return copy_case(case=case, organization=organization, span=span, proposed=proposed, as_of=today)


def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("organization"), pk=pk)
    if not writes_plan(request.user, plan):
        raise PermissionDenied
    if request.method == "POST":
        return _save(request, plan)
    if not plan.is_editable:
        return render_conflict(request, _too_late(), reverse("plan_detail", args=[pk]))
    paper = PlanPaper(organization=plan.organization, span=plan.span, plan=plan, items=_items(plan))
    paper.pin(latest_findings(plan))
    return render(request, "reviews/plan_form.html", {"plan": plan, "paper": paper})


def _create(
    request: HttpRequest, organization: Organization, span: Span, context: dict[str, Any]
) -> HttpResponse:
    paper = PlanPaper(request.POST, organization=organization, span=span)

    def write(facts: dict[str, Any]) -> Plan:
        return create_plan(organization=organization, span=span, **facts)

    try:
        return _written(request, paper, context, write)
    except PlanExists:
        same = Plan.objects.visible_to(request.user).select_related("organization")
        existing = same.get(organization=organization, period=span.period, period_start=span.start)
        return _already_saved(request, existing, paper)


def _save(request: HttpRequest, plan: Plan) -> HttpResponse:
    settled = [item for item in _items(plan) if item.is_settled]
    paper = PlanPaper(request.POST, organization=plan.organization, span=plan.span, items=settled)

    def write(facts: dict[str, Any]) -> Plan:
        return save_plan(plan=plan, version=paper.version, **facts)

    try:
        if not plan.is_editable or paper.is_older_than(plan):  # told before anything is asked to be corrected
            raise StaleState
        return _written(request, paper, {"plan": plan}, write)
    except StaleState:
        plan.refresh_from_db()
        return _already_saved(request, plan, paper)


def _written(
    request: HttpRequest, paper: PlanPaper, context: dict[str, Any], write: Callable[[dict[str, Any]], Plan]
) -> HttpResponse:
    """Check the sheet, write it, say so; the same page with what is wrong otherwise."""
    hand_in = "submit" in request.POST
    if paper.is_valid(hand_in=hand_in):
        facts = {"items": paper.drafts(), "note": paper.note, "submit": hand_in, "actor": request.user}
        try:
            plan = write(facts)
        except PlanExists:
            raise
        except ValidationError as error:
            paper.head.add_error(None, error)
        else:
            messages.success(request, _("The plan is handed in.") if hand_in else _("The draft is saved."))
            return redirect("plan_detail", pk=plan.pk)
    if plan := context.get("plan"):
        paper.pin(latest_findings(plan))
    return render(request, "reviews/plan_form.html", context | {"paper": paper}, status=400)


def _already_saved(request: HttpRequest, plan: Plan, paper: PlanPaper) -> HttpResponse:
    """Somebody saved first. The same words: nothing is lost. Other words: both are shown, none is dropped."""
    well_formed = paper.is_valid(hand_in=False)
    if well_formed and has_content(plan, items=paper.drafts(), note=paper.note):
        messages.info(request, _("This plan was already saved with the same content."))
        return redirect("plan_detail", pk=plan.pk)
    events = AuditEvent.objects.filter(subject_type="reviews.plan", subject_id=str(plan.pk))
    last_event = events.select_related("actor").order_by("-pk").first()
    saved, typed = paper.compare(_items(plan))
    context = {"plan": plan, "paper": paper, "saved": saved, "last_event": last_event}
    context["typed"] = typed if well_formed else None
    paper.renew(plan.version)
    return render(request, "reviews/plan_conflict.html", context, status=409)


def _items(plan: Plan) -> QuerySet[PlanItem]:
    items: QuerySet[PlanItem] = plan.items.select_related("group", "meeting").prefetch_related("parts")
    return items


def latest_findings(plan: Plan) -> QuerySet[Finding]:
    """Those of the last return, until the plan is approved or the amendment dropped."""
    settling = Transition.objects.filter(plan=plan, action__in=SETTLING).order_by("-at", "-pk")
    return Finding.objects.filter(transition__in=settling.values("pk")[:1], transition__action=Action.RETURN)


def _branches_led(request: HttpRequest) -> QuerySet[Organization]:
    paths = scope_of(request.user).paths(Role.SECRETARY)
    return Organization.objects.branches().filter(path__in=paths).order_by("path")


def _too_late() -> str:
    return _("The plan is handed in or approved. It can be changed again when it is withdrawn or returned.")
