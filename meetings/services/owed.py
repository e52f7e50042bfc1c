"""What is owed by whom by when: rule book × structure × time, written nowhere."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from meetings.enums import BRANCH_KINDS, Bearer, Condition, OrganizationKind
from meetings.models import Membership, Obligation, Organization, PartyGroup, Requirement
from meetings.periods import Span
from meetings.services.rulebook.effective import RequirementBook

# Seven or more full members elect a branch committee; fewer have none and owe no committee meetings.
# Regulations on the Work of Party Branches, article 20.
COMMITTEE_FROM = 7

Key = tuple[int, int | None, str, date]  # organization, group, kind, first day of the period
# What a rule says of a line.
RULED_COLUMNS = ("requirement_id", "period", "period_end", "due_on", "needed", "shares_event")
Terms = dict[int, list[tuple[date, date]]]  # per branch the days a full member belongs to it


class Owed(NamedTuple):
    """A line as the rules ask for it."""

    requirement: Requirement
    organization: Organization
    group: PartyGroup | None
    span: Span

    @property
    def key(self) -> Key:
        group = self.group.pk if self.group else None
        return self.organization.pk, group, self.requirement.kind, self.span.start

    @property
    def due_on(self) -> date:
        return self.span.end + timedelta(days=self.requirement.grace_days)

    @property
    def ruled(self) -> tuple[object, ...]:
        """The values of ``RULED_COLUMNS``."""
        rule = self.requirement
        return rule.pk, rule.period, self.span.end, self.due_on, rule.minimum, rule.shares_event

    def line(self) -> Obligation:
        """Not stored."""
        ruled = dict(zip(RULED_COLUMNS, self.ruled, strict=True))
        return Obligation(
            requirement=self.requirement,
            organization=self.organization,
            group=self.group,
            kind=self.requirement.kind,
            period_start=self.span.start,
            **{name: value for name, value in ruled.items() if name != "requirement_id"},
        )


def owed_lines(
    organizations: list[Organization], book: RequirementBook, first: date, last: date
) -> Iterator[Obligation]:
    """``owed`` as lines of the ledger that are not stored."""
    return (each.line() for each in owed(organizations, book, first, last))


def owed(organizations: list[Organization], book: RequirementBook, first: date, last: date) -> Iterator[Owed]:
    """Everything the rules ask for. Where two rules claim the same line, the later in the rule book's order
    comes last and wins."""
    groups: dict[int, list[PartyGroup]] = defaultdict(list)
    for each in PartyGroup.objects.filter(organization__in=organizations):
        groups[each.organization_id].append(each)
    full_members = full_member_terms(organizations)
    for organization in organizations:
        for requirement, span in book.schedule(organization.path, first, last):
            if owes(requirement, organization, span, full_members):
                for group in bearing(requirement, groups[organization.pk], span):
                    yield Owed(requirement, organization, group, span)


def bearing(
    requirement: Requirement, groups: Iterable[PartyGroup], span: Span
) -> list[PartyGroup] | list[None]:
    """Who owes a line each: every group, or the organization itself."""
    if requirement.bearer != Bearer.GROUP:
        return [None]
    return [group for group in groups if _exists_throughout(group, span)]


def owes(requirement: Requirement, organization: Organization, span: Span, full_members: Terms) -> bool:
    """Whether this organization, or its groups, owe the requirement for the period."""
    kinds = (OrganizationKind.COMMITTEE,) if requirement.bearer == Bearer.COMMITTEE else BRANCH_KINDS
    if organization.kind not in kinds or not _exists_throughout(organization, span):
        return False
    match requirement.condition:
        case Condition.HAS_COMMITTEE:
            return has_committee(full_members[organization.pk], span.start)
        case Condition.HAS_LEADING_BODY:
            return organization.has_leading_body
        case _:
            return True


def has_committee(terms: Iterable[tuple[date, date]], day: date) -> bool:
    return sum(start <= day <= end for start, end in terms) >= COMMITTEE_FROM


def _exists_throughout(bearer: Organization | PartyGroup, span: Span) -> bool:
    """Owed from the first whole period, and no longer for the one in which the bearer is dissolved."""
    return bearer.founded_on <= span.start and (bearer.dissolved_on is None or bearer.dissolved_on > span.end)


def full_member_terms(organizations: list[Organization]) -> Terms:
    """Per branch the days between which each full member belongs to it as such; both days count."""
    terms: Terms = defaultdict(list)
    rows = Membership.objects.filter(
        organization__in=organizations, member__full_member_on__isnull=False
    ).values_list("organization_id", "start_on", "end_on", "member__full_member_on")
    for branch, start, end, full in rows:
        terms[branch].append((max(start, full or start), end or date.max))
    return terms
