"""What a change of the rule book would do to the ledger, before it is made."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from meetings.models import Obligation, Organization, PartyGroup
from meetings.services.gap import Gap, find_gap
from meetings.services.obligations import in_batches, ledger_window
from meetings.services.rulebook.effective import RequirementBook, read_requirements
from meetings.services.rulebook.versions import reach

# As many lines are shown one by one; all are counted.
SHOWN = 50
# What a reader of the ledger would see change.
VISIBLE = ("period_end", "due_on", "needed", "shares_event")

Pair = tuple[Obligation | None, Obligation | None]  # as it stands, as it would stand


@dataclass(frozen=True)
class LineChange:
    """One ledger line: how it stands now, how it would stand; None where it does not."""

    bearer: str
    before: Obligation | None
    after: Obligation | None

    @property
    def line(self) -> Obligation:
        return _line((self.before, self.after))


@dataclass(frozen=True)
class BranchChange:
    name: str
    appearing: int
    disappearing: int
    changing: int


@dataclass
class LedgerDifference:
    """Counted over the whole ledger up to ``last``, its end today.

    ``relabelled`` lines stay as they are and merely rest on another version of the rule.
    """

    last: date
    appearing: int = 0
    disappearing: int = 0
    changing: int = 0
    relabelled: int = 0
    branches: list[BranchChange] = field(default_factory=list)
    lines: list[LineChange] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.appearing + self.disappearing + self.changing


def preview_ledger(
    *, change: Callable[[], object], owner: Organization | None, kinds: Collection[str], as_of: date
) -> LedgerDifference:
    """Make the change, read the rules it leaves, take it back; then compare them with the ledger.

    Leaves no trace. ``owner`` and ``kinds`` tell whose rules it is about. ``change`` is the very service
    that would save it, so its refusals are the same; it must not touch the ledger itself. The result is
    what saving and ``sync_obligations`` would do.
    """
    first, last = ledger_window(as_of)
    book = _book_after(change, first, last, kinds)
    difference = LedgerDifference(last)
    for organizations in in_batches(reach(owner)):
        _add(difference, organizations, find_gap(organizations, book, first, last))
    return difference


def _book_after(
    change: Callable[[], object], first: date, last: date, kinds: Collection[str]
) -> RequirementBook:
    with transaction.atomic():
        change()
        book = read_requirements(first, last, kinds)
        transaction.set_rollback(True)
    return book


def _add(difference: LedgerDifference, organizations: list[Organization], gap: Gap) -> None:
    seen = [(old, new) for old, new in gap.changed if _looks_different(old, new)]
    pairs: list[Pair] = [
        *((None, line) for line in gap.missing),
        *((line, None) for line in gap.stale),
        *seen,
    ]
    pairs.sort(key=_place)
    difference.appearing += len(gap.missing)
    difference.disappearing += len(gap.stale)
    difference.changing += len(seen)
    difference.relabelled += len(gap.changed) - len(seen)
    difference.branches += _by_branch(organizations, pairs)
    difference.lines += _shown(organizations, pairs[: SHOWN - len(difference.lines)])


def _looks_different(old: Obligation, new: Obligation) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in VISIBLE)


def _line(pair: Pair) -> Obligation:
    line = pair[1] or pair[0]
    assert line is not None
    return line


def _place(pair: Pair) -> tuple[int, int, date, str]:
    line = _line(pair)
    return line.organization_id, line.group_id or 0, line.period_start, line.kind


def _shown(organizations: list[Organization], pairs: list[Pair]) -> list[LineChange]:
    names = {each.pk: each.name for each in organizations}
    groups = PartyGroup.objects.in_bulk({g for pair in pairs if (g := _line(pair).group_id)}) if pairs else {}
    found = []
    for pair in pairs:
        line = _line(pair)
        parts = [names[line.organization_id], *([groups[line.group_id].name] if line.group_id else [])]
        found.append(LineChange(" · ".join(parts), *pair))
    return found


def _by_branch(organizations: list[Organization], pairs: Iterable[Pair]) -> list[BranchChange]:
    counts = Counter((_line((old, new)).organization_id, old is None, new is None) for old, new in pairs)
    touched = {pk for pk, *_ in counts}
    return [
        BranchChange(
            each.name,
            appearing=counts[each.pk, True, False],
            disappearing=counts[each.pk, False, True],
            changing=counts[each.pk, False, False],
        )
        for each in organizations
        if each.pk in touched
    ]
