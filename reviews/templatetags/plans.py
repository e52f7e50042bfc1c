"""The words for the codes of a plan's line, saved or typed."""

from collections.abc import Iterable

from django import template

from branchlife.enumeration import enumerated
from meetings.enums import ContentCategory, MeetingKind
from meetings.fixed_days import fixed_day

register = template.Library()


@register.filter
def kind_names(kinds: Iterable[str]) -> str:
    return enumerated(MeetingKind(kind).label for kind in kinds)


@register.filter
def category_name(category: str) -> str:
    return str(ContentCategory(category).label)


@register.filter
def fixed_day_name(code: str) -> str:
    habit = fixed_day(code)
    return habit.label if habit else ""
