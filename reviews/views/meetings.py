"""The page of one meeting, and the steps its record can take."""

from typing import Any, NoReturn

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branchlife.joined import hand_over
from branchlife.views import render_conflict
from meetings.models import Meeting
from meetings.scope import scope_of
from meetings.services.discharge import parts_judged
from meetings.services.reading import minutes_opened
from meetings.services.vote_ground import ground_columns
from meetings.views.panels import panel_columns
from reviews.enums import Action
from reviews.forms.review import ReasonForm, ReturnForm, StepForm
from reviews.models.stay import lying_desks
from reviews.rules import remember_desk
from reviews.services.records import take_record_step
from reviews.services.workflow import StaleState
from reviews.views.loop_panels import check_columns
from reviews.views.meeting_sheet import RETURNS, MeetingSheet
from reviews.workflow import RECORD, RECORD_FIELDS

# Writing the record has a page of its own.
STEPS = (
    Action.SUBMIT, Action.WITHDRAW, Action.FORWARD, Action.ACCEPT, Action.RETURN, Action.HOLD_AGAIN,
    Action.CANCEL, Action.ARCHIVE,
)  # fmt: skip
RELATED = ("organization", "group", "chair", "recorder", "recorded_by", "plan_item__plan", "archive")


def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    columns = check_columns(scope_of(request.user).member_id, "meeting")
    columns |= ground_columns("meeting") | panel_columns("meeting")
    meeting = find_meeting(request, pk, **columns)
    minutes_opened(meeting=meeting, reader=request.user)
    sheet = MeetingSheet(meeting, request.user)
    return render(request, "meetings/meeting_detail.html", sheet.context())


@require_http_methods(["GET", "POST"])
def meeting_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Take one step; a GET only asks for the reason of cancelling."""
    meeting = find_meeting(request, pk)
    if action not in STEPS or (request.method == "GET" and action != Action.CANCEL):
        raise Http404
    try:
        if not any(
            step.allowed(request.user, meeting) for (_s, known), step in RECORD.items() if known == action
        ):
            _refuse(request, meeting)
        refused = _take(request, meeting, Action(action))
    except StaleState:
        return _too_late(request, pk, Action(action))
    if refused:
        return refused
    messages.success(request, _done(Action(action)))
    return redirect("meeting_detail", pk=pk)


def find_meeting(request: HttpRequest, pk: int, **columns: Any) -> Meeting:
    """With the kinds and how each counts, the desk it lies on, and ``columns`` that reach the meeting as
    ``meeting``. One query; a second one only where a meeting has no kind."""
    meetings = Meeting.objects.visible_to(request.user).filter(pk=pk)
    of_meeting = [f"meeting__{name}" for name in RELATED]
    rows = lying_desks(parts_judged().filter(meeting__in=meetings), "meeting__").annotate(**columns)
    parts = list(rows.select_related(*of_meeting).order_by("pk"))
    if not parts:
        return get_object_or_404(meetings.select_related(*RELATED))
    meeting: Meeting = parts[0].meeting
    hand_over(meeting, "parts", parts)
    desk = vars(parts[0]).get("lying")
    if desk:
        desk.meeting = meeting
    remember_desk(meeting, desk)
    vars(meeting).update({name: getattr(parts[0], name) for name in columns})
    return meeting


def _refuse(request: HttpRequest, meeting: Meeting) -> NoReturn:
    """Whoever decides on a record that was passed on meanwhile is told that, not that it is forbidden."""
    if StepForm(request.POST).is_older_than(meeting.version):
        raise StaleState
    raise PermissionDenied


def _too_late(request: HttpRequest, pk: int, action: Action) -> HttpResponse:
    sentence = _("Someone was faster: the record is no longer as you saw it. Nothing of yours was written.")
    return render_conflict(request, sentence, reverse("meeting_detail", args=[pk]), _typed(request, action))


def _typed(request: HttpRequest, action: Action) -> list[tuple[str, str]]:
    """The words sent with a step that came too late."""
    if action in RETURNS:
        return ReturnForm(request.POST, version=1, fields=RECORD_FIELDS).typed()
    return _step_form(action)(request.POST).typed()


def _take(request: HttpRequest, meeting: Meeting, action: Action) -> HttpResponse | None:
    """Take the step; a page saying what is wrong if that could not be. Raises StaleState."""
    if (meeting.state, action) not in RECORD:
        raise StaleState
    if request.method == "GET":
        return _ask_reason(request, meeting, ReasonForm(initial={"version": meeting.version}))
    sheet = MeetingSheet(meeting, request.user)
    return_form = sheet.return_form(request.POST) if action in RETURNS else None
    form = return_form.step if return_form else _step_form(action)(request.POST)
    if form.is_older_than(meeting.version):
        raise StaleState
    if (return_form or form).is_valid() and _is_written(request, meeting, action, form, return_form):
        return None
    if action == Action.CANCEL:
        return _ask_reason(request, meeting, form)
    context = sheet.context(return_form) | ({} if return_form else {"step_form": form})
    return render(request, "meetings/meeting_detail.html", context, status=400)


def _step_form(action: Action) -> type[StepForm]:
    return ReasonForm if action == Action.CANCEL else StepForm


def _is_written(
    request: HttpRequest, meeting: Meeting, action: Action, form: StepForm, return_form: ReturnForm | None
) -> bool:
    try:
        take_record_step(
            meeting=meeting,
            action=action,
            version=form.cleaned_data["version"],
            comment=form.cleaned_data["comment"],
            findings=return_form.findings.drafts() if return_form else (),  # type: ignore[attr-defined]
            actor=request.user,
        )
    except ValidationError as error:
        by_field = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if by_field else error.messages)
        return False
    return True


def _ask_reason(request: HttpRequest, meeting: Meeting, form: StepForm) -> HttpResponse:
    context = {
        "page_title": _("Cancel the meeting"),
        "sentence": _("“%(theme)s” will not take place.") % {"theme": meeting.theme},
        "consequences": [_("A cancelled meeting counts for nothing that is owed.")],
        "form": form,
        "confirm_label": _("Yes, cancel the meeting"),
        "cancel_url": reverse("meeting_detail", args=[meeting.pk]),
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def _done(action: Action) -> str:
    return {
        Action.SUBMIT: _("The record is handed in."),
        Action.WITHDRAW: _("The record is withdrawn; you can change it again."),
        Action.FORWARD: _("You agreed; the record is passed on to the next desk."),
        Action.ACCEPT: _("The record is accepted."),
        Action.RETURN: _("The record is returned to the branch."),
        Action.HOLD_AGAIN: _("The meeting has to be held again; it no longer counts."),
        Action.CANCEL: _("The meeting is cancelled."),
        Action.ARCHIVE: _("The record is archived; it is corrected by an addendum only."),
    }[action]
