"""Proof that the ledger says what rules, structure and records say; and its repair, line by line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db import transaction

from meetings.models import LedgerYear, Obligation, Organization
from meetings.models.obligation import ObligationQuerySet
from meetings.services.discharge import drift
from meetings.services.gap import find_gap, kept_years
from meetings.services.obligations import in_batches, ledger_window, recount, sync_obligations
from meetings.services.rulebook.effective import read_requirements

# What is compared of a line, beside whether it is there.
RULED = ("period_end", "due_on", "needed", "shares_event", "requirement_id")
COUNTED = ("counted", "accepted")

Spans = dict[tuple[date, date], list[Organization]]  # first and last day on which periods may begin


class Fault(StrEnum):
    MISSING = "missing"  # owed and not in the ledger
    STALE = "stale"  # in the ledger, not owed, and not waived by anybody
    CHANGED = "changed"  # not as the rule in force asks
    COUNT = "count"  # counters that differ from the records


@dataclass(frozen=True)
class Difference:
    """One line of the ledger that is wrong: the values that differ, as stored and as they should be."""

    fault: Fault
    line: Obligation
    stored: dict[str, object] = field(default_factory=dict)
    right: dict[str, object] = field(default_factory=dict)


@dataclass
class Reconciliation:
    """``behind`` organizations' ledgers do not reach the day yet: the clock has stood still."""

    as_of: date
    lines: int = 0
    organizations: int = 0
    behind: int = 0
    repaired: bool = False
    differences: list[Difference] = field(default_factory=list)

    @property
    def counts(self) -> Counter[Fault]:
        return Counter(each.fault for each in self.differences)


def reconcile(*, as_of: date, repair: bool = False) -> Reconciliation:
    """Compare every kept year with what would be derived now, and every counter with the records.

    With ``repair`` the ledger is brought in line batch by batch; what was wrong is reported all the same.
    A frozen year is only recounted.
    """
    result = Reconciliation(as_of, lines=Obligation.objects.count(), repaired=repair)
    for organizations in in_batches():
        with transaction.atomic():
            _add_batch(result, organizations, repair)
    return result


def _add_batch(result: Reconciliation, organizations: list[Organization], repair: bool) -> None:
    years = list(kept_years(organizations).select_related("organization"))
    reached = {year.organization_id for year in years if year.through >= result.as_of}
    result.organizations += len(organizations)
    result.behind += len(organizations) - len(reached)
    ledger: ObligationQuerySet = Obligation.objects.filter(organization__in=organizations)
    spans = _spans(years, result.as_of)
    strays = _strays(ledger, years)
    found = [wrong for span, kept in spans.items() for wrong in _derived(kept, *span)]
    found += [Difference(Fault.STALE, line, stored=_values(line, RULED)) for line in strays]
    found += _counted(ledger)
    result.differences += found
    if repair and found:
        _repair(spans, strays, ledger)


def _repair(spans: Spans, strays: list[Obligation], ledger: ObligationQuerySet) -> None:
    Obligation.objects.filter(pk__in=[line.pk for line in strays]).delete()
    for (first, last), kept in spans.items():
        own = Organization.objects.filter(pk__in=[each.pk for each in kept])
        sync_obligations(organizations=own, first=first, last=last)
    recount(ledger)


def _spans(years: Iterable[LedgerYear], as_of: date) -> Spans:
    """The stretches of time to derive, each with the organizations that keep them."""
    horizon = ledger_window(as_of)[1]
    spans: Spans = defaultdict(list)
    for year in years:
        if not year.is_frozen:
            spans[date(year.year, 1, 1), min(year.through, horizon)].append(year.organization)
    return spans


def _strays(ledger: ObligationQuerySet, years: Sequence[LedgerYear]) -> list[Obligation]:
    """Lines of years before an organization's first kept one: nobody wrote them."""
    first: dict[int, date] = {}
    for year in years:
        first.setdefault(year.organization_id, date(year.year, 1, 1))
    early = ledger.filter(period_start__lt=max(first.values(), default=date.min), waived_at=None)
    return [line for line in early if line.period_start < first.get(line.organization_id, date.min)]


def _derived(organizations: list[Organization], first: date, last: date) -> Iterator[Difference]:
    gap = find_gap(organizations, read_requirements(first, last), first, last)
    for line in gap.missing:
        yield Difference(Fault.MISSING, line, right=_values(line, RULED))
    for line in gap.stale:
        yield Difference(Fault.STALE, line, stored=_values(line, RULED))
    for old, new in gap.changed:
        differing = tuple(name for name in RULED if getattr(old, name) != getattr(new, name))
        yield Difference(Fault.CHANGED, old, _values(old, differing), _values(new, differing))


def _counted(ledger: ObligationQuerySet) -> Iterator[Difference]:
    for wrong in drift(ledger):
        right: dict[str, object] = {"counted": wrong.counted, "accepted": wrong.accepted}
        yield Difference(Fault.COUNT, wrong.line, _values(wrong.line, COUNTED), right)


def _values(line: Obligation, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(line, name) for name in names}
