"""A form that carries a one-time key (``{% once %}`` beside its token) takes effect once.

The key is written in the transaction of what the form causes: both are there or neither, also when the
process is killed in between. A double click, an impatient reload or a proxy that sends again waits for
the first and is led where that one was led.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from branchlife.models import OnceKey, User

FIELD = "once"
REMEMBERED = timedelta(days=2)


class OnceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key_of(request)
        if key is None or not request.user.is_authenticated:
            return self.get_response(request)
        with transaction.atomic():
            return self._first_or_same(request, request.user, key)

    def _first_or_same(self, request: HttpRequest, user: User, key: UUID) -> HttpResponse:
        # On PostgreSQL a second one waits here for the first; on SQLite it waited before.
        row, is_first = OnceKey.objects.get_or_create(
            user=user, key=key, digest=_digest(request), defaults={"at": timezone.now()}
        )
        if not is_first:
            return HttpResponseRedirect(row.location)
        response = self.get_response(request)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif 300 <= response.status_code < 400:
            OnceKey.objects.filter(pk=row.pk).update(location=response["Location"][:500])
        else:  # refused, to be corrected and sent again
            row.delete()
        return response


def _key_of(request: HttpRequest) -> UUID | None:
    if request.method != "POST":
        return None
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _digest(request: HttpRequest) -> str:
    """Of everything in the form except its token, which changes while the page stays open."""
    typed = [(name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken"]
    files = [(name, file.name, file.size) for name in request.FILES for file in request.FILES.getlist(name)]
    sent = json.dumps([request.path, sorted(typed), sorted(files)])
    return hashlib.sha256(sent.encode()).hexdigest()


def forget_keys(now: datetime) -> int:
    return OnceKey.objects.filter(at__lt=now - REMEMBERED).delete()[0]
