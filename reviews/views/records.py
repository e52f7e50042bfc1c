"""Writing down how a meeting went. Everything known stands there already; nothing typed is ever lost."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from branchlife.views import render_conflict
from meetings.elements import element_count, missing_elements, warnings
from meetings.enums import RECORD_OPEN, MeetingState
from meetings.forms.attendance import STATUS_GROUPS, USUAL_REASONS
from meetings.forms.record import PeopleChange, RecordForm
from meetings.models import Meeting
from meetings.rules import keeps_record_of
from meetings.services.vote_ground import ground_columns
from reviews.enums import Action
from reviews.forms.agenda import AgendaForm
from reviews.models import Finding
from reviews.services.agenda import agenda_of, with_notes
from reviews.services.records import log_meeting
from reviews.services.workflow import StaleState
from reviews.views.conflicts import differences, texts_of_form
from reviews.views.meetings import find_meeting

WAITING_FOR_CORRECTION = (MeetingState.RETURNED, MeetingState.HOLD_AGAIN)


def meeting_record(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk, **ground_columns("meeting"))
    if not keeps_record_of(request.user, meeting):
        raise PermissionDenied
    if meeting.state not in RECORD_OPEN and request.method != "POST":
        return _too_late(request, meeting)
    posted = request.POST if request.method == "POST" else None
    form = RecordForm(posted, meeting=meeting, findings=_findings(meeting))
    if posted is not None and form.is_valid() and (agenda := _agenda(meeting, posted)).is_valid():
        return _save(request, meeting, form, agenda)
    if posted is not None and meeting.state not in RECORD_OPEN:
        return _conflict(request, form)
    return _page(request, form, status=400 if posted is not None else 200)


def _save(request: HttpRequest, meeting: Meeting, form: RecordForm, agenda: AgendaForm) -> HttpResponse:
    changed = form.changed_people
    # Somebody the writer has not seen on the page would be handed in as present.
    submit = "draft" not in request.POST and not changed.added
    try:
        log_meeting(
            meeting=copy(meeting),  # if it is refused the page still shows what is stored
            **_written(form),
            looked_back=agenda.said(),
            submit=submit,
            actor=request.user,
        )
    except StaleState:
        return _conflict(request, form)
    except ValidationError as error:
        form.take_errors(error)
        return _page(request, form, status=400)
    return _saved(request, meeting, changed, submit)


def _written(form: RecordForm) -> dict[str, Any]:
    """What stands in the record's own fields."""
    known = {"version": form.cleaned_data["version"], "anew": form.cleaned_data["anew"]}
    return known | {"facts": form.facts(), "deviations": form.deviations()}


def _agenda(meeting: Meeting, posted: Any) -> AgendaForm:
    """The items that are not settled yet; those that are can no longer be written to."""
    items = agenda_of(meeting, timezone.localdate()).unsettled()
    return AgendaForm(posted, items=with_notes(items, meeting))


def _saved(request: HttpRequest, meeting: Meeting, changed: PeopleChange, submitted: bool) -> HttpResponse:
    if submitted:
        messages.success(request, _("The record is handed in."))
        _say_warnings(request, meeting)
        return redirect("meeting_detail", pk=meeting.pk)
    messages.success(request, _("The draft is saved."))
    for names, sentence in (
        (changed.added, _("Now expected as well: %(names)s. Please check before you hand it in.")),
        (changed.gone, _("No longer expected on that day: %(names)s.")),
    ):
        if names:
            messages.warning(request, sentence % {"names": enumerated(names)})
    return redirect("meeting_record", pk=meeting.pk)


def _say_warnings(request: HttpRequest, meeting: Meeting) -> None:
    """What the record was handed in without; the reviewer reads the same."""
    stored = find_meeting(request, meeting.pk)
    for each in warnings(missing_elements(stored)):
        messages.warning(request, each.sentence)


def _conflict(request: HttpRequest, form: RecordForm) -> HttpResponse:
    """Somebody else was faster. Both texts side by side, the writer's own still in the form to be saved
    over the other; a second click on the same button finds its own text and is no conflict."""
    now = find_meeting(request, form.meeting.pk)
    differing = differences(now, texts_of_form(form))
    if not differing:
        return redirect("meeting_detail", pk=now.pk)
    if now.state not in RECORD_OPEN:
        context = {"meeting": now, "differing": differing}
        return render(request, "reviews/record_conflict.html", context, status=409)
    data = request.POST.copy()
    data["version"] = str(now.version)
    again = RecordForm(data, meeting=now, findings=_findings(now))
    again.is_valid()
    return _page(request, again, status=409, differing=differing)


def _page(request: HttpRequest, form: RecordForm, *, status: int, **extra: Any) -> HttpResponse:
    meeting = form.meeting
    context = {
        "form": form,
        "meeting": meeting,
        "groups": STATUS_GROUPS,
        "usual_reasons": USUAL_REASONS,
        "element_count": element_count(form.kinds_now),
        "plan_item": getattr(meeting, "plan_item", None),
        "today": timezone.localdate(),
        "is_early": meeting.state == MeetingState.SCHEDULED and meeting.day > timezone.localdate(),
        "held_again": meeting.state == MeetingState.HOLD_AGAIN,
        "agenda": _agenda(meeting, request.POST or None),
    }
    return render(request, "reviews/record_form.html", context | extra, status=status)


def _too_late(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    sentence = _("The record is no longer open: %(state)s.") % {"state": meeting.get_state_display()}
    return render_conflict(request, sentence, reverse("meeting_detail", args=[meeting.pk]))


def _findings(meeting: Meeting) -> dict[str, list[Finding]]:
    """What the latest return found, by field, while the branch has to correct it."""
    if meeting.state not in WAITING_FOR_CORRECTION:
        return {}
    returns = (Action.RETURN, Action.HOLD_AGAIN)
    found = Finding.objects.filter(transition__meeting=meeting, transition__action__in=returns)
    by_field: dict[str, list[Finding]] = {}
    latest = max((finding.transition_id for finding in found), default=None)
    for finding in found:
        if finding.transition_id == latest:
            by_field.setdefault(finding.field, []).append(finding)
    return by_field
