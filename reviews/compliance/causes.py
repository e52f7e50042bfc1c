"""Why things had to be put right: how many by cause, kind of meeting and branch, and how they ended."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from reviews.enums import TO_MEND, RectificationState
from reviews.models.rectification import RectificationQuerySet


@dataclass(frozen=True)
class Tallied:
    """What became of the items of one line. ``days`` is the median from raised to verified."""

    total: int = 0
    open: int = 0
    overdue: int = 0
    claimed: int = 0
    closed: int = 0
    days: int | None = None


@dataclass(frozen=True)
class CauseLine:
    key: str
    label: str
    tally: Tallied


@dataclass(frozen=True)
class Causes:
    total: Tallied
    by_cause: list[CauseLine]
    by_kind: list[CauseLine]
    by_branch: list[CauseLine]


@dataclass(frozen=True)
class _Row:
    cause: str
    kind: str
    organization: int
    name: str
    state: str
    late: bool
    days: int | None


COLUMNS = (
    "cause",
    "kind",
    "organization",
    "organization__name",
    "state",
    "due_on",
    "raised_at",
    "verified_at",
)


def causes_of(items: RectificationQuerySet, as_of: date, labels: dict[str, dict[str, str]]) -> Causes:
    """One query. Revoked items do not count. ``labels`` gives the words for causes and kinds, in the order
    of the page; branches stand in the order of the tree."""
    counted = items.filter(~Q(state=RectificationState.REVOKED)).order_by("organization__path", "pk")
    rows = [_row(values, as_of) for values in counted.values_list(*COLUMNS)]
    branches = {str(row.organization): row.name for row in rows}
    return Causes(
        total=_tally(rows),
        by_cause=_lines(rows, "cause", labels["cause"]),
        by_kind=_lines(rows, "kind", labels["kind"]),
        by_branch=_lines(rows, "organization", branches),
    )


def _row(values: tuple, as_of: date) -> _Row:
    cause, kind, organization, name, state, due_on, raised_at, verified_at = values
    late = state in TO_MEND and due_on < as_of
    days = (verified_at - raised_at).days if verified_at else None
    return _Row(cause, kind, organization, name, state, late, days)


def _lines(rows: Iterable[_Row], by: str, labels: dict[str, str]) -> list[CauseLine]:
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[str(getattr(row, by))].append(row)
    return [CauseLine(key, label, _tally(groups[key])) for key, label in labels.items() if key in groups]


def _tally(rows: list[_Row]) -> Tallied:
    days = sorted(row.days for row in rows if row.days is not None)
    return Tallied(
        total=len(rows),
        open=sum(row.state in TO_MEND for row in rows),
        overdue=sum(row.late for row in rows),
        claimed=sum(row.state == RectificationState.CLAIMED for row in rows),
        closed=sum(row.state == RectificationState.CLOSED for row in rows),
        days=days[len(days) // 2] if days else None,
    )
