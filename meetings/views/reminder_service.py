"""For those who look after the service: letters that did not arrive, its health, the robots of chat groups."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from branchlife.templatetags.dates import cn_datetime
from branchlife.views import render_conflict
from meetings.models import Letter
from meetings.rules import can_see_letters, looks_after_service
from meetings.services.reminders import undelivered
from meetings.services.reminders.health import Health, read_health
from meetings.services.reminders.pulse import accept_clock
from meetings.views.rulebook import tops

PER_PAGE = 50


@require_safe
def letter_list(request: HttpRequest) -> HttpResponse:
    """Letters given up or with an unknown answer, the newest first; ``?show=aside`` those put aside."""
    _require_administrator(request)
    aside = request.GET.get("show") == "aside"
    letters = _letters(request).filter(is_put_aside=aside).annotate(said=Count("reminders"))
    page = Paginator(letters.order_by("-day", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "meetings/letter_list.html", {"page_obj": page, "aside": aside})


@require_POST
def letter_again(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("It is sent again within a minute, or as soon as its reader may be written to.")
    return _decide(request, pk, undelivered.send_again, done)


@require_POST
def letter_arrived(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, undelivered.note_arrived, _("Noted as arrived."))


@require_POST
def letter_aside(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, undelivered.put_aside, _("Put aside."))


@require_safe
def reminder_health(request: HttpRequest) -> HttpResponse:
    if not looks_after_service(request.user, tops()):
        raise PermissionDenied
    health = read_health()
    letters = reverse("letter_list") if can_see_letters(request.user) else ""
    context = {"health": health, "facts": health_facts(health), "letters_url": letters}
    return render(request, "meetings/reminder_health.html", context)


@require_POST
def clock_accept(request: HttpRequest) -> HttpResponse:
    if not looks_after_service(request.user, tops()):
        raise PermissionDenied
    accept_clock(actor=request.user)
    messages.success(request, _("The clock is taken as right; reminders go on."))
    return redirect("reminder_health")


def health_facts(health: Health) -> list[tuple[str, str]]:
    yes, no = _("yes"), _("no")
    return [
        (_("Last round"), cn_datetime(health.last_round) if health.last_round else _("never")),
        (_("Last planning"), cn_datetime(health.last_planned) if health.last_planned else _("never")),
        (_("Oldest letter waits since"), cn_datetime(health.oldest_unsent) if health.oldest_unsent else "—"),
        (_("Broker answers"), yes if health.queue_reachable else no),
        (_("Journal can be written"), yes if health.journal_writable else no),
    ]


def _letters(request: HttpRequest) -> Any:
    letters = Letter.objects.visible_to(request.user).troubled()
    return letters.select_related("recipient", "robot__organization")


def _decide(request: HttpRequest, pk: int, step: Any, done: str) -> HttpResponse:
    _require_administrator(request)
    letter = get_object_or_404(Letter.objects.visible_to(request.user), pk=pk)
    try:
        step(letter=letter, actor=request.user)
    except undelivered.SettledMeanwhile:
        sentence = _("Somebody else decided on this letter, or it was sent after all.")
        return render_conflict(request, sentence, reverse("letter_list"))
    messages.success(request, done)
    return redirect("letter_list")


def _require_administrator(request: HttpRequest) -> None:
    if not can_see_letters(request.user):
        raise PermissionDenied
