"""Requests as views see them."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from branchlife.models import User


class SignedInRequest(HttpRequest):
    """A request behind ``LoginRequiredMiddleware``: somebody is signed in. For annotations only."""

    user: User


def safe_next(request: HttpRequest) -> str:
    """Where the form says to go on, if that is a page of ours; else the first page."""
    url = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if here else reverse(settings.LOGIN_REDIRECT_URL)
