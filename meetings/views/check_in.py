"""Checking in by code: the screen of whoever keeps the record, and what a member's phone opens."""

from io import BytesIO
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branchlife.views import render_conflict
from meetings.models import Meeting
from meetings.rules import checks_in, offers_check_in
from meetings.scope import scope_of
from meetings.services.attendance import expected_at
from meetings.services.check_in import (
    SALT,
    NotOpen,
    code_word,
    is_code_word,
    offer_check_in,
    own_check_in,
    why_not_open,
    window_of,
)
from meetings.services.check_in import check_in as check_in_to
from meetings.services.record import ChangedMeanwhile
from meetings.views.lookup import find_meeting, record_closed

# Whoever has scanned a valid code may take so long to sign in to the site and to say yes.
TICKET_SECONDS = 300
TICKET = "check_in"
REFRESH_SECONDS = 12  # of the screen; a code is valid for at least thirty


@require_GET
def check_in_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """For a screen or the secretary's phone: the code of this half minute, and who has checked in."""
    meeting = _find_to_offer(request, pk)
    here = list(meeting.check_ins.for_the_day().select_related("member"))
    due = expected_at(
        organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
    )
    context = {
        "meeting": meeting,
        "window": window_of(meeting),
        "closed": why_not_open(meeting, timezone.now()),
        "can_change": meeting.state == "scheduled",
        "here": here,
        "expected": len(due),
        "every": REFRESH_SECONDS,
        "stamp": code_word(pk, timezone.now())[:8],  # a browser keeps a picture by its address
    }
    return render(request, "meetings/check_in_screen.html", context)


@require_POST
def check_in_offer(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _find_to_offer(request, pk)
    try:
        offer_check_in(meeting=meeting, offered=request.POST.get("offer") == "1", actor=request.user)
    except ChangedMeanwhile:
        return record_closed(request, meeting)
    except NotOpen as refusal:
        return render_conflict(request, str(refusal), reverse("meeting_edit", args=[pk]))
    return redirect("check_in_screen", pk=pk)


@require_GET
def check_in_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture. Drawn anew for each request, so that it is always the code of now."""
    meeting = _find_to_offer(request, pk)
    now = timezone.now()
    if sentence := why_not_open(meeting, now):
        return render_conflict(request, sentence, reverse("meeting_detail", args=[pk]))
    link = request.build_absolute_uri(reverse("check_in_scan", args=[pk, code_word(pk, now)]))
    picture = BytesIO()
    segno.make(link, micro=False).save(picture, kind="png", scale=8, border=4)
    return HttpResponse(picture.getvalue(), content_type="image/png")


@login_not_required
@require_GET
def check_in_scan(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """What the code says. A valid one is remembered by this browser for the time it takes to sign in to the
    site; the meeting itself is asked about on the next page only, so that a guess tells nothing."""
    response = redirect("check_in", pk=pk)
    if is_code_word(word, pk, timezone.now()):
        response.set_signed_cookie(
            TICKET, str(pk), salt=SALT, max_age=TICKET_SECONDS, path=reverse("check_in", args=[pk]),
            httponly=True, samesite="Lax", secure=request.is_secure(),
        )  # fmt: skip
    else:
        response.delete_cookie(TICKET, path=reverse("check_in", args=[pk]))
    return response


@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One question, one button. Needs a code scanned a moment ago."""
    meeting = find_meeting(request, pk)
    if not checks_in(request.user, meeting):
        raise PermissionDenied(_("You are not expected at this meeting."))
    known = own_check_in(meeting, scope_of(request.user).member_id)
    if known is None and (refused := _refusal(request, meeting)):
        return refused
    if request.method == "POST" and known is None:
        return _checked_in(request, meeting)
    return render(request, "meetings/check_in.html", {"meeting": meeting, "known": known})


def _checked_in(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    try:
        check_in_to(meeting=meeting, actor=request.user)
    except NotOpen as refusal:
        return _conflict(request, meeting, str(refusal))
    messages.success(request, _("You are checked in."))
    return redirect("check_in", pk=meeting.pk)


def _refusal(request: HttpRequest, meeting: Meeting) -> HttpResponse | None:
    sentence = why_not_open(meeting, timezone.now())
    if not sentence and not _has_ticket(request, meeting):
        sentence = _(
            "This code is no longer valid: it changes every half minute. Please scan the one on the screen "
            "again, or tell the recorder that you are there."
        )
    return _conflict(request, meeting, sentence) if sentence else None


def _has_ticket(request: HttpRequest, meeting: Meeting) -> bool:
    said: Any = request.get_signed_cookie(TICKET, default="", salt=SALT, max_age=TICKET_SECONDS)
    return bool(said == str(meeting.pk))


def _conflict(request: HttpRequest, meeting: Meeting, sentence: str) -> HttpResponse:
    return render_conflict(request, sentence, reverse("meeting_detail", args=[meeting.pk]))


def _find_to_offer(request: HttpRequest, pk: int) -> Meeting:
    meeting = find_meeting(request, pk)
    if not offers_check_in(request.user, meeting):
        raise PermissionDenied
    return meeting
