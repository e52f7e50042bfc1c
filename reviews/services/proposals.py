"""What a plan could contain: what is still owed, on the days and at the place the branch is used to."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import pgettext

from meetings.enums import DISCHARGING, MeetingKind, MeetingState, Period
from meetings.models import MeetingPart, Obligation, Organization, PartyGroup
from meetings.period_names import short_period_name
from meetings.periods import MONTHS, Span
from meetings.services.obligations import ledger_window
from meetings.services.owed import owed_lines
from meetings.services.rulebook.effective import read_requirements
from meetings.services.rulebook.limits import Limits
from meetings.workdays import WorkCalendar
from reviews.services.agenda import mention_open_items

USUAL_START = time(15, 0)
# How far back a habit is looked for: a yearly meeting held a little later than this year's is in it.
MEMORY = timedelta(days=430)
RECENT = 6  # as many past meetings say whether a day of the month is kept
# Holidays that stand on the same date every year (Regulation on Public Holidays, article 2): all that is known
# of a year whose list has not been published yet.
HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
ON_CALENDAR = (MeetingState.SCHEDULED, MeetingState.HOLD_AGAIN)

Slot = tuple[date, time | None, int | None]  # day, beginning, group


@dataclass(frozen=True)
class ItemDraft:
    """One line of a plan as the form or the prefill gives it; ``pk`` names the row it replaces."""

    day: date
    kinds: tuple[str, ...]
    theme: str
    pk: int | None = None
    starts: time | None = None
    group: PartyGroup | None = None
    problem: str = ""
    category: str = ""
    place: str = ""
    participants: str = ""
    lecturer: str = ""
    budget: int | None = None
    fixed: str = ""


@dataclass(frozen=True)
class Event:
    """One kind of one meeting on the branch's calendar."""

    kind: str
    group_id: int | None
    day: date
    counts_for: date
    starts: time | None
    place: str
    state: str


@dataclass(frozen=True)
class Habit:
    """When and where the branch holds a kind of meeting, told from the last ones."""

    last: Event
    fixed_day: int | None  # day of the month, where that is what the branch keeps to


@dataclass(frozen=True)
class Gap:
    """One meeting that is owed and neither held nor on the calendar, with the days that are left for it."""

    line: Obligation
    days: tuple[date, ...]
    habit: Habit | None
    share: float = 0.5  # where in these days it goes when nothing is known: 0 first, 1 last

    @property
    def starts(self) -> time:
        return (self.habit.last.starts if self.habit else None) or USUAL_START


def propose_items(*, organization: Organization, span: Span, as_of: date) -> list[ItemDraft]:
    """What falls due in the period and was neither held nor put on the calendar, one line each.

    What is owed for longer than the plan's period (a yearly meeting in a quarter's plan) is proposed
    in the last plan that can still hold it.
    Days follow the branch's habit: the weekday and week of the month of its last meeting of that kind,
    or the day of the month it keeps to; else they are spread over the period. Never a day off or
    a day that has passed: what has no working day left is not proposed.
    """
    calendar = _calendar(organization, since=as_of - MEMORY, until=span.end)
    taken: set[Slot] = {(e.day, e.starts, e.group_id) for e in calendar if e.state in ON_CALENDAR}
    drafts: list[ItemDraft] = []
    gaps = _spread(list(_gaps(organization, span, as_of, calendar)))
    for gap in sorted(gaps, key=lambda gap: gap.habit is None):
        day = min(gap.days, key=lambda day: (_clashes(day, gap, taken), *_strangeness(day, gap), day))
        taken.add((day, gap.starts, gap.line.group_id))
        drafts.append(_draft(gap, day))
    ordered = sorted(drafts, key=lambda draft: (draft.day, draft.kinds, draft.group.pk if draft.group else 0))
    return mention_open_items(ordered, organization, as_of)


def _calendar(organization: Organization, since: date, until: date) -> list[Event]:
    parts = MeetingPart.objects.filter(
        meeting__organization=organization,
        meeting__state__in=[*DISCHARGING, *ON_CALENDAR],
        meeting__day__range=(since, until),
    ).order_by("-meeting__day", "-meeting_id")
    columns = ("kind", "meeting__group_id", "meeting__day", "counts_for")
    rows = parts.values_list(*columns, "meeting__starts", "meeting__place", "meeting__state")
    return [Event(*row) for row in rows]


