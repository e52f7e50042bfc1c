"""The page of a plan against what became of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from reviews.compliance.actual import Actual, Line, actual_of
from reviews.models import Plan

# Which lines a number of the page leads to.
SHOWN = {
    "held": lambda line: line.is_held,
    "on_day": lambda line: line.is_held and not line.moved,
    "open": lambda line: not line.is_held and not line.is_cancelled,
    "cancelled": lambda line: line.is_cancelled,
}


def plan_actual(request: HttpRequest, pk: int) -> HttpResponse:
    plans = Plan.objects.visible_to(request.user).select_related("organization")
    plan = get_object_or_404(plans, pk=pk)
    actual = actual_of(plan)
    context = {"plan": plan, "actual": actual, "lines": _shown(actual, request.GET.get("show", ""))}
    return render(request, "reviews/plan_actual.html", context)


def _shown(actual: Actual, which: str) -> list[Line]:
    return [line for line in actual.lines if SHOWN[which](line)] if which in SHOWN else actual.lines
