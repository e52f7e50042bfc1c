"""`{{ plan.span|period_name }}`: 2026年第四季度."""

from django import template

from meetings import period_names
from meetings.periods import Span

register = template.Library()


@register.filter
def period_name(span: Span) -> str:
    return period_names.period_name(span)


@register.filter
def short_period_name(span: Span) -> str:
    return period_names.short_period_name(span)
