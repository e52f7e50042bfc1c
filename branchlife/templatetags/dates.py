"""Dates as they are written here: 2026年11月23日 in Chinese, 23 Nov 2026 in English."""

from datetime import date, datetime

from django import template
from django.utils import timezone, translation
from django.utils.dates import MONTHS_3, WEEKDAYS

register = template.Library()


def in_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def local(value: date | datetime) -> date | datetime:
    """An aware moment in the site's time zone; a plain date as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def cn_date(value: date | datetime | None) -> str:
    if not value:
        return ""
    day = local(value)
    return f"{day.year}年{day.month}月{day.day}日" if in_chinese() else f"{cn_day(day)} {day.year}"


@register.filter
def cn_day(value: date | datetime | None) -> str:
    """Without the year, for lists in which the year is plain: 11月23日."""
    if not value:
        return ""
    day = local(value)
    return f"{day.month}月{day.day}日" if in_chinese() else f"{day.day} {MONTHS_3[day.month].title()}"


@register.filter
def cn_month(value: date | datetime | None) -> str:
    if not value:
        return ""
    day = local(value)
    return f"{day.year}年{day.month}月" if in_chinese() else f"{MONTHS_3[day.month].title()} {day.year}"


@register.filter
def cn_time(value: datetime | None) -> str:
    return f"{local(value):%H:%M}" if value else ""


@register.filter
def cn_datetime(value: datetime | None) -> str:
    return f"{cn_date(value)} {cn_time(value)}" if value else ""


@register.filter
def weekday(value: date | datetime | None) -> str:
    return str(WEEKDAYS[local(value).weekday()]) if value else ""
