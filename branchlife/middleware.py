"""What every request carries: an id and an address for the audit trail, and input without control characters."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class RequestFacts:
    request_id: str = ""
    address: str | None = None


_facts: ContextVar[RequestFacts | None] = ContextVar("request_facts", default=None)


def current_facts() -> RequestFacts:
    """The facts of the request being answered; empty outside a request (commands, the worker)."""
    return _facts.get() or RequestFacts()


class RequestFactsMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        facts = RequestFacts(request_id=str(uuid.uuid4()), address=request.META.get("REMOTE_ADDR") or None)
        token = _facts.set(facts)
        try:
            response = self.get_response(request)
        finally:
            _facts.reset(token)
        response["X-Request-Id"] = facts.request_id
        # Every page is personal: nothing may stay in a shared computer's or proxy's cache.
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class CleanInputMiddleware:
    """A NUL character reaches the database as an error on PostgreSQL; no honest address contains one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise BadRequest
        return self.get_response(request)
