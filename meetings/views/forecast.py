"""Which of the coming meetings may lack the voters to decide anything, while there is time to act."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from branchlife.http import SignedInRequest
from meetings.enums import VOTES_TAKEN, LeaveState, MeetingState
from meetings.models import Leave, Meeting, MeetingPart
from meetings.rules import can_see_organizations
from meetings.scope import scope_of
from meetings.services.forecast import forecasts_of

PAGE = 30


def forecast_list(request: SignedInRequest) -> HttpResponse:
    """For those who answer for a branch; who asked leave and why is one click further."""
    if not can_see_organizations(request.user):
        raise PermissionDenied
    page = Paginator(_coming(request), PAGE).get_page(request.GET.get("page"))
    forecasts = forecasts_of(page.object_list)
    rows = [(meeting, forecasts.get(meeting.pk)) for meeting in page]
    context = {
        "page_obj": page,
        "rows": rows,
        "at_risk": sum(bool(forecast and forecast.short) for _meeting, forecast in rows),
        "several": len({meeting.organization_id for meeting, _forecast in rows}) > 1,
    }
    return render(request, "meetings/forecast_list.html", context)


def _coming(request: SignedInRequest) -> QuerySet[Any]:
    """From today on, those at which something can be put to the vote, with how many asked leave."""
    votes = MeetingPart.objects.filter(meeting=OuterRef("pk"), kind__in=list(VOTES_TAKEN))
    own = Meeting.objects.filter(scope_of(request.user).within("organization__"))
    coming = own.filter(Exists(votes), state=MeetingState.SCHEDULED, day__gte=timezone.localdate())
    leaves = Leave.objects.open().filter(meeting=OuterRef("pk"), day=OuterRef("day")).order_by()
    return (
        coming.annotate(
            leave_count=_number(leaves), leave_asked=_number(leaves.filter(Q(state=LeaveState.ASKED)))
        )
        .select_related("organization")
        .prefetch_related("parts")
        .order_by("day", "starts", "pk")
    )


def _number(leaves: QuerySet[Leave]) -> Coalesce:
    counted = leaves.values("meeting").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())
