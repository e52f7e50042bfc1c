"""The left menu: what a user's roles have to do with, with counts."""

from typing import Any

from django.http import HttpRequest


def menu(request: HttpRequest) -> dict[str, Any]:
    return {}
