"""Judging a held meeting: the committee's sheet, what leaders saw who sat in, the members' rating."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branchlife.http import SignedInRequest
from branchlife.views import render_conflict
from meetings.models import Meeting
from meetings.rules import can_see_attendance
from reviews.compliance.questions import questions_about
from reviews.enums import Rating
from reviews.forms.evaluation import EvaluationForm, SitInForm
from reviews.models import Evaluation, EvaluationMark
from reviews.rules import evaluates_meeting, is_held, sits_in
from reviews.services.evaluation import evaluate_meeting, note_sit_in, steps_to_judge
from reviews.services.ratings import rate_meeting, ratings_shown, was_there
from reviews.services.workflow import StaleState
from reviews.views.meetings import find_meeting


def meeting_check(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk)
    if not can_see_attendance(request.user, meeting):
        raise PermissionDenied
    if not is_held(meeting):
        return _too_early(request, meeting)
    return _page(request, meeting)


@require_POST
def meeting_evaluate(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk)
    if not evaluates_meeting(request.user, meeting):
        raise PermissionDenied
    form = EvaluationForm(request.POST, steps=steps_to_judge(meeting), evaluation=_evaluation(meeting))
    if not form.is_valid():
        return _page(request, meeting, form=form)
    try:
        evaluate_meeting(
            meeting=meeting, version=form.cleaned_data["version"], marks=form.drafts(),
            comment=form.cleaned_data["comment"], actor=request.user,
        )  # fmt: skip
    except StaleState:
        return _faster(request, meeting)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _page(request, meeting, form=form)
    messages.success(request, _("The judgement is saved; the branch has been told."))
    return redirect("meeting_check", pk)


@require_POST
def meeting_sit_in(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk)
    if not sits_in(request.user, meeting):
        raise PermissionDenied
    form = SitInForm(request.POST)
    if not form.is_valid():
        return _page(request, meeting, sit_in_form=form)
    try:
        note_sit_in(meeting=meeting, actor=request.user, **form.cleaned_data)
    except ValidationError:
        return _too_early(request, meeting)
    messages.success(request, _("Noted."))
    return redirect("meeting_check", pk)


@require_POST
def meeting_rate(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = find_meeting(request, pk)
    if not was_there(request.user, meeting):
        raise PermissionDenied
    if request.POST.get("rating") not in Rating.values:
        return redirect("meeting_detail", pk)
    try:
        rate_meeting(meeting=meeting, rating=Rating(request.POST["rating"]), actor=request.user)
    except ValidationError as error:
        return render_conflict(request, error.messages[0], reverse("meeting_detail", args=[pk]))
    messages.success(request, _("Thank you. Your answer is counted without your name."))
    return redirect("meeting_detail", pk)


def _page(request: SignedInRequest, meeting: Meeting, **forms: Any) -> HttpResponse:
    user = request.user
    evaluation, can_sit_in = _evaluation(meeting), sits_in(user, meeting)
    notes = list(meeting.sit_in_notes.select_related("author"))
    counts = dict(meeting.rating_counts.values_list("rating", "shown"))
    context = {
        "meeting": meeting,
        "evaluation": evaluation,
        "form": EvaluationForm(steps=steps_to_judge(meeting), evaluation=evaluation),
        "sit_in_form": _sit_in_form(request, notes),
        "notes": [each for each in notes if not (can_sit_in and each.author_id == user.pk)],
        "ratings": ratings_shown(counts),
        "can_evaluate": evaluates_meeting(user, meeting),
        "can_sit_in": can_sit_in,
        "questions": _questions(request, meeting),
    } | forms
    return render(request, "reviews/meeting_check.html", context, status=400 if forms else 200)


def _questions(request: SignedInRequest, meeting: Meeting) -> Any:
    """For those who judge the record; the branch reads a reviewer's words, not a machine's."""
    if not evaluates_meeting(request.user, meeting):
        return []
    rows = list(meeting.attendances.select_related("member"))
    return questions_about(meeting, rows, request.user)


def _sit_in_form(request: SignedInRequest, notes: list[Any]) -> SitInForm:
    own = next((note for note in notes if note.author_id == request.user.pk), None)
    known = {"leader": own.leader, "text": own.text} if own else {"leader": request.user.name}
    return SitInForm(initial=known)


def _evaluation(meeting: Meeting) -> Evaluation | None:
    related = Evaluation.objects.filter(meeting=meeting).select_related("evaluator")
    marks = EvaluationMark.objects.select_related("rectification")
    return related.prefetch_related(Prefetch("marks", marks)).first()


def _too_early(request: SignedInRequest, meeting: Meeting) -> HttpResponse:
    sentence = _("Only a meeting that was held can be judged.")
    return render_conflict(request, sentence, reverse("meeting_detail", args=[meeting.pk]))


def _faster(request: SignedInRequest, meeting: Meeting) -> HttpResponse:
    sentence = _(
        "Someone was faster: the judgement is no longer as you saw it. Nothing of yours was written."
    )
    return render_conflict(request, sentence, reverse("meeting_check", args=[meeting.pk]))
