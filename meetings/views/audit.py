"""The audit officer's pages: the trail, and taking a part of it away."""

from typing import NamedTuple

from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from branchlife.guards import missing_guards
from branchlife.http import SignedInRequest
from branchlife.models import AuditAnchor, AuditEvent
from branchlife.verification import last_verification
from meetings.enums import Role
from meetings.forms.audit import AuditFilter
from meetings.forms.purpose import PurposeForm
from meetings.models import Appointment, Organization
from meetings.rules import reads_trail
from meetings.services.audit_reading import MOST, events_for, export_events

PAGE = 50
APPOINTMENT = Appointment._meta.label_lower


class Row(NamedTuple):
    """An event with the name of its organization ("" for what belongs to none) and whom it concerns."""

    event: AuditEvent
    place: str
    whom: str


@require_safe
def audit_list(request: SignedInRequest) -> HttpResponse:
    """Newest first, paged along the id, so that the last page costs no more than the first."""
    form, events = _asked(request)
    rows = list(_older(events, request.GET.get("before", "")).order_by("-pk")[: PAGE + 1])
    query = request.GET.copy()
    query["before"] = str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""
    context = {
        "form": form,
        "rows": _with_places(rows[:PAGE]),
        "next_url": f"?{query.urlencode()}" if query["before"] else "",
        "verified": last_verification(),
        "anchor": AuditAnchor.objects.order_by("-number").first(),
        "missing": missing_guards(),
        "query": request.GET.urlencode(),
    }
    return render(request, "meetings/audit_list.html", context)


@require_http_methods(["GET", "POST"])
def audit_export(request: SignedInRequest) -> HttpResponse:
    """Asks what for (GET) and hands over a CSV (POST); the filter of the list travels in the address."""
    form, events = _asked(request)
    purpose = PurposeForm(request.POST if request.method == "POST" else None)
    if not purpose.is_valid():
        context = {"form": purpose, "filter": form, "most": MOST, "query": request.GET.urlencode()}
        return render(request, "meetings/audit_export.html", context, status=400 if purpose.errors else 200)
    text = export_events(events=events, purpose=purpose.cleaned_data["purpose"], actor=request.user)
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y%m%d}.csv"'
    return answer


def _asked(request: SignedInRequest) -> tuple[AuditFilter, QuerySet[AuditEvent]]:
    if not reads_trail(request.user):
        raise PermissionDenied
    form = AuditFilter(request.GET or None, user=request.user)
    return form, form.narrow(events_for(request.user)) if form.is_bound else events_for(request.user)


def _older(events: QuerySet[AuditEvent], mark: str) -> QuerySet[AuditEvent]:
    if not mark:
        return events
    if not (mark.isascii() and mark.isdecimal() and len(mark) <= 18):
        raise BadRequest
    return events.filter(pk__lt=int(mark))


def _with_places(events: list[AuditEvent]) -> list[Row]:
    """One query for all of them."""
    ids = {event.chain.partition(":")[2] for event in events if event.chain}
    found = Organization.objects.filter(pk__in=[pk for pk in ids if pk.isdecimal()]).values_list("pk", "name")
    names = {f"organization:{pk}": name for pk, name in found}
    return [Row(event, names.get(event.chain, event.chain), _whom(event)) for event in events]


def _whom(event: AuditEvent) -> str:
    """Of a role given or ended, who held it and which; nothing of what records say."""
    if event.subject_type != APPOINTMENT:
        return ""
    told = [event.difference.get("user"), dict(Role.choices).get(event.difference.get("role"))]
    return " · ".join(str(each) for each in told if each)
