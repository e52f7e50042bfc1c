"""The ledger of obligations: derived from rule book × structure × time, and recounted from the records."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from branchlife.new_rows import insert_new
from meetings.enums import Period
from meetings.models import LedgerYear, Obligation, Organization
from meetings.models.obligation import ObligationQuerySet
from meetings.models.organization import OrganizationQuerySet
from meetings.periods import next_span, span_of
from meetings.services.discharge import drift
from meetings.services.gap import compare, kept_years, ledger_of
from meetings.services.owed import RULED_COLUMNS, Owed
from meetings.services.reminders.resolve import resolve_met
from meetings.services.rulebook.effective import RequirementBook, read_requirements

# Organizations handled in one transaction: bounds memory, locks and the parameters of a query.
BATCH = 300


@dataclass(frozen=True)
class SyncResult:
    """How many ledger lines were written, brought in line with a changed rule, taken away, and recounted."""

    created: int = 0
    changed: int = 0
    removed: int = 0
    recounted: int = 0

    def __add__(self, other: "SyncResult") -> "SyncResult":
        return SyncResult(
            self.created + other.created,
            self.changed + other.changed,
            self.removed + other.removed,
            self.recounted + other.recounted,
        )


def ledger_window(as_of: date) -> tuple[date, date]:
    """The ledger reaches from the beginning of the year to the end of the next quarter, so that
    a quarter can be planned before it begins."""
    return date(as_of.year, 1, 1), next_span(span_of(Period.QUARTER, as_of)).end


def generate_obligations(
    *, as_of: date, organizations: OrganizationQuerySet | None = None, since: date | None = None
) -> SyncResult:
    """What the clock and `manage.py generate_obligations` do: the ledger as it should stand on a day.

    Each organization goes on from where its ledger ends, so that a year in which the clock stood still is
    made good. Where none is kept yet it begins with this year, or with the year of ``since``.
    """
    first, last = ledger_window(as_of)
    books: dict[date, RequirementBook] = {}
    result = SyncResult()
    for batch in in_batches(organizations):
        for start, own in _by_beginning(batch, first, since or first).items():
            if start not in books:
                books[start] = read_requirements(start, last)
            with transaction.atomic():
                result += _sync_batch(own, books[start], start, last)
    return result


def sync_obligations(
    *,
    organizations: OrganizationQuerySet | None = None,
    first: date,
    last: date,
    kinds: Collection[str] | None = None,
) -> SyncResult:
    """Make the ledger of every period that begins in ``first … last`` what the rules say; with ``kinds``
    the lines of these kinds of meeting only.

    Idempotent: a second call changes nothing. Lines no longer owed are removed unless they were
    waived by a person; every line is recounted. Each batch of organizations is one transaction.
    """
    book = read_requirements(first, last, kinds)
    result = SyncResult()
    for batch in in_batches(organizations):
        with transaction.atomic():
            result += _sync_batch(batch, book, first, last)
    return result


def in_batches(organizations: OrganizationQuerySet | None = None) -> Iterator[list[Organization]]:
    """All organizations (or these), a few hundred at a time, always in the same order: two runs at
    once then wait for each other instead of locking crosswise."""
    scope = Organization.objects.all() if organizations is None else organizations
    found = list(scope.order_by("pk"))
    for at in range(0, len(found), BATCH):
        yield found[at : at + BATCH]


def _by_beginning(
    organizations: Sequence[Organization], first: date, since: date
) -> dict[date, list[Organization]]:
    """The organizations by the day from which their ledger has to be looked over: this year at the latest."""
    kept: dict[int, list[LedgerYear]] = defaultdict(list)
    for year in kept_years(organizations):
        kept[year.organization_id].append(year)
    groups: dict[date, list[Organization]] = defaultdict(list)
    for each in organizations:
        groups[min(_continues_on(kept[each.pk], since), first)].append(each)
    return groups


def _continues_on(kept: Sequence[LedgerYear], since: date) -> date:
    """The beginning of the first year that is not written to its end, else of the one after the last."""
    if not kept:
        return date(since.year, 1, 1)
    open_years = [each.year for each in kept if not each.is_complete and not each.is_frozen]
    return date(open_years[0] if open_years else kept[-1].year + 1, 1, 1)


def close_years(*, organizations: OrganizationQuerySet, as_of: date) -> None:
    """Call before the structure changes in a way that says nothing about years gone by: what is owed is
    written up to the day, and earlier years stay as they are written then."""
    generate_obligations(as_of=as_of, organizations=organizations)
    gone = LedgerYear.objects.filter(organization__in=organizations.order_by(), year__lt=as_of.year)
    gone.filter(is_frozen=False).update(is_frozen=True)


def recount(obligations: ObligationQuerySet) -> int:
    """Bring the counters of these lines (a queryset) in line with the records; returns how many were off."""
    drifted = drift(obligations)
    if not drifted:
        return 0
    for wrong in drifted:
        wrong.line.counted, wrong.line.accepted = wrong.counted, wrong.accepted
    Obligation.objects.bulk_update([wrong.line for wrong in drifted], ["counted", "accepted"], batch_size=500)
    resolve_met(obligations=[wrong.line.pk for wrong in drifted if wrong.line.counted >= wrong.line.needed])
    return len(drifted)


@transaction.atomic
def recount_branch(*, organization: Organization, days: Iterable[date]) -> int:
    """After a meeting changed: recount the branch's lines whose period touches one of these days."""
    days = list(days)
    _lock([organization])
    lines = Obligation.objects.filter(
        organization=organization, period_start__lte=max(days), period_end__gte=min(days)
    )
    return recount(lines)


