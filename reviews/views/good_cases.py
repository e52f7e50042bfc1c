"""Good cases: the list, one of them, marking and withdrawing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from meetings.forms.fields import LineField
from meetings.forms.roster import ChangeForm
from meetings.models import Meeting
from meetings.rules import can_plan
from meetings.views.form_page import FormPage, answer, posted
from reviews.models import GoodCase, Plan
from reviews.rules import marks_case, withdraws_case
from reviews.services.good_cases import kinds_of, mark_case, title_of, withdraw_case

PER_PAGE = 25


class CaseForm(ChangeForm):
    reason = LineField(label=gettext_lazy("Why it is an example"), max_length=300)


def case_list(request: HttpRequest) -> HttpResponse:
    cases = GoodCase.objects.visible_to(request.user).standing().select_related("owner", "plan", "meeting")
    page = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reviews/case_list.html", {"page_obj": page})


def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    case = _find(request, pk)
    lines = [line | {"kinds_label": kinds_of(line)} for line in case.lines]
    context = {
        "case": case,
        "lines": lines,
        "can_plan": can_plan(request.user) and case.withdrawn_at is None,
        "can_withdraw": case.withdrawn_at is None and withdraws_case(request.user, case),
    }
    return render(request, "reviews/case_detail.html", context)


@require_http_methods(["GET", "POST"])
def plan_example(request: HttpRequest, pk: int) -> HttpResponse:
    plans = Plan.objects.visible_to(request.user).select_related("organization")
    return _mark(request, get_object_or_404(plans, pk=pk), reverse("plan_detail", args=[pk]))


@require_http_methods(["GET", "POST"])
def meeting_example(request: HttpRequest, pk: int) -> HttpResponse:
    meetings = Meeting.objects.visible_to(request.user).select_related("organization")
    return _mark(request, get_object_or_404(meetings, pk=pk), reverse("meeting_detail", args=[pk]))


def _mark(request: HttpRequest, paper: Plan | Meeting, back: str) -> HttpResponse:
    if not marks_case(request.user, paper):
        raise PermissionDenied
    form = CaseForm(posted(request))

    def act() -> str:
        mark_case(paper=paper, reason=form.cleaned_data["reason"], actor=request.user)
        return _("Marked as an example; the branches find it among the good cases.")

    page = FormPage(
        title=_("Mark as an example"), submit=_("Mark as an example"), back=back,
        top=(_("Good cases"), reverse("case_list")), parent=(title_of(paper), back),
        notes=[_("Shared are topics, questions and categories. Minutes and names stay with the branch.")],
    )  # fmt: skip
    return answer(request, form, page, act)


@require_POST
def case_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    withdraw_case(case=_find(request, pk), actor=request.user)
    messages.success(request, _("It is an example no longer."))
    return redirect("case_list")


def _find(request: HttpRequest, pk: int) -> GoodCase:
    cases = GoodCase.objects.visible_to(request.user).select_related("owner", "marked_by")
    return get_object_or_404(cases, pk=pk)
