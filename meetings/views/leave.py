"""Leave: the member asks and withdraws, whoever keeps the record answers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from branchlife.views import render_conflict
from meetings.enums import LeaveState
from meetings.forms.attendance import USUAL_REASONS
from meetings.forms.leave import AnswerForm, LeaveForm
from meetings.models import Leave, Meeting
from meetings.rules import asks_leave, decides_leave, is_own_leave
from meetings.services.forecast import forecast_of
from meetings.services.leave import TooLate, ask_leave, decide_leave, is_still_ahead, withdraw_leave
from meetings.services.reading import leaves_opened
from meetings.services.record import ChangedMeanwhile
from meetings.views.lookup import find_meeting, find_meeting_in_full


@require_http_methods(["GET", "POST"])
def leave_ask(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk)
    if not asks_leave(request.user, meeting):
        raise PermissionDenied
    if not is_still_ahead(meeting, timezone.now()):
        return _too_late(request, meeting)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_bound and form.is_valid():
            ask_leave(meeting=meeting, reason=form.cleaned_data["reason"], actor=request.user)
            messages.success(request, _("Your leave is asked for; you will be told the answer."))
            return redirect("meeting_detail", pk=pk)
    except TooLate:
        return _too_late(request, meeting)
    except ValidationError as error:
        form.add_error(None, error.messages)
    context = {"form": form, "meeting": meeting, "usual_reasons": USUAL_REASONS}
    return render(request, "meetings/leave_form.html", context, status=400 if form.errors else 200)


def meeting_leaves(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = find_meeting_in_full(request, pk)
    leaves_opened(meeting=meeting, reader=request.user)
    return _list(request, meeting)


@require_POST
def leave_decide(request: HttpRequest, pk: int) -> HttpResponse:
    leave = _find(request, pk)
    if not decides_leave(request.user, leave):
        raise PermissionDenied
    if leave.state != LeaveState.ASKED:  # told before anything is asked to be corrected
        return _faster(request, leave)
    form = AnswerForm(request.POST, auto_id=f"leave-{leave.pk}-%s")
    if not form.is_valid():
        return _list(request, leave.meeting, leave, form)
    try:
        decide_leave(leave=leave, actor=request.user, **form.cleaned_data)
    except ChangedMeanwhile:
        return _faster(request, leave)
    except ValidationError as error:
        form.add_error("answer", error.messages)
        return _list(request, leave.meeting, leave, form)
    messages.success(request, _("%(name)s: %(state)s.") % _facts(leave))
    return redirect("meeting_leaves", pk=leave.meeting_id)


@require_POST
def leave_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    leave = _find(request, pk)
    if not is_own_leave(request.user, leave):
        raise PermissionDenied
    try:
        withdraw_leave(leave=leave, actor=request.user)
    except ChangedMeanwhile:
        return _faster(request, leave)
    messages.success(request, _("Your leave is withdrawn; you are expected."))
    return redirect("meeting_detail", pk=leave.meeting_id)


def _find(request: HttpRequest, pk: int) -> Leave:
    leaves = Leave.objects.visible_to(request.user)
    return get_object_or_404(
        leaves.select_related("meeting__organization", "meeting__group", "member"), pk=pk
    )


def _list(
    request: HttpRequest, meeting: Meeting, refused: Leave | None = None, form: AnswerForm | None = None
) -> HttpResponse:
    leaves = list(meeting.leaves.select_related("member", "decided_by").order_by("-asked_at", "-pk"))
    for leave in leaves:
        leave.meeting = meeting
        leave.can_decide = leave.state == "asked" and decides_leave(request.user, leave)  # type: ignore[attr-defined]
        leave.form = form if leave == refused else AnswerForm(auto_id=f"leave-{leave.pk}-%s")  # type: ignore[attr-defined]
    context = {"meeting": meeting, "leaves": leaves, "forecast": forecast_of(meeting), "answer": form}
    return render(request, "meetings/leave_list.html", context, status=400 if form else 200)


def _facts(leave: Leave) -> dict[str, str]:
    return {"name": leave.member.name, "state": str(leave.get_state_display())}


def _too_late(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    sentence = _("Leave is asked for before the meeting begins. Please tell the secretary.")
    typed = [(_("Reason"), request.POST.get("reason", ""))]
    return render_conflict(request, sentence, reverse("meeting_detail", args=[meeting.pk]), typed)


def _faster(request: HttpRequest, leave: Leave) -> HttpResponse:
    sentence = _("This leave is no longer as you saw it. Nothing of yours was written.")
    typed = [(_("Answer"), request.POST.get("answer", ""))]
    return render_conflict(request, sentence, reverse("meeting_detail", args=[leave.meeting_id]), typed)