def _lock(organizations: Iterable[Organization]) -> None:
    """Two recounts of one branch at the same moment would each miss the other's meeting: the second
    waits here and then reads what the first has written. (SQLite has one writer at a time anyway.)"""
    branches: QuerySet[Organization] = Organization.objects.filter(pk__in=[o.pk for o in organizations])
    list(branches.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _sync_batch(
    organizations: list[Organization], book: RequirementBook, first: date, last: date
) -> SyncResult:
    _lock(organizations)
    years = list(kept_years(organizations))
    gap = compare(organizations, book, first, last, years)
    _add(gap.missing)
    _adopt(gap.changed)
    Obligation.objects.filter(pk__among=gap.stale).delete()
    if book.kinds is None:
        _keep_years(organizations, years, first, last)
    recounted = recount(ledger_of(organizations, book, first, last))
    return SyncResult(len(gap.missing), len(gap.changed), len(gap.stale), recounted)


def _keep_years(
    organizations: list[Organization], years: Iterable[LedgerYear], first: date, last: date
) -> None:
    """Note which years are written now, and how far.

    A year of which only a later part was written is not kept by that, and neither is one that leaves a gap
    behind the last kept one: the clock closes the gap and comes to it.
    """
    through = {(year.organization_id, year.year): year.through for year in years}
    ends = dict(sorted(through))  # the last year of each
    new = []
    for year in range(first.year if first == date(first.year, 1, 1) else first.year + 1, last.year + 1):
        reached = min(last, date(year, 12, 31))
        for each in organizations:
            end = ends.get(each.pk, year)
            follows = year <= end or through[each.pk, end] >= date(year - 1, 12, 31)
            if follows and through.get((each.pk, year), date.min) < reached:
                through[each.pk, year], ends[each.pk] = reached, max(end, year)
                new.append(LedgerYear(organization=each, year=year, through=reached))
    LedgerYear.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["organization", "year"],
        update_fields=["through"],
        batch_size=500,
    )


def _add(missing: Iterable[Owed]) -> None:
    """Those that no other run has written meanwhile."""
    rows = [(*each.key, *each.ruled) for each in missing]
    columns = ("organization", "group", "kind", "period_start", *RULED_COLUMNS)
    insert_new(Obligation, columns, rows, same={})


def _adopt(changed: Iterable[tuple[int, Owed]]) -> None:
    """The stored lines as the rules ask for them."""
    lines = [Obligation(pk=pk, **dict(zip(RULED_COLUMNS, each.ruled, strict=True))) for pk, each in changed]
    Obligation.objects.bulk_update(lines, RULED_COLUMNS, batch_size=500)
