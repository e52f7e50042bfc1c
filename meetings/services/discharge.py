"""Which meetings discharge which line of the ledger. Counted from the records, never one added to a sum."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.db.models.functions import Coalesce

from meetings.enums import ACCEPTED_STATES, DISCHARGING
from meetings.models import MeetingPart, Obligation
from meetings.models.obligation import ObligationQuerySet

Bearing = tuple[int, int | None, str]  # organization, group, kind


class Fact(NamedTuple):
    """One kind of one meeting that took place: the day it counts for."""

    day: date
    accepted: bool
    in_company: bool


class Line(NamedTuple):
    """What counting needs of a line of the ledger."""

    pk: int
    organization_id: int
    group_id: int | None
    kind: str
    period_start: date
    period_end: date
    shares_event: bool
    counted: int
    accepted: int


@dataclass(frozen=True)
class Drift:
    """A ledger line whose counters differ from what the records say."""

    line: Obligation
    counted: int
    accepted: int


def drift(obligations: ObligationQuerySet) -> list[Drift]:
    """The lines whose counters differ from what the records say. All are read as tuples, those as objects."""
    lines = [Line(*row) for row in obligations.values_list(*Line._fields)]
    truth = count_meetings_for(lines)
    wrong = [line.pk for line in lines if truth[line.pk] != (line.counted, line.accepted)]
    found = obligations.in_bulk(wrong) if wrong else {}
    return [Drift(found[pk], *truth[pk]) for pk in wrong]


def count_meetings_for(
    lines: Collection[Obligation] | Collection[Line], held_by: date | None = None
) -> dict[int, tuple[int, int]]:
    """Per line (by id): how many meetings discharge it, and how many of those have an accepted record.

    A meeting counts for a line of the same branch and group, of its kind, when the day it counts for lies
    in the period; an event of several kinds only where the line's rule allows it. With ``held_by``: only
    what was held by the end of that day. One query.
    """
    facts = _facts(lines, held_by) if lines else {}
    counts = {}
    for line in lines:
        taken = [fact.accepted for fact in facts.get(_bearing(line), ()) if discharges(fact, line)]
        counts[line.pk] = (len(taken), sum(taken))
    return counts


def discharges(fact: Fact, line: Obligation | Line) -> bool:
    """Of a meeting of the line's bearer and kind."""
    alone = not fact.in_company or line.shares_event
    return alone and line.period_start <= fact.day <= line.period_end


def parts_judged() -> QuerySet[MeetingPart]:
    """The kinds of meetings, each with ``left_out``: it does not count as this kind, because the rule wants
    an event of its own and this one is of several kinds."""
    own = Obligation.objects.alias(bearer=Coalesce("group_id", 0)).filter(
        bearer=Coalesce(OuterRef("meeting__group_id"), 0),
        organization=OuterRef("meeting__organization_id"),
        kind=OuterRef("kind"),
        shares_event=False,
        period_start__lte=OuterRef("counts_for"),
        period_end__gte=OuterRef("counts_for"),
    )
    parts: QuerySet[MeetingPart] = MeetingPart.objects.with_company()
    return parts.annotate(left_out=Case(When(in_company=True, then=Exists(own)), default=Value(False)))


def _bearing(line: Obligation | Line) -> Bearing:
    return line.organization_id, line.group_id, line.kind


def _facts(
    lines: Collection[Obligation] | Collection[Line], held_by: date | None
) -> dict[Bearing, list[Fact]]:
    parts = MeetingPart.objects.filter(
        meeting__organization__in={line.organization_id for line in lines},
        meeting__state__in=DISCHARGING,
        counts_for__gte=min(line.period_start for line in lines),
        counts_for__lte=max(line.period_end for line in lines),
    )
    if held_by:
        parts = parts.filter(meeting__day__lte=held_by)
    # Looked up only where a rule asks for an event of its own: it costs a look at every meeting.
    matters = any(not line.shares_event for line in lines)
    counted: QuerySet[Any, Any] = parts.with_company() if matters else parts.annotate(in_company=Value(False))
    facts: dict[Bearing, list[Fact]] = defaultdict(list)
    for branch, group, kind, day, state, in_company in counted.values_list(
        "meeting__organization_id", "meeting__group_id", "kind", "counts_for", "meeting__state", "in_company"
    ):
        facts[branch, group, kind].append(Fact(day, state in ACCEPTED_STATES, in_company))
    return facts
