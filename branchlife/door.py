"""What still stands between somebody who is signed in and the page: time, second factor, password."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife import sessions
from branchlife.models import User
from branchlife.passwords import is_too_old
from branchlife.second_factor import must_have_second_factor
from branchlife.written import what_was_written

# Open to whoever has shown no more than a password.
ALWAYS = {"health", "sign_out", "set_language"}


class DoorMiddleware:
    """Runs behind authentication and before any view: no page of the site is reached past it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._instead(request) or self.get_response(request)
        if _is_sent_to_the_door(request, response):
            return _with_what_was_written(request, response)
        return response

    def _instead(self, request: HttpRequest) -> HttpResponse | None:
        user, now = request.user, timezone.now()
        if not user.is_authenticated:
            return None
        if sessions.is_over(request.session, now):
            _sign_out(request)
            return None
        page = _page_first(request, user)
        if page and _name(request) not in ALWAYS | {page}:
            wanted = request.get_full_path() if request.method == "GET" else ""
            return redirect(f"{reverse(page)}?{urlencode({'next': wanted})}" if wanted else page)
        sessions.note_use(request.session, now)
        return None


def _sign_out(request: HttpRequest) -> None:
    logout(request)
    sentence = _(
        "You were signed out, because nothing was done for %(minutes)s minutes or a working day is over."
    )
    messages.info(request, sentence % {"minutes": int(settings.SESSION_IDLE.total_seconds() // 60)})


def _is_sent_to_the_door(request: HttpRequest, response: HttpResponse) -> bool:
    """Something was sent, and whoever sent it is not signed in any more."""
    if request.method != "POST" or request.user.is_authenticated or _name(request) in ALWAYS:
        return False
    return response.status_code == 302 and response.url.startswith(f"{reverse('sign_in')}?")  # type: ignore[attr-defined]


def _with_what_was_written(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The words of this request for copying; the way to the door as it was where there are none. The guard
    against forged requests has passed it: no other site puts words on this page."""
    typed = what_was_written(request)
    if not typed:
        return response
    context = {"typed": typed, "sign_in_url": response.url}  # type: ignore[attr-defined]
    return render(request, "session_over.html", context, status=403)


def _page_first(request: HttpRequest, user: User) -> str:
    """The name of the page that comes before all others; empty when the way is free."""
    session = request.session
    if not session.get(sessions.FACTOR_PASSED):
        if session.get(sessions.FACTOR_DUE):
            return "second_factor_check"
        if must_have_second_factor(user):
            return "second_factor_set_up"
    return "change_password" if is_too_old(user) else ""


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""
