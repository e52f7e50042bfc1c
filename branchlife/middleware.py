"""What every request carries: an id and an address for the audit trail, a language, clean input."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class RequestFacts:
    request_id: str = ""
    address: str | None = None


_facts: ContextVar[RequestFacts | None] = ContextVar("request_facts", default=None)


def current_facts() -> RequestFacts:
    """The facts of the request being answered; empty outside a request (commands, the worker)."""
    return _facts.get() or RequestFacts()


def client_address(request: HttpRequest) -> str | None:
    """Whose request it is. Behind a proxy that is the last address it wrote; earlier ones anybody may invent."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    address = forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(address))
    except ValueError:
        return None


class RequestFactsMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        facts = RequestFacts(request_id=str(uuid.uuid4()), address=client_address(request))
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


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Chinese unless the visitor chose otherwise here: the browser's own preference does not count,
    because office computers are often left with an English browser."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        translation.activate(chosen if chosen in known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


class CleanInputMiddleware:
    """A NUL character reaches the database as an error on PostgreSQL; no honest address contains one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or any(
            "\x00" in value for values in request.GET.lists() for value in values[1]
        ):
            raise BadRequest
        return self.get_response(request)


class MethodPageMiddleware:
    """Django refuses a method with an empty page. Whoever opens the address of a button, from a bookmark or
    after signing in again, is told so in a sentence, with a way back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        page = render(request, "405.html", {"back": page_above(request.path)}, status=405)
        page["Allow"] = response["Allow"]
        return page


def page_above(path: str) -> str:
    """The nearest address above this one that there is, such as the plan of one of its steps."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            return path
    return "/"