def _gaps(organization: Organization, span: Span, as_of: date, calendar: Sequence[Event]) -> Iterator[Gap]:
    work = Limits.read().calendar
    for line in _owed(organization, span, as_of):
        own = [e for e in calendar if (e.kind, e.group_id) == (line.kind, line.group_id)]
        planned = sum(e.state in ON_CALENDAR and e.counts_for in line.span for e in own)
        first, last = max(line.period_start, span.start), min(line.period_end, span.end)
        # What is planned today is hardly reviewed today: today only where no other day is left.
        later = _working_days(max(first, as_of + timedelta(days=1)), last, work)
        days = later or _working_days(max(first, as_of), last, work)
        if days:
            for _number in range(line.needed - line.counted - planned):
                yield Gap(line, days, _habit([e for e in own if e.state in DISCHARGING]))


def _owed(organization: Organization, span: Span, as_of: date) -> list[Obligation]:
    """The unmet lines of the ledger; beyond its end what the rule book will ask for, not stored."""
    stored = Obligation.objects.filter(
        organization=organization, period_end__range=(max(span.start, as_of), span.end)
    ).unmet()
    lines = list(stored.select_related("group").order_by("period_start", "kind", "group"))
    written = ledger_window(as_of)[1]
    if span.end > written:
        book = read_requirements(written, span.end)
        later = owed_lines([organization], book, written + timedelta(days=1), span.end)
        lines += [line for line in later if line.period_end <= span.end]
    return lines


def _habit(past: Sequence[Event]) -> Habit | None:
    """``past`` is the newest first."""
    if not past:
        return None
    recent = past[:RECENT]
    day, times = Counter(event.day.day for event in recent).most_common(1)[0]
    same_weekday = sum(_weekday_of_month(event.day) == _weekday_of_month(past[0].day) for event in recent)
    return Habit(past[0], day if times > same_weekday else None)


def _weekday_of_month(day: date) -> tuple[int, int]:
    """Week of the month and weekday: the second Friday is (1, 4)."""
    return (day.day - 1) // 7, day.weekday()


def _spread(gaps: list[Gap]) -> list[Gap]:
    """What nothing is known about is shared out evenly over the days it may take."""
    strangers: dict[tuple[date, ...], list[Gap]] = {}
    for gap in gaps:
        if gap.habit is None:
            strangers.setdefault(gap.days, []).append(gap)
    shared = [
        Gap(gap.line, gap.days, None, (number + 1) / (len(alike) + 1))
        for alike in strangers.values()
        for number, gap in enumerate(alike)
    ]
    return [gap for gap in gaps if gap.habit] + shared


def _strangeness(day: date, gap: Gap) -> tuple[float, ...]:
    """How far a day lies from what the branch is used to; the least strange one is proposed."""
    if gap.habit is None:
        return (abs(gap.days.index(day) - gap.share * (len(gap.days) - 1)),)
    usual = gap.habit.last.day
    months = MONTHS[Period(gap.line.period)]
    another_month = abs((day.month - 1) % months - (usual.month - 1) % months)
    if gap.habit.fixed_day:
        return another_month, abs(day.day - gap.habit.fixed_day)
    week, weekday = _weekday_of_month(usual)
    this_week, this_weekday = _weekday_of_month(day)
    return another_month, abs(this_weekday - weekday), abs(this_week - week)


def _clashes(day: date, gap: Gap, taken: set[Slot]) -> bool:
    """Two groups may meet at the same hour, everything else takes the same people."""
    own = gap.line.group_id
    return any(
        (day, gap.starts) == (other_day, starts) and (own is None or group is None or own == group)
        for other_day, starts, group in taken
    )


def _working_days(first: date, last: date, work: WorkCalendar) -> tuple[date, ...]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(day for day in days if work.is_working(day) and (work.knows(day) or not _is_holiday(day)))


def _is_holiday(day: date) -> bool:
    return (day.month, day.day) in HOLIDAYS


def _draft(gap: Gap, day: date) -> ItemDraft:
    return ItemDraft(
        day=day, kinds=(gap.line.kind,), theme=usual_theme(gap.line.kind, gap.line.span), starts=gap.starts,
        group=gap.line.group,
        place=gap.habit.last.place if gap.habit else "",
    )  # fmt: skip


def usual_theme(kind: str, span: Span) -> str:
    """11月主题党日. In the language of the site, not of the reader: it becomes part of the plan."""
    with translation.override(settings.LANGUAGE_CODE):
        names = {"kind": MeetingKind(kind).label, "period": short_period_name(span)}
        return pgettext("title of a plan item", "%(kind)s, %(period)s") % names
