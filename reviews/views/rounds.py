"""What a paper said in each round, two of them side by side."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from branchlife.templatetags.dates import cn_datetime
from meetings.models import Meeting
from meetings.period_names import period_name
from meetings.rules import can_see_attendance
from reviews.models import Plan, Snapshot
from reviews.services.differences import plan_changes, record_changes
from reviews.services.snapshots import Content, plan_content
from reviews.views.timeline import step_title


@dataclass(frozen=True)
class Round:
    """One kept text; ``key`` names it in the address."""

    key: str
    label: str
    content: Content


def plan_rounds(request: HttpRequest, pk: int) -> HttpResponse:
    plans = Plan.objects.visible_to(request.user).select_related("organization")
    plan = get_object_or_404(plans, pk=pk)
    rounds = _rounds(Snapshot.objects.filter(transition__plan=plan))
    if plan.is_editable:
        rounds.append(Round("now", _("as it stands now"), plan_content(plan)))
    title = f"{plan.organization.name} · {period_name(plan.span)}"
    return _page(request, rounds, title, reverse("plan_detail", args=[pk]), is_plan=True)


def meeting_rounds(request: HttpRequest, pk: int) -> HttpResponse:
    meetings = Meeting.objects.visible_to(request.user).select_related("organization")
    meeting = get_object_or_404(meetings, pk=pk)
    if not can_see_attendance(request.user, meeting):
        raise PermissionDenied
    rounds = _rounds(Snapshot.objects.filter(transition__meeting=meeting))
    return _page(request, rounds, meeting.theme, reverse("meeting_detail", args=[pk]), is_plan=False)


def _rounds(kept: Any) -> list[Round]:
    rows = kept.select_related("transition").order_by("transition__at", "pk")
    return [
        Round(str(row.pk), f"{step_title(row.transition)} · {cn_datetime(row.transition.at)}", row.content)
        for row in rows
    ]


def _page(request: HttpRequest, rounds: list[Round], title: str, back: str, *, is_plan: bool) -> HttpResponse:
    before, after = _chosen(request, rounds)
    context: dict[str, Any] = {"rounds": rounds, "before": before, "after": after, "back": back}
    if before and after and is_plan:
        context["lines"] = plan_changes(before.content, after.content)
    elif before and after:
        context["differences"] = record_changes(before.content, after.content)
    return render(request, "reviews/rounds.html", context | {"paper_title": title})


def _chosen(request: HttpRequest, rounds: list[Round]) -> tuple[Round | None, Round | None]:
    """The two asked for, else the last two. 404 for one that is not of this paper."""
    by_key = {each.key: each for each in rounds}
    if asked := [request.GET[name] for name in ("before", "after") if name in request.GET]:
        if len(asked) != 2 or not set(asked) <= set(by_key):
            raise Http404
        return by_key[asked[0]], by_key[asked[1]]
    return (rounds[-2], rounds[-1]) if len(rounds) > 1 else (None, None)
