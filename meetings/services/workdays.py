"""The editable calendar of working days: Monday to Friday, with the days the State Council moved."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.models import CalendarYear, MovedDay
from meetings.services.rulebook.remembered import forget
from meetings.services.rulebook.seed import read_preset
from meetings.workdays import WorkCalendar

# Nothing the State Council moves at a time is longer; more is a slip of the pen.
LONGEST_SPAN = 31


def read_calendar(years: Iterable[int] | None = None) -> WorkCalendar:
    """The calendar of these years and their neighbours, or of all. Two queries.

    The neighbours, because three working days after 30 December lie in the next year. A year whose
    list is not complete counts as unknown: ``WorkCalendar.knows`` is False there, and pages say so.
    """
    moved, known = MovedDay.objects.all(), CalendarYear.objects.filter(is_complete=True)
    if years is not None:
        wanted = {year + step for year in years for step in (-1, 0, 1)}
        moved, known = moved.filter(day__year__in=wanted), known.filter(year__in=wanted)
    days = dict(moved.values_list("day", "is_working"))
    return WorkCalendar(days, frozenset(known.values_list("year", flat=True)))


def calendar_warning(calendar: WorkCalendar, *days: date) -> str:
    """The sentence a page that counts working days shows when a year was not entered; else empty."""
    unknown = sorted({day.year for day in days} - calendar.years)
    if not unknown:
        return ""
    years = enumerated(unknown)
    return _(
        "The days off of %(years)s have not been entered: working days there are counted Monday to Friday."
    ) % {"years": years}


@transaction.atomic
def add_year(*, year: int, source: str = "", actor: User, now: datetime | None = None) -> CalendarYear:
    """Open a year for entering. It counts as known once ``complete_year`` was called."""
    calendar_year = CalendarYear(year=year, source=source)
    if CalendarYear.objects.filter(year=year).exists():
        raise ValidationError({"year": _("%(year)s is in the calendar already.") % {"year": year}})
    calendar_year.full_clean()
    calendar_year.save()
    record_event(actor=actor, action="calendar.add_year", subject=calendar_year, now=now)
    return calendar_year


@transaction.atomic
def complete_year(
    *, calendar_year: CalendarYear, source: str, is_complete: bool, actor: User, now: datetime | None = None
) -> None:
    """Say where the year was announced, and whether all its days are entered."""
    before = {"source": calendar_year.source, "is_complete": calendar_year.is_complete}
    after = {"source": source, "is_complete": is_complete}
    if before == after:
        return
    CalendarYear.objects.filter(pk=calendar_year.pk).update(**after)
    forget()
    difference = {"before": before, "after": after}
    record_event(
        actor=actor, action="calendar.change_year", subject=calendar_year, difference=difference, now=now
    )


@transaction.atomic
def toggle_day(*, day: date, actor: User, now: datetime | None = None) -> bool:
    """Turn a working day into a day off or back; returns whether people now work."""
    working = not read_calendar([day.year]).is_working(day)
    _set_days([day], working, "", actor, now)
    return working


@transaction.atomic
def mark_span(
    *, first: date, last: date, is_working: bool, name: str = "", actor: User, now: datetime | None = None
) -> int:
    """Make every day of ``first … last`` a working day or a day off; returns how many had to be moved."""
    if last < first:
        raise ValidationError({"last": _("The end lies before the beginning.")})
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if len(days) > LONGEST_SPAN:
        raise ValidationError({"last": _("Enter at most %(days)s days at a time.") % {"days": LONGEST_SPAN}})
    _set_days(days, is_working, name, actor, now)
    return MovedDay.objects.filter(day__in=days).count()


def _set_days(days: list[date], is_working: bool, name: str, actor: User, now: datetime | None) -> None:
    """A day that is what its weekday says needs no row."""
    for year in {day.year for day in days}:
        if not CalendarYear.objects.filter(year=year).exists():
            raise ValidationError(_("Add the year %(year)s to the calendar first.") % {"year": year})
    MovedDay.objects.filter(day__in=days).delete()
    unusual = [day for day in days if WorkCalendar().is_working(day) != is_working]
    MovedDay.objects.bulk_create(MovedDay(day=day, is_working=is_working, name=name) for day in unusual)
    forget()
    difference = {"days": [day.isoformat() for day in days], "is_working": is_working, "name": name}
    calendar_year = CalendarYear.objects.get(year=days[0].year)
    record_event(
        actor=actor, action="calendar.move_days", subject=calendar_year, difference=difference, now=now
    )


@transaction.atomic
def install_calendar() -> int:
    """Add the years of the shipped list that are not there yet. Years people have entered stay."""
    preset = json.loads(read_preset("workdays"))
    known = set(CalendarYear.objects.values_list("year", flat=True))
    new = [year for year in preset["years"] if year not in known]
    CalendarYear.objects.bulk_create(
        CalendarYear(year=year, source=preset["sources"][str(year)], is_complete=True) for year in new
    )
    kinds = ((preset["days_off"], False), (preset["working_days"], True))
    days = [
        MovedDay(day=date.fromisoformat(day), is_working=is_working, name=preset["occasions"][day])
        for listed, is_working in kinds
        for day in listed
    ]
    MovedDay.objects.bulk_create(day for day in days if day.day.year in new)
    return len(new)


def install_known_years(*, apps: Apps | None = None, **kwargs: Any) -> None:
    """After ``migrate``; a database migrated back to before there was a calendar is left as it is."""
    if apps is None or "movedday" in apps.all_models["meetings"]:
        install_calendar()
