"""Addresses of the lists behind the numbers of the loop."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag
def items_url(year: int, branch: object, station: str) -> str:
    return _with_query("loop_items", year=year, branch=branch, station=station)


@register.simple_tag
def stays_url(year: int, desk: object, paper: str, task: str, lying: str) -> str:
    return _with_query("loop_stays", year=year, desk=desk, paper=paper, task=task, lying=lying)


def _with_query(name: str, **query: object) -> str:
    return f"{reverse(name)}?{urlencode({key: value for key, value in query.items() if value != ''})}"


@register.filter
def count_at(row: Any, station: str) -> int:
    return int(row.counts[station])


@register.filter
def at(numbers: Mapping[str, int], name: str) -> int:
    return numbers[name]
