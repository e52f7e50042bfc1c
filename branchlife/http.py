"""Requests as views see them."""

from django.http import HttpRequest

from branchlife.models import User


class SignedInRequest(HttpRequest):
    """A request behind ``LoginRequiredMiddleware``: somebody is signed in. For annotations only."""

    user: User
