"""Paging along (day, id): the last page costs no more than the first, however long the list is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import HttpRequest

PAGE = 50
MOST_DIGITS = 18


@dataclass(frozen=True)
class KeysetPage:
    """One page of rows, newest first, with the addresses of its neighbours (empty where there is none)."""

    rows: list[Any]
    previous_url: str
    next_url: str


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE) -> KeysetPage:
    """Rows must have ``day`` and ``pk``. Raises BadRequest for a mark that is none."""
    older, newer = request.GET.get("before"), request.GET.get("after")
    if newer:
        found = list(rows.filter(_beyond(newer, "gt")).order_by("day", "pk")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return _page(request, found, has_newer=more, has_older=bool(found))
    if older:
        rows = rows.filter(_beyond(older, "lt"))
    found = list(rows.order_by("-day", "-pk")[: size + 1])
    return _page(request, found[:size], has_newer=bool(older and found), has_older=len(found) > size)


def _page(request: HttpRequest, rows: list[Any], *, has_newer: bool, has_older: bool) -> KeysetPage:
    return KeysetPage(
        rows=rows,
        previous_url=_address(request, "after", rows[0]) if has_newer and rows else "",
        next_url=_address(request, "before", rows[-1]) if has_older and rows else "",
    )


def _address(request: HttpRequest, name: str, row: Any) -> str:
    query = request.GET.copy()
    for mark in ("before", "after"):
        query.pop(mark, None)
    query[name] = f"{row.day.isoformat()}_{row.pk}"
    return f"?{query.urlencode()}"


def _beyond(mark: str, side: str) -> Q:
    day_text, _underscore, pk_text = mark.partition("_")
    try:
        day = date.fromisoformat(day_text)
    except ValueError:
        raise BadRequest from None
    if not (pk_text.isascii() and pk_text.isdecimal() and len(pk_text) <= MOST_DIGITS):
        raise BadRequest
    return Q(**{f"day__{side}": day}) | Q(day=day, **{f"pk__{side}": int(pk_text)})
