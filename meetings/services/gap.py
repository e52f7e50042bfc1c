"""What parts the ledger from what the rules ask for. Reads only.

A site has some thirty lines to a branch: they are compared as tuples, and only what differs becomes an object.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from meetings.models import LedgerYear, Obligation, Organization
from meetings.models.obligation import ObligationQuerySet
from meetings.services.owed import RULED_COLUMNS, Key, Owed, owed
from meetings.services.rulebook.effective import RequirementBook


@dataclass(frozen=True)
class Gap:
    """``missing`` and the second of each pair in ``changed`` are lines as the rules ask for them, not stored."""

    missing: list[Obligation]
    changed: list[tuple[Obligation, Obligation]]
    stale: list[Obligation]


@dataclass(frozen=True)
class Comparison:
    """The same with the ids of stored lines."""

    missing: list[Owed]
    changed: list[tuple[int, Owed]]
    stale: list[int]


class _Stored(NamedTuple):
    pk: int
    is_waived: bool
    ruled: tuple[object, ...]


def kept_years(organizations: Iterable[Organization]) -> QuerySet[LedgerYear]:
    """Which years are kept, the latest of an organization last."""
    return LedgerYear.objects.filter(organization__in=organizations).order_by("organization_id", "year")


def ledger_of(
    organizations: Sequence[Organization], book: RequirementBook, first: date, last: date
) -> ObligationQuerySet:
    """The lines of which the book tells."""
    lines: ObligationQuerySet = Obligation.objects.filter(
        organization__in=organizations, period_start__range=(first, last)
    )
    return lines if book.kinds is None else lines.filter(kind__in=book.kinds)


def find_gap(
    organizations: list[Organization],
    book: RequirementBook,
    first: date,
    last: date,
    years: Iterable[LedgerYear] | None = None,
) -> Gap:
    """``compare`` with the lines themselves."""
    found = compare(organizations, book, first, last, years)
    lines = Obligation.objects.in_bulk([*found.stale, *(pk for pk, _line in found.changed)])
    return Gap(
        missing=[each.line() for each in found.missing],
        changed=[(lines[pk], each.line()) for pk, each in found.changed],
        stale=[lines[pk] for pk in found.stale],
    )


def compare(
    organizations: list[Organization],
    book: RequirementBook,
    first: date,
    last: date,
    years: Iterable[LedgerYear] | None = None,
) -> Comparison:
    """The ledger and the rules, for the periods that begin in ``first … last``.

    A line no longer owed stays when somebody waived it, and so does everything in a frozen year.
    ``years`` are the kept ones of these organizations, where the caller has read them already.
    """
    years = kept_years(organizations) if years is None else years
    frozen = {(year.organization_id, year.year) for year in years if year.is_frozen}
    stored = _stored(ledger_of(organizations, book, first, last), frozen)
    # Of two lines with one key the later in the rule book's order.
    asked = {
        each.key: each for each in owed(organizations, book, first, last) if not _is_in(each.key, frozen)
    }
    both = [(stored[key], each) for key, each in asked.items() if key in stored]
    return Comparison(
        missing=[each for key, each in asked.items() if key not in stored],
        changed=[(old.pk, each) for old, each in both if old.ruled != each.ruled],
        stale=[old.pk for key, old in stored.items() if key not in asked and not old.is_waived],
    )


def _stored(lines: ObligationQuerySet, frozen: set[tuple[int, int]]) -> dict[Key, _Stored]:
    columns = ("organization_id", "group_id", "kind", "period_start", "pk", "waived_at", *RULED_COLUMNS)
    found = {
        (organization, group, kind, start): _Stored(pk, waived_at is not None, tuple(ruled))
        for organization, group, kind, start, pk, waived_at, *ruled in lines.values_list(*columns)
    }
    return {key: line for key, line in found.items() if not _is_in(key, frozen)} if frozen else found


def _is_in(key: Key, frozen: set[tuple[int, int]]) -> bool:
    return bool(frozen) and (key[0], key[3].year) in frozen
