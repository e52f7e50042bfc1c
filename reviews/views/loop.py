"""The loop at a glance: figures by branch and by desk, and the lists behind every number."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branchlife.models import User
from branchlife.templatetags.dates import cn_day
from meetings.enums import MeetingState
from meetings.scope import SUBTREE_ROLES, scope_of
from reviews.compliance.loop import (
    ACT,
    CANCELLED,
    CHECK,
    CLOSED,
    DO,
    PLAN,
    branch_loops,
    desk_loops,
    open_desks,
    planned_in,
    stays_in,
    with_dates,
    with_station,
)
from reviews.enums import Task
from reviews.forms.loop import LoopFilter, StayFilter
from reviews.models import Plan, PlanItem, Stay
from reviews.models.stay import StayQuerySet

PER_PAGE = 25
ORDER = (PLAN, DO, CHECK, ACT, CLOSED)


@dataclass(frozen=True)
class Turn:
    """One item of a plan with its four stations."""

    item: PlanItem
    stations: list[dict[str, str]]


def loop(request: HttpRequest) -> HttpResponse:
    _require_overview(request.user)
    filters = LoopFilter(request.GET, user=request.user, today=timezone.localdate(), figures=True)
    year = filters.year
    branches = branch_loops(planned_in(_items(request.user), year), stays_in(_stays(request.user), year))
    desks = desk_loops(stays_in(_stays(request.user), year), timezone.localdate())
    context = {
        "filters": filters, "year": year, "branches": branches, "desks": desks,
        "columns": [(station, station_label(station)) for station in (*ORDER, CANCELLED)],
        "total": {name: sum(each.counts[name] for each in branches) for name in (*ORDER, CANCELLED)},
    }  # fmt: skip
    return render(request, "reviews/loop.html", context, status=400 if filters.errors else 200)


def loop_items(request: HttpRequest) -> HttpResponse:
    """The items behind a number, each with its four stations."""
    _require_overview(request.user)
    filters = LoopFilter(request.GET, user=request.user, today=timezone.localdate())
    items = filters.narrow(with_station(planned_in(_items(request.user), filters.year)))
    rows = (
        with_dates(items).select_related("plan__organization", "meeting", "group").prefetch_related("parts")
    )
    page = Paginator(rows.order_by("-day", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"filters": filters, "page_obj": page, "turns": turns_of(list(page)), "year": filters.year}
    return render(request, "reviews/loop_items.html", context, status=400 if filters.errors else 200)


def loop_stays(request: HttpRequest) -> HttpResponse:
    """The papers behind a waiting time: where each lay, from when to when."""
    _require_overview(request.user)
    seen = _stays(request.user)
    filters = StayFilter(request.GET, user=request.user, stays=seen, today=timezone.localdate())
    stays = filters.narrow(stays_in(seen, filters.year))
    related = ("plan__organization", "meeting__organization", "organization", "branch")
    page = Paginator(stays.select_related(*related).order_by("-since", "-pk"), PER_PAGE)
    context = {"filters": filters, "page_obj": page.get_page(request.GET.get("page"))}
    context["today"] = timezone.localdate()
    return render(request, "reviews/loop_stays.html", context, status=400 if filters.errors else 200)


def _require_overview(user: User) -> None:
    """Those who answer for an organization; a secretary sees the own branch."""
    if not scope_of(user).paths(*SUBTREE_ROLES):
        raise PermissionDenied


def _items(user: User) -> QuerySet[PlanItem]:
    items: QuerySet[PlanItem] = PlanItem.objects.filter(plan__in=Plan.objects.visible_to(user).order_by())
    return items


def _stays(user: User) -> StayQuerySet:
    stays: StayQuerySet = Stay.objects.filter(scope_of(user).within("branch__"))
    return stays


def station_label(station: str) -> str:
    return {
        PLAN: pgettext("station", "Plan"),
        DO: pgettext("station", "Do"),
        CHECK: pgettext("station", "Check"),
        ACT: pgettext("station", "Act"),
        CLOSED: pgettext("station", "Closed"),
        CANCELLED: pgettext("station", "Cancelled"),
    }[station]


def items_url(**query: object) -> str:
    return f"{reverse('loop_items')}?{urlencode({k: v for k, v in query.items() if v not in ('', None)})}"


def turns_of(items: list[PlanItem]) -> list[Turn]:
    plans, meetings = open_desks(items)
    return [
        Turn(item, _stations(item, plans.get(item.plan_id), meetings.get(item.meeting_id))) for item in items
    ]


def _stations(item: Any, plan_desk: Stay | None, record_desk: Stay | None) -> list[dict[str, str]]:
    """Plan, do, check, act: each with its date, or with whom it is since when."""
    at = ORDER.index(item.station) if item.station in ORDER else len(ORDER)
    notes = (_plan_note(item, plan_desk), _do_note(item), _check_note(item, record_desk), _act_note(item))
    cancelled = item.station == CANCELLED
    return [
        {
            "label": station_label(station),
            "note": "" if cancelled and number else note,
            "state": "done" if number < at and not cancelled else "now" if number == at else "next",
        }
        for number, (station, note) in enumerate(zip(ORDER, notes, strict=False))
    ]


def _plan_note(item: Any, desk: Stay | None) -> str:
    if item.meeting_id and item.approved_at:
        return _("approved %(day)s") % {"day": cn_day(item.approved_at)}
    return _holder(desk)


def _do_note(item: Any) -> str:
    if item.meeting is None:
        return cn_day(item.day)
    state = MeetingState(item.meeting.state)
    words = pgettext("station", "%(day)s, %(state)s")
    return words % {"day": cn_day(item.meeting.day), "state": state.label}


def _check_note(item: Any, desk: Stay | None) -> str:
    if item.accepted_at:
        return _("accepted %(day)s") % {"day": cn_day(item.accepted_at)}
    return _holder(desk)


def _act_note(item: Any) -> str:
    if item.station == CLOSED:
        return _("nothing left to put right")
    return _("something is to be put right") if item.station == ACT else ""


def _holder(desk: Stay | None) -> str:
    if desk is None:
        return ""
    task = pgettext("desk", "to review") if desk.task == Task.REVIEW else pgettext("desk", "to write")
    facts = {"place": desk.organization.name, "day": cn_day(desk.since), "task": task}
    return pgettext("desk", "%(place)s since %(day)s, %(task)s") % facts
