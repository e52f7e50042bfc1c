"""Meetings that are owed: the unmet lines of the ledger."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import starmap
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.enums import Period
from meetings.models import Obligation, Organization, PartyGroup
from meetings.periods import Span
from meetings.reminding import Facts, Horizon, Matter, Source, register, wordings
from meetings.services.reminders.resolve import OBLIGATION


def _due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    lines = Obligation.objects.unmet().begun(horizon.today).filter(due_on__lte=horizon.until)
    if only is not None:
        lines = lines.filter(pk__among=only)
    columns = ("pk", "due_on", "organization_id", "organization__path", "group_id")
    return starmap(Matter, lines.order_by().values_list(*columns).iterator(chunk_size=5000))


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    lines = _lines(Obligation.objects.order_by(), matters)
    return _facts_of({matter: line for matter in matters if (line := lines.get(matter.subject))})


def _hold(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    """A meeting recorded meanwhile waits, and then settles our notices, too. Lines somebody is working on
    are left to a later round, and so are those whose day was moved meanwhile."""
    unmet = Obligation.objects.unmet().order_by("pk")
    lines = _lines(unmet.select_for_update(skip_locked=True, no_key=True), matters)
    held = ((matter, lines.get(matter.subject)) for matter in matters)
    return _facts_of({matter: line for matter, line in held if line and line.due_on == matter.due_on})


class _Line(NamedTuple):
    pk: int
    kind: str
    period: str
    period_start: date
    period_end: date
    due_on: date
    organization_id: int
    group_id: int | None


def _lines(found: QuerySet[Obligation], matters: Sequence[Matter]) -> dict[int, _Line]:
    """At a month's end there are thousands of lines: they are read as tuples."""
    rows = found.filter(pk__among=[matter.subject for matter in matters])
    return {row[0]: _Line(*row) for row in rows.values_list(*_Line._fields)}


def _facts_of(lines: Mapping[Matter, _Line]) -> dict[Matter, Facts]:
    """Names are read apart: joined to them, PostgreSQL would read every organization for each batch."""
    places = _names(Organization, {line.organization_id for line in lines.values()})
    groups = _names(PartyGroup, {line.group_id for line in lines.values() if line.group_id})
    address = reverse("obligation_list")
    return {
        matter: Facts(
            {
                "bearer": places[line.organization_id]
                + (f" {groups[line.group_id]}" if line.group_id else ""),
                "kind": line.kind,
                "period": _code(line.period_start, line.period_end, line.period),
                "due_on": matter.due_on.isoformat(),
            },
            f"{address}?{_narrowed(line)}",
        )
        for matter, line in lines.items()
    }


def _names(model: type[Organization | PartyGroup], ids: Collection[int]) -> dict[int, str]:
    return dict(model.objects.filter(pk__among=ids).order_by().values_list("pk", "name"))


@lru_cache(maxsize=200)
def _code(start: date, end: date, period: str) -> str:
    return Span(start, end, Period(period)).code


def page_of(line: Obligation) -> str:
    """The list of the ledger narrowed to this line: its status, its basis, and the next step."""
    return f"{reverse('obligation_list')}?{_narrowed(line)}"


def _narrowed(line: Obligation | _Line) -> str:
    group = f"&group={line.group_id}" if line.group_id else ""
    return (
        f"year={line.period_start.year}&month={line.period_end.month}"
        f"&organization={line.organization_id}&kind={line.kind}{group}"
    )


register(
    Source(
        code=OBLIGATION,
        title=_("Meeting that is owed"),
        due=_due,
        hold=_hold,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=_facts,
        wordings=wordings(
            due=_("%(bearer)s: %(kind)s, %(period)s, is due by %(due_on)s."),
            overdue=_("%(bearer)s: %(kind)s, %(period)s, is overdue; it was due by %(due_on)s."),
            escalated=_("%(bearer)s is late with %(kind)s, %(period)s; it was due by %(due_on)s."),
        ),
    )
)
