"""What each organization owes under the rules of a day, and why it does not owe the rest. In plain words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.enums import BRANCH_KINDS, Bearer, Condition, OrganizationKind
from meetings.models import Organization, PartyGroup, Requirement
from meetings.periods import Span, span_of
from meetings.services.owed import COMMITTEE_FROM, Terms, bearing, full_member_terms, has_committee, owes
from meetings.services.rulebook.effective import RequirementBook, read_requirements


@dataclass(frozen=True)
class Duty:
    """One rule as it stands for one place on a day. ``reason`` says why nothing is owed; empty if it is."""

    requirement: Requirement
    span: Span
    note: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Duties:
    organization: Organization
    owed: list[Duty]
    not_owed: list[Duty]


def duties_of(organizations: Sequence[Organization], as_of: date) -> list[Duties]:
    """For each organization the rules that concern its kind, in the rule book's order. Four queries."""
    book = read_requirements(date(as_of.year, 1, 1), as_of)
    members = full_member_terms(list(organizations))
    groups: dict[int, list[PartyGroup]] = defaultdict(list)
    for group in PartyGroup.objects.filter(organization__in=organizations):
        groups[group.organization_id].append(group)
    return [_duties(each, book, members, groups[each.pk], as_of) for each in organizations]


def _duties(
    organization: Organization, book: RequirementBook, members: Terms, groups: list[PartyGroup], as_of: date
) -> Duties:
    every = [
        _duty(requirement, organization, members, groups, as_of)
        for code in book.codes
        if (requirement := _standing(book, code, organization, as_of))
        and _concerns(requirement, organization)
    ]
    return Duties(organization, [d for d in every if not d.reason], [d for d in every if d.reason])


def _standing(
    book: RequirementBook, code: str, organization: Organization, as_of: date
) -> Requirement | None:
    """The version that judges the period of the day: the one in force on the period's first day."""
    now = book.at(code, organization.path, as_of)
    rule = book.at(code, organization.path, span_of(now.period, as_of).start) if now else None
    return rule if rule and rule.is_active else None


def _concerns(requirement: Requirement, organization: Organization) -> bool:
    if requirement.bearer == Bearer.COMMITTEE:
        return organization.kind == OrganizationKind.COMMITTEE
    return organization.kind in BRANCH_KINDS


def _duty(
    requirement: Requirement,
    organization: Organization,
    members: Terms,
    groups: list[PartyGroup],
    as_of: date,
) -> Duty:
    span = span_of(requirement.period, as_of)
    bearers = bearing(requirement, groups, span)
    if not bearers:
        return Duty(requirement, span, reason=_("There is no Party group."))
    if not owes(requirement, organization, span, members):
        return Duty(requirement, span, reason=_why_not(requirement, organization, span, members))
    note = ""
    if requirement.bearer == Bearer.GROUP:
        note = ngettext("%(n)s group", "each of %(n)s groups", len(bearers)) % {"n": len(bearers)}
    return Duty(requirement, span, note=note)


def _why_not(requirement: Requirement, organization: Organization, span: Span, members: Terms) -> str:
    if requirement.condition == Condition.HAS_COMMITTEE:
        terms = members[organization.pk]
        if not has_committee(terms, span.start):
            full = sum(start <= span.start <= end for start, end in terms)
            facts = {"needed": COMMITTEE_FROM, "full": full}
            return _("Fewer than %(needed)s full members (%(full)s): no branch committee.") % facts
    if requirement.condition == Condition.HAS_LEADING_BODY and not organization.has_leading_body:
        return _("Not flagged as having a leading body.")
    return _("It did not exist through the whole period.")
