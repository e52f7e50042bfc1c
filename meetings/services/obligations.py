"""The ledger of obligations: derived from rule book × structure × time, and recounted from the records."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from meetings.enums import BRANCH_KINDS, Bearer, Condition, OrganizationKind, Period
from meetings.models import Membership, Obligation, Organization, PartyGroup, Requirement
from meetings.models.obligation import ObligationQuerySet
from meetings.models.organization import OrganizationQuerySet
from meetings.periods import Span, next_span, span_of, spans_between

# Seven or more full members elect a branch committee; fewer have none and owe no committee meetings.
# Regulations on the Work of Party Branches, article 20.
COMMITTEE_FROM = 7

Key = tuple[int, int | None, str, date]  # organization, group, kind, first day of the period


@dataclass(frozen=True)
class SyncResult:
    created: int
    changed: int
    removed: int
    recounted: int


def ledger_window(as_of: date) -> tuple[date, date]:
    """The ledger reaches from the beginning of the year to the end of the next quarter, so that
    a quarter can be planned before it begins."""
    return date(as_of.year, 1, 1), next_span(span_of(Period.QUARTER, as_of)).end


@transaction.atomic
def sync_obligations(
    *, organizations: OrganizationQuerySet | None = None, first: date, last: date
) -> SyncResult:
    """Make the ledger of every period that begins in ``first … last`` what the rules say.

    Idempotent: a second call changes nothing. Lines no longer owed are removed unless they were
    waived by a person; every line is recounted.
    """
    scope = Organization.objects.all() if organizations is None else organizations
    owed = {_key(line): line for line in _owed_lines(scope, first, last)}
    stored = _stored(scope, first, last)
    missing = [line for key, line in owed.items() if key not in stored]
    Obligation.objects.bulk_create(missing, ignore_conflicts=True, batch_size=2000)
    changed = [_adopt(stored[key], line) for key, line in owed.items() if _differs(stored.get(key), line)]
    Obligation.objects.bulk_update(changed, ["requirement", "period", "period_end", "due_on", "needed"], 500)
    stale = [line.pk for key, line in stored.items() if key not in owed and line.waived_at is None]
    for at in range(0, len(stale), 5000):  # SQLite takes a limited number of parameters
        Obligation.objects.filter(pk__in=stale[at : at + 5000]).delete()
    ledger = Obligation.objects.filter(organization__in=scope, period_start__range=(first, last))
    return SyncResult(len(missing), len(changed), len(stale), recount(ledger))


def generate_obligations(*, as_of: date, organizations: OrganizationQuerySet | None = None) -> SyncResult:
    """What the clock and `manage.py generate_obligations` do: the ledger as it should stand on a day."""
    first, last = ledger_window(as_of)
    return sync_obligations(organizations=organizations, first=first, last=last)


def recount(obligations: ObligationQuerySet) -> int:
    """Bring the counters of these lines (a queryset) in line with the records; returns how many were off."""
    drifted = drift(obligations)
    for line in drifted:
        line.counted, line.accepted = line.true_count, line.true_accepted
    Obligation.objects.bulk_update(drifted, ["counted", "accepted"], batch_size=500)
    return len(drifted)


def drift(obligations: ObligationQuerySet) -> list[Obligation]:
    """The lines whose counters differ from what the records say."""
    wrong = obligations.recounted().exclude(counted=F("true_count"), accepted=F("true_accepted"))
    return list(wrong)


def recount_branch(*, organization: Organization, days: Iterable[date]) -> int:
    """After a meeting changed: recount the branch's lines whose period touches one of these days."""
    days = list(days)
    lines = Obligation.objects.filter(
        organization=organization, period_start__lte=max(days), period_end__gte=min(days)
    )
    return recount(lines)


def _owed_lines(scope: OrganizationQuerySet, first: date, last: date) -> Iterator[Obligation]:
    organizations = list(scope)
    groups = list(PartyGroup.objects.filter(organization__in=scope).select_related("organization"))
    full_members = _full_members(scope)
    for requirement in Requirement.objects.active().in_force_during(first, last).filter(owner=None):
        for span in spans_between(requirement.period, first, last):
            if first <= span.start and requirement.governs(span):
                for organization, group in _bearers(requirement, organizations, groups):
                    if _exists_throughout(group or organization, span) and _condition_holds(
                        requirement, organization, span, full_members
                    ):
                        yield _line(requirement, organization, group, span)


def _bearers(
    requirement: Requirement, organizations: list[Organization], groups: list[PartyGroup]
) -> Iterator[tuple[Organization, PartyGroup | None]]:
    if requirement.bearer == Bearer.GROUP:
        yield from ((group.organization, group) for group in groups)
        return
    kinds = BRANCH_KINDS if requirement.bearer == Bearer.BRANCH else (OrganizationKind.COMMITTEE,)
    yield from ((organization, None) for organization in organizations if organization.kind in kinds)


def _exists_throughout(bearer: Organization | PartyGroup, span: Span) -> bool:
    """Owed from the first whole period, and no longer for the one in which the bearer is dissolved."""
    return bearer.founded_on <= span.start and (bearer.dissolved_on is None or bearer.dissolved_on > span.end)


def _condition_holds(
    requirement: Requirement, organization: Organization, span: Span, full_members: dict[int, list[tuple[date, date]]]
) -> bool:
    match requirement.condition:
        case Condition.HAS_COMMITTEE:
            present = sum(start <= span.start <= end for start, end in full_members[organization.pk])
            return present >= COMMITTEE_FROM
        case Condition.HAS_LEADING_BODY:
            return organization.has_leading_body
        case _:
            return True


def _full_members(scope: OrganizationQuerySet) -> dict[int, list[tuple[date, date]]]:
    """Per branch the days between which each full member belongs to it."""
    terms: dict[int, list[tuple[date, date]]] = defaultdict(list)
    rows = Membership.objects.filter(organization__in=scope, member__full_member_on__isnull=False)
    for branch, start, end, full in rows.values_list(
        "organization_id", "start_on", "end_on", "member__full_member_on"
    ):
        terms[branch].append((max(start, full), end or date.max))
    return terms


def _line(
    requirement: Requirement, organization: Organization, group: PartyGroup | None, span: Span
) -> Obligation:
    return Obligation(
        requirement=requirement,
        organization=organization,
        group=group,
        kind=requirement.kind,
        period=requirement.period,
        period_start=span.start,
        period_end=span.end,
        due_on=span.end + timedelta(days=requirement.grace_days),
        needed=requirement.minimum,
    )


def _key(line: Obligation) -> Key:
    return line.organization_id, line.group_id, line.kind, line.period_start


def _stored(scope: OrganizationQuerySet, first: date, last: date) -> dict[Key, Obligation]:
    lines = Obligation.objects.filter(organization__in=scope, period_start__range=(first, last))
    return {_key(line): line for line in lines}


def _differs(stored: Obligation | None, line: Obligation) -> bool:
    return stored is not None and (stored.requirement_id, stored.period_end, stored.due_on, stored.needed) != (
        line.requirement_id,
        line.period_end,
        line.due_on,
        line.needed,
    )


def _adopt(stored: Obligation, line: Obligation) -> Obligation:
    for name in ("requirement_id", "period", "period_end", "due_on", "needed"):
        setattr(stored, name, getattr(line, name))
    return stored
