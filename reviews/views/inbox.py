"""The reviewer's inbox: what waits, oldest first, and approving several plans at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.period_names import period_name
from meetings.rules import can_review
from meetings.services.rulebook.limits import Limits
from reviews.forms.inbox import InboxFilterForm, chosen_plans
from reviews.services.inbox import (
    BatchResult,
    approve_plans,
    plans_once_waiting,
    plans_to_review,
    records_to_review,
    wait_of,
)

SHOWN = 50  # of each; what is decided makes room for the next ones


def inbox(request: HttpRequest) -> HttpResponse:
    if not can_review(request.user):
        raise PermissionDenied
    if request.method == "POST":
        return _approve_chosen(request)
    filters = InboxFilterForm(request.GET, user=request.user)
    limits = Limits.read()
    plans, more_plans = _oldest(filters.narrow(plans_to_review(request.user)), limits)
    records, more_records = _oldest(filters.narrow(records_to_review(request.user)), limits)
    context = {"plans": plans, "more_plans": more_plans, "records": records, "more_records": more_records}
    context["warning"] = limits.warning
    status = 400 if filters.errors else 200
    return render(
        request, "reviews/inbox.html", context | {"filters": filters, "shown": SHOWN}, status=status
    )


def _oldest(papers: QuerySet, limits: Limits) -> tuple[list[Any], bool]:
    """The first ones with how long they have waited, and whether there are more."""
    rows = list(papers[: SHOWN + 1])
    for row in rows:
        row.wait = wait_of(row, limits)
    return rows[:SHOWN], len(rows) > SHOWN


def _approve_chosen(request: HttpRequest) -> HttpResponse:
    """First a page that lists them, then the deed: each plan at the version that was listed."""
    if request.POST.get("action") != "approve":
        raise BadRequest
    chosen = chosen_plans(request.POST.getlist("selected"))
    if not chosen:
        messages.warning(request, _("Nothing is selected yet."))
        return redirect("inbox")
    if "confirmed" not in request.POST:
        return _confirm(request, chosen)
    plans = list(plans_once_waiting(request.user).filter(pk__in=chosen))
    for plan in plans:
        plan.version = chosen[plan.pk]
    _tell(request, approve_plans(plans=plans, actor=request.user), unknown=len(chosen) - len(plans))
    return redirect("inbox")


def _confirm(request: HttpRequest, chosen: dict[int, int]) -> HttpResponse:
    """What will be approved, and what of the chosen plans no longer waits as it stood on the page."""
    waiting = plans_to_review(request.user).filter(pk__in=chosen)
    plans = [plan for plan in waiting if plan.version == chosen[plan.pk]]
    left_out = chosen.keys() - {plan.pk for plan in plans}
    gone = list(plans_once_waiting(request.user).filter(pk__in=left_out))
    context = {"plans": plans, "gone": gone, "unknown": len(left_out) - len(gone)}
    return render(request, "reviews/inbox_confirm.html", context)


def _tell(request: HttpRequest, result: BatchResult, *, unknown: int) -> None:
    number = len(result.approved)
    if number:
        sentence = ngettext("%(n)s plan approved.", "%(n)s plans approved.", number) % {"n": number}
        messages.success(request, sentence)
    for refusal in result.refused:
        plan = f"{refusal.plan.organization.name} · {period_name(refusal.plan.span)}"
        facts = {"plan": plan, "reason": refusal.reason}
        messages.warning(request, _("Not approved: %(plan)s. %(reason)s") % facts)
    if unknown:
        messages.warning(request, _("Not approved: %(n)s that you cannot see any more.") % {"n": unknown})
