"""The words for the codes of a plan's line, saved or typed."""

from collections.abc import Iterable

from django import template

from meetings.enums import ContentCategory, MeetingKind

register = template.Library()


@register.filter
def kind_names(kinds: Iterable[str]) -> str:
    return "、".join(str(MeetingKind(kind).label) for kind in kinds)


@register.filter
def category_name(category: str) -> str:
    return str(ContentCategory(category).label)
