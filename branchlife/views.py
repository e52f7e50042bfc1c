"""Doors that belong to no business noun: sign in, sign out, health, error pages."""

from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """200 when the web process answers and the database does, too."""
    connection.ensure_connection()
    return JsonResponse({"status": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


class SignOut(auth_views.LogoutView):
    http_method_names = ["post", "options"]


def render_conflict(request: HttpRequest, sentence: Any, back: str = "") -> HttpResponse:
    """409: the thing changed in the meantime or it is too late. Says so, and where to go."""
    return render(request, "409.html", {"sentence": sentence, "back": back}, status=409)
