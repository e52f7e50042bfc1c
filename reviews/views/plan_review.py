"""The page of one plan, and the steps that can be taken with it."""

from typing import NoReturn

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branchlife.models import User
from branchlife.views import render_conflict
from reviews.enums import Action
from reviews.forms.review import ReasonForm, ReturnForm, StepForm
from reviews.models import Plan
from reviews.models.stay import with_desk
from reviews.services.amendments import discard_amendment
from reviews.services.plans import approve_plan, return_plan, submit_plan
from reviews.services.workflow import StaleState, perform
from reviews.views.plan_sheet import PlanSheet
from reviews.workflow import PLAN, PLAN_FIELDS


def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = PlanSheet(_plan(request, pk), request.user)
    return render(request, "reviews/plan_detail.html", sheet.context())


@require_POST
def plan_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Submit, withdraw, approve or return. The version that is sent says which text the person saw."""
    plan = _plan(request, pk)
    if not any(action == known for _state, known in PLAN):
        raise Http404
    step = PLAN.get((plan.state, action))
    try:
        if step and not step.allowed(request.user, plan):
            _refuse(request, plan)
        refused = _take(request, plan, Action(action))
    except StaleState:
        sentence = _("Someone was faster: the plan is no longer as you saw it. Nothing of yours was written.")
        typed = _typed(request, plan, Action(action))
        return render_conflict(request, sentence, reverse("plan_detail", args=[pk]), typed)
    if refused:
        return refused
    messages.success(request, _done(Action(action)))
    return redirect("plan_detail", pk=pk)


def _plan(request: HttpRequest, pk: int) -> Plan:
    plans = with_desk(Plan.objects.visible_to(request.user))
    return get_object_or_404(plans.select_related("organization", "author"), pk=pk)


def _refuse(request: HttpRequest, plan: Plan) -> NoReturn:
    """A page made from an older text is told that somebody was faster, not that it is forbidden."""
    if StepForm(request.POST).is_older_than(plan.version):
        raise StaleState
    raise PermissionDenied


def _typed(request: HttpRequest, plan: Plan, action: Action) -> list[tuple[str, str]]:
    """The words sent with a step that came too late."""
    if action == Action.RETURN:
        return ReturnForm(
            request.POST, version=plan.version, fields=PLAN_FIELDS, items=plan.items.all()
        ).typed()
    return _step_form(action, request.POST).typed()


def _take(request: HttpRequest, plan: Plan, action: Action) -> HttpResponse | None:
    """Take the step; the page again with what is wrong if it was not well formed. Raises StaleState."""
    if (plan.state, action) not in PLAN:
        raise StaleState
    sheet = PlanSheet(plan, request.user)
    return_form = sheet.return_form(request.POST) if action == Action.RETURN else None
    form = return_form.step if return_form else _step_form(action, request.POST)
    if form.is_older_than(plan.version):
        raise StaleState
    if not (return_form or form).is_valid():
        return _again(request, sheet, form, return_form)
    try:
        _write(plan, action, form, return_form, request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return _again(request, PlanSheet(_plan(request, plan.pk), request.user), form, return_form)
    return None


def _step_form(action: Action, data: QueryDict) -> StepForm:
    return ReasonForm(data, auto_id="amend_%s") if action == Action.AMEND else StepForm(data)


def _write(plan: Plan, action: Action, form: StepForm, return_form: ReturnForm | None, actor: User) -> None:
    comment = form.cleaned_data["comment"]
    if return_form:
        return_plan(plan=plan, findings=return_form.findings.drafts(), comment=comment, actor=actor)
    elif action == Action.APPROVE:
        approve_plan(plan=plan, comment=comment, actor=actor)
    elif action == Action.DISCARD:
        discard_amendment(plan=plan, comment=comment, actor=actor)
    elif action == Action.SUBMIT:
        submit_plan(plan=plan, actor=actor)
    else:
        perform(plan, action, comment=comment, actor=actor)


def _again(
    request: HttpRequest, sheet: PlanSheet, form: StepForm, return_form: ReturnForm | None
) -> HttpResponse:
    context = sheet.context(return_form)
    if return_form is None:
        context["step_form"] = form
    return render(request, "reviews/plan_detail.html", context, status=400)


def _done(action: Action) -> str:
    return {
        Action.SUBMIT: _("The plan is handed in."),
        Action.WITHDRAW: _("The plan is withdrawn; you can change it again."),
        Action.TAKE_BACK: _("The amendment is withdrawn; you can change it again."),
        Action.FORWARD: _("You agreed; the plan is passed on to the next desk."),
        Action.AMEND: _("Change what is needed and hand the plan in again. What was held stays as it was."),
        Action.DISCARD: _("The amendment is dropped; the plan holds as it was approved."),
        Action.CLOSE: _("The plan is closed."),
        Action.APPROVE: _("The plan is approved; its items are on the branch's calendar."),
        Action.RETURN: _("The plan is returned to the branch."),
    }[action]
