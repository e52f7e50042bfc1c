"""A plan filled from another one: the branch's own of the last period, or a good case."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from meetings.enums import Audience, Period, audience_of
from meetings.fixed_days import LAST_WEEK, FixedDay, fixed_day
from meetings.models import Organization, PartyGroup
from meetings.periods import Span, span_of
from meetings.services.workdays import read_calendar
from meetings.workdays import WorkCalendar
from reviews.enums import PlanState
from reviews.models import GoodCase, Plan, PlanItem
from reviews.services.proposals import USUAL_START, ItemDraft, usual_theme

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def last_plan(organization: Organization, span: Span) -> Plan | None:
    """The branch's newest plan for an earlier period of the same length; a mere draft is none."""
    earlier = Plan.objects.filter(
        organization=organization, period=span.period, period_start__lt=span.start
    ).exclude(state=PlanState.DRAFT)
    return earlier.order_by("-period_start").first()


def copy_last(*, plan: Plan, span: Span, as_of: date) -> list[ItemDraft]:
    """The lines of an earlier plan on the same days of the new period: the fixed day where there is one, else
    the same weekday and week of the month; moved to a working day and never into the past.

    A title that only names kind and period is renewed; lines of a group that is gone are left out.
    """
    calendar = read_calendar([span.start.year, span.end.year])
    drafts = []
    for item in plan.items.select_related("group").prefetch_related("parts"):
        month = _months(plan.period_start, item.day)
        day = _day_in(span, month, _habit_of(item), as_of, calendar)
        if day and _is_alive(item.group, day):
            drafts.append(_copied(item, day))
    return drafts


def copy_case(
    *, case: GoodCase, organization: Organization, span: Span, proposed: Iterable[ItemDraft], as_of: date
) -> list[ItemDraft]:
    """Topics and questions of an example on top of what is owed: each goes to the first line of its kind that
    is still without one, what finds no such line becomes a line of its own. Group meetings never do."""
    calendar = read_calendar([span.start.year, span.end.year])
    drafts = list(proposed)
    free = set(range(len(drafts)))
    for line in case.lines:
        facts = {name: line[name] for name in ("theme", "problem", "category", "participants")}
        at = next((n for n in sorted(free) if set(drafts[n].kinds) & set(line["kinds"])), None)
        if at is not None:
            drafts[at] = replace(drafts[at], **facts)
            free.discard(at)
        elif audience_of(line["kinds"]) != Audience.GROUP:
            habit = fixed_day(line["fixed"]) or FixedDay(week=2, weekday=2)
            day = _day_in(span, line["month"], habit, as_of, calendar)
            if day:
                drafts.append(
                    ItemDraft(
                        day=day, kinds=tuple(line["kinds"]), starts=USUAL_START, fixed=line["fixed"], **facts
                    )
                )
    return sorted(drafts, key=lambda draft: draft.day)


def _copied(item: PlanItem, day: date) -> ItemDraft:
    names = ("starts", "group", "problem", "category", "place", "participants", "lecturer", "budget", "fixed")
    facts = {name: getattr(item, name) for name in names}
    return ItemDraft(day=day, kinds=tuple(item.kinds), theme=_renewed(item, day), **facts)


def _renewed(item: PlanItem, day: date) -> str:
    for kind in item.kinds:
        for period in Period:
            if item.theme == usual_theme(kind, span_of(period, item.day)):
                return usual_theme(kind, span_of(period, day))
    return item.theme


def _habit_of(item: PlanItem) -> FixedDay:
    if habit := fixed_day(item.fixed):
        return habit
    if item.day.weekday() >= SATURDAY:
        return FixedDay(day=min(item.day.day, 28))
    return FixedDay(week=min((item.day.day - 1) // 7 + 1, LAST_WEEK), weekday=item.day.weekday())


def _day_in(span: Span, month: int, habit: FixedDay, as_of: date, calendar: WorkCalendar) -> date | None:
    """The habit's day in that month of the period; the next working day where it has passed already."""
    index = span.start.month - 1 + month
    first = date(span.start.year + index // 12, index % 12 + 1, 1)
    if first not in span:
        return None
    wanted = habit.in_month(first, calendar)
    day = wanted if wanted > as_of else next(_later(as_of, span, calendar), None)
    return day if day and day in span else None


def _later(day: date, span: Span, calendar: WorkCalendar) -> Iterator[date]:
    while day < span.end:
        day += ONE_DAY
        if calendar.is_working(day):
            yield day


def _is_alive(group: PartyGroup | None, day: date) -> bool:
    return group is None or group.dissolved_on is None or group.dissolved_on > day


def _months(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month
