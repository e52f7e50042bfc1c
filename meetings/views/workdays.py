"""The calendar of working days, a year a page. Kept by whoever keeps the national rules."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.templatetags.dates import cn_date
from meetings.forms.workdays import NewYearForm, SpanForm, YearForm, chosen_day
from meetings.models import CalendarYear, MovedDay
from meetings.rules import keeps_national_rules
from meetings.services import workdays
from meetings.views.rule_changes import blame
from meetings.views.rulebook import require_reader, tops
from meetings.workdays import WorkCalendar


@dataclass(frozen=True)
class DayCell:
    day: date
    is_working: bool
    is_moved: bool
    spoken: str


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[DayCell | None]]
    working_days: int


def workday_now(request: SignedInRequest) -> HttpResponse:
    """Where the menu leads: this year, or the latest one that was entered."""
    require_reader(request.user)
    this_year = timezone.localdate().year
    years = list(CalendarYear.objects.filter(year__lte=this_year).values_list("year", flat=True))
    return redirect("workday_year", years[-1] if years else this_year)


def workday_year(request: SignedInRequest, year: int) -> HttpResponse:
    require_reader(request.user)
    return _page(request, get_object_or_404(CalendarYear, year=year))


@require_POST
def workday_toggle(request: SignedInRequest, year: int) -> HttpResponse:
    """One day, by its button."""
    calendar_year = _kept_year(request.user, year)
    try:
        day = chosen_day(request.POST.get("day", ""), year)
    except ValidationError as error:
        return _page(request, calendar_year, sentence=error.messages[0])
    working = workdays.toggle_day(day=day, actor=request.user)
    words = _("%(day)s is a working day now.") if working else _("%(day)s is a day off now.")
    messages.success(request, words % {"day": cn_date(day)})
    return redirect(f"{reverse('workday_year', args=[year])}#month-{day.month}")


@require_POST
def workday_mark(request: SignedInRequest, year: int) -> HttpResponse:
    """Several days in a row."""
    calendar_year = _kept_year(request.user, year)
    form = SpanForm(request.POST, year=year)
    if form.is_valid():
        facts = form.cleaned_data | {"is_working": form.cleaned_data["is_working"] == "working"}
        try:
            moved = workdays.mark_span(**facts, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("%(n)s days differ from their weekday now.") % {"n": moved})
            return redirect("workday_year", year)
    return _page(request, calendar_year, span_form=form)


@require_POST
def workday_complete(request: SignedInRequest, year: int) -> HttpResponse:
    calendar_year = _kept_year(request.user, year)
    form = YearForm(request.POST, instance=CalendarYear(year=year, pk=calendar_year.pk))
    if not form.is_valid():
        return _page(request, calendar_year, year_form=form)
    workdays.complete_year(calendar_year=calendar_year, **form.cleaned_data, actor=request.user)
    messages.success(request, _("Saved."))
    return redirect("workday_year", year)


@require_POST
def workday_add_year(request: SignedInRequest) -> HttpResponse:
    _require_keeper(request.user)
    form = NewYearForm(request.POST)
    if form.is_valid():
        year = form.cleaned_data["year"]
        if not CalendarYear.objects.filter(year=year).exists():
            workdays.add_year(year=year, actor=request.user)
            messages.success(request, _("The year is open for entering."))
        return redirect("workday_year", year)
    messages.error(request, " ".join(form.errors["year"]))
    return redirect("workday_now")


def _page(
    request: SignedInRequest, calendar_year: CalendarYear, *, sentence: str = "", **forms: Any
) -> HttpResponse:
    years = list(CalendarYear.objects.values_list("year", flat=True))
    keeps = keeps_national_rules(request.user, tops())
    context = {
        "calendar_year": calendar_year,
        "months": _months(calendar_year.year),
        "weekdays": [str(WEEKDAYS_ABBR[number]).removeprefix("星期") for number in range(7)],
        "years": years,
        "keeps": keeps,
        "next_year": max([*years, timezone.localdate().year]) + 1,
        "sentence": sentence,
        "span_form": SpanForm(year=calendar_year.year),
        "year_form": YearForm(instance=calendar_year),
    } | forms
    return render(request, "meetings/workday_year.html", context, status=400 if forms or sentence else 200)


def _months(year: int) -> list[Month]:
    names = dict(MovedDay.objects.filter(day__year=year).values_list("day", "name"))
    calendar = workdays.read_calendar([year])
    return [_month(date(year, number, 1), calendar, names) for number in range(1, 13)]


def _month(first: date, calendar: WorkCalendar, names: dict[date, str]) -> Month:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    cells = [
        [_cell(day, calendar, names) if day.month == first.month else None for day in week] for week in weeks
    ]
    return Month(first, cells, sum(cell.is_working for week in cells for cell in week if cell))


def _cell(day: date, calendar: WorkCalendar, names: dict[date, str]) -> DayCell:
    working = calendar.is_working(day)
    words = _("working day") if working else _("day off")
    spoken = " · ".join(part for part in (cn_date(day), words, names.get(day, "")) if part)
    return DayCell(day, working, day in names, spoken)


def _kept_year(user: User, year: int) -> CalendarYear:
    _require_keeper(user)
    return get_object_or_404(CalendarYear, year=year)


def _require_keeper(user: User) -> None:
    require_reader(user)
    if not keeps_national_rules(user, tops()):
        raise PermissionDenied(_("The calendar is kept by whoever administers the whole tree."))
