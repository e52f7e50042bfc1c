"""Single ledger lines: in which state each is, and which meetings stand behind it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from meetings.enums import Period
from meetings.models import Meeting, MeetingPart, Obligation
from meetings.models.meeting import MeetingQuerySet
from meetings.models.obligation import ObligationStatus
from meetings.periods import MONTHS
from meetings.services.discharge import Fact, discharges
from meetings.workbooks.numerals import UP_TO_99, chinese_number

WAITING = "waiting"
ORDINAL = re.compile(rf"第({UP_TO_99})")
LAST = 100
Events = Iterable[MeetingPart]  # with their meetings and company


def state_of(line: Obligation, as_of: date) -> str:
    """A status of the ledger, or ``waiting``: held, but the record is not accepted yet."""
    status = line.status_on(as_of)
    if status == ObligationStatus.MET and line.accepted < line.needed:
        return WAITING
    return str(status.value)


def meetings_behind(lines: Collection[Obligation], meetings: MeetingQuerySet) -> dict[int, list[Meeting]]:
    """By line id: the meetings out of these that discharge it, oldest first. One query."""
    if not lines:
        return {}
    parts = (
        MeetingPart.objects.with_company()
        .filter(
            meeting__in=meetings.discharging().order_by(),
            meeting__organization__in={line.organization_id for line in lines},
            counts_for__range=(
                min(line.period_start for line in lines),
                max(line.period_end for line in lines),
            ),
        )
        .select_related("meeting")
    )
    return match(lines, parts.order_by("meeting__day", "meeting"))


def match(lines: Iterable[Obligation], parts: Events) -> dict[int, list[Meeting]]:
    """By line id: the meetings of those parts that are for this line (same bearer, kind and period), by the
    same rule as ``services.discharge`` counts them."""
    by_bearer = defaultdict(list)
    for part in parts:
        by_bearer[part.meeting.organization_id, part.meeting.group_id, part.kind].append(part)
    return {
        line.pk: [
            part.meeting
            for part in by_bearer[line.organization_id, line.group_id, line.kind]
            if discharges(Fact(part.counts_for, accepted=False, in_company=part.in_company), line)  # type: ignore[attr-defined]
        ]
        for line in lines
    }


@dataclass(frozen=True)
class YearCell:
    """A stretch of months: one line of the ledger, or nothing owed."""

    first_month: int
    months: int
    line: Obligation | None = None


@dataclass(frozen=True)
class YearRow:
    """What one bearer owes of one kind, from January to December."""

    organization_id: int
    group_id: int | None
    group: str
    kind: str
    cells: tuple[YearCell, ...]


def year_rows(lines: Iterable[Obligation]) -> list[YearRow]:
    """The lines of one year as rows whose cells cover twelve months. Lines must come with their
    ``requirement`` and ``group``; rows are in the order of the rule book, groups in theirs."""
    ordered = sorted(lines, key=lambda line: (*_row_order(line), line.period_start))
    return [
        YearRow(
            organization_id=line.organization_id,
            group_id=line.group_id,
            group=line.group.name if line.group else "",
            kind=line.kind,
            cells=_cells([line, *rest]),
        )
        for _order, (line, *rest) in groupby(ordered, key=_row_order)
    ]


def _row_order(line: Obligation) -> tuple[int, int, str, tuple[int, str], int]:
    group = group_place(line.group.name) if line.group else (0, "")
    return line.organization_id, line.requirement.position, line.kind, group, line.group_id or 0


def group_place(name: str) -> tuple[int, str]:
    """Sorts 第一, 第二, 第三, 第十 as people count; other names come after them."""
    found = ORDINAL.match(name)
    return (chinese_number(found[1]) if found else LAST, name)


def _cells(lines: list[Obligation]) -> tuple[YearCell, ...]:
    """Lines in the order of time, with the gaps between them filled month by month."""
    cells: list[YearCell] = []
    month = 1
    for line in lines:
        start = line.period_start.month
        if start < month:  # two lengths of period overlap where a rule changed: the earlier line stays
            continue
        cells += [YearCell(gap, 1) for gap in range(month, start)]
        length = min(MONTHS[Period(line.period)], 13 - start)
        cells.append(YearCell(start, length, line))
        month = start + length
    return (*cells, *(YearCell(gap, 1) for gap in range(month, 13)))
