"""The ledger of obligations: derived from rule book × structure × time, and recounted from the records."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from meetings.enums import ACCEPTED_STATES, DISCHARGING, Period
from meetings.models import MeetingPart, Obligation, Organization
from meetings.models.obligation import ObligationQuerySet
from meetings.models.organization import OrganizationQuerySet
from meetings.periods import next_span, span_of
from meetings.services.owed import owed_lines
from meetings.services.reminders.resolve import resolve_met
from meetings.services.rulebook.effective import RequirementBook, read_requirements

# Organizations handled in one transaction: bounds memory, locks and the parameters of a query.
BATCH = 300

Key = tuple[int, int | None, str, date]  # organization, group, kind, first day of the period
Bearing = tuple[int, int | None, str]  # organization, group, kind

RULED_COLUMNS = ("requirement_id", "period", "period_end", "due_on", "needed")


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


@dataclass(frozen=True)
class Gap:
    """What parts the ledger of some organizations from what the rules ask for.

    ``missing`` and the second of each pair in ``changed`` are lines as the rules ask for them, not stored.
    """

    missing: list[Obligation]
    changed: list[tuple[Obligation, Obligation]]
    stale: list[Obligation]


@dataclass(frozen=True)
class Drift:
    """A ledger line whose counters differ from what the records say."""

    line: Obligation
    counted: int
    accepted: int


def ledger_window(as_of: date) -> tuple[date, date]:
    """The ledger reaches from the beginning of the year to the end of the next quarter, so that
    a quarter can be planned before it begins."""
    return date(as_of.year, 1, 1), next_span(span_of(Period.QUARTER, as_of)).end


def generate_obligations(*, as_of: date, organizations: OrganizationQuerySet | None = None) -> SyncResult:
    """What the clock and `manage.py generate_obligations` do: the ledger as it should stand on a day."""
    first, last = ledger_window(as_of)
    return sync_obligations(organizations=organizations, first=first, last=last)


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


def drift(obligations: ObligationQuerySet) -> list[Drift]:
    """The lines whose counters differ from what the records say."""
    lines = list(obligations)
    truth = count_meetings_for(lines)
    return [Drift(line, *truth[line.pk]) for line in lines if truth[line.pk] != (line.counted, line.accepted)]


def count_meetings_for(
    lines: Collection[Obligation], held_by: date | None = None
) -> dict[int, tuple[int, int]]:
    """Per line (by id): how many meetings discharge it, and how many of those have an accepted record.

    A meeting counts for a line of the same branch and group, of its kind, when the day it counts for
    lies in the period. With ``held_by``: only what was held by the end of that day. One query.
    """
    facts = _facts(lines, held_by) if lines else {}
    counts = {}
    for line in lines:
        owned = facts.get((line.organization_id, line.group_id, line.kind), ())
        accepted = [taken for day, taken in owned if line.period_start <= day <= line.period_end]
        counts[line.pk] = (len(accepted), sum(accepted))
    return counts


def _facts(lines: Collection[Obligation], held_by: date | None) -> dict[Bearing, list[tuple[date, bool]]]:
    """Per bearer and kind: the day each meeting counts for, and whether its record was accepted."""
    parts = MeetingPart.objects.filter(
        meeting__organization__in={line.organization_id for line in lines},
        meeting__state__in=DISCHARGING,
        counts_for__gte=min(line.period_start for line in lines),
        counts_for__lte=max(line.period_end for line in lines),
    )
    if held_by:
        parts = parts.filter(meeting__day__lte=held_by)
    facts: dict[Bearing, list[tuple[date, bool]]] = defaultdict(list)
    for branch, group, kind, day, state in parts.values_list(
        "meeting__organization_id", "meeting__group_id", "kind", "counts_for", "meeting__state"
    ):
        facts[branch, group, kind].append((day, state in ACCEPTED_STATES))
    return facts


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
    gap = find_gap(organizations, book, first, last)
    changed = [_adopt(stored, line) for stored, line in gap.changed]
    Obligation.objects.bulk_create(gap.missing, ignore_conflicts=True, batch_size=2000)
    Obligation.objects.bulk_update(changed, RULED_COLUMNS, batch_size=500)
    _remove([line.pk for line in gap.stale])
    recounted = recount(_ledger(organizations, book, first, last))
    return SyncResult(len(gap.missing), len(changed), len(gap.stale), recounted)


def find_gap(organizations: list[Organization], book: RequirementBook, first: date, last: date) -> Gap:
    """Compare the ledger with the rules, for the periods that begin in ``first … last``. Writes nothing.

    A line no longer owed stays when somebody waived it.
    """
    stored = {_key(line): line for line in _ledger(organizations, book, first, last)}
    owed = {_key(line): line for line in owed_lines(organizations, book, first, last)}
    both = [(stored[key], line) for key, line in owed.items() if key in stored]
    return Gap(
        missing=[line for key, line in owed.items() if key not in stored],
        changed=[(old, line) for old, line in both if _differs(old, line)],
        stale=[line for key, line in stored.items() if key not in owed and line.waived_at is None],
    )


def _ledger(
    organizations: list[Organization], book: RequirementBook, first: date, last: date
) -> ObligationQuerySet:
    """The lines of which the book tells."""
    lines: ObligationQuerySet = Obligation.objects.filter(
        organization__in=organizations, period_start__range=(first, last)
    )
    return lines if book.kinds is None else lines.filter(kind__in=book.kinds)


def _remove(stale: list[int]) -> None:
    for at in range(0, len(stale), 5000):  # SQLite takes a limited number of parameters
        Obligation.objects.filter(pk__in=stale[at : at + 5000]).delete()


def _key(line: Obligation) -> Key:
    return line.organization_id, line.group_id, line.kind, line.period_start


def _differs(stored: Obligation, line: Obligation) -> bool:
    return any(getattr(stored, name) != getattr(line, name) for name in RULED_COLUMNS)


def _adopt(stored: Obligation, line: Obligation) -> Obligation:
    """The stored line as the rule asks for it."""
    for name in RULED_COLUMNS:
        setattr(stored, name, getattr(line, name))
    return stored
