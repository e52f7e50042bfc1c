"""Doors that belong to no business noun: sign out, health, error pages."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import i18n

from branchlife.models import User
from branchlife.written import what_was_written

LOCKED_MINUTES = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """200 when the web process answers and the database does, too."""
    connection.ensure_connection()
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Five wrong passwords for one name from one address. Says the same whether there is such a name or not."""
    return render(request, "429.html", {"minutes": LOCKED_MINUTES}, status=429)


@method_decorator(login_not_required, name="dispatch")
class SignOut(auth_views.LogoutView):
    """By POST, so that no picture or link signs anybody out. Whoever is out already is sent to the door."""

    http_method_names = ["post", "options"]


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """The switch stands on the sign-in page, too. The choice of somebody signed in goes with the account."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return i18n.set_language(request)


def render_conflict(
    request: HttpRequest, sentence: Any, back: str = "", typed: Iterable[tuple[str, str]] | None = None
) -> HttpResponse:
    """409: the thing changed in the meantime or it is too late. Says so, and where to go.

    ``typed``: label and text of what the person wrote, to be copied from there; if not given, whatever words came
    with the request.
    """
    known = what_was_written(request) if typed is None else typed
    written = [(label, text) for label, text in known if text.strip()]
    context = {"sentence": sentence, "back": back, "typed": written}
    return render(request, "409.html", context, status=409)
