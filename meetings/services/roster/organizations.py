"""The Party's tree: organizations come, are renamed and move; what they owe follows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.models import Organization
from meetings.models.organization import OrganizationQuerySet
from meetings.services.obligations import close_years, generate_obligations
from meetings.services.roster.changes import (
    beginning_of_year,
    check_exists,
    check_not_future,
    follow_ledger,
    lock_tree,
    record_change,
    refuse,
)

FACTS = ("name", "code", "term_years", "has_leading_body")


@dataclass(frozen=True)
class OrganizationFacts:
    name: str
    kind: str
    founded_on: date
    code: str = ""
    term_start_on: date | None = None
    term_years: int | None = None
    has_leading_body: bool = False


@transaction.atomic
def found_organization(
    *, parent: Organization, facts: OrganizationFacts, actor: User, now: datetime | None = None
) -> Organization:
    """A new organization below another, from a day on; it owes from its first whole period.

    Raises ValidationError for a day to come or before the upper organization, below a branch, or for a
    name that is taken here.
    """
    check_not_future(facts.founded_on, now, "founded_on")
    lock_tree()
    parent = Organization.objects.get(pk=parent.pk)
    check_exists(parent, facts.founded_on, field="founded_on")
    _check_place(parent, facts.name)
    organization = Organization(**asdict(facts))
    organization.full_clean(exclude=["path", "depth", "numchild"], validate_constraints=False)
    _check_term_start(organization, now)
    Organization.objects.add_child(parent, instance=organization)
    record_change(
        action="organization.found", subject=organization, places=[organization], actor=actor, now=now,
        difference={"kind": facts.kind, "founded_on": facts.founded_on},
    )  # fmt: skip
    generate_obligations(as_of=timezone.localdate(now), organizations=_only(organization))
    return organization


def _only(organization: Organization) -> OrganizationQuerySet:
    own: OrganizationQuerySet = Organization.objects.filter(pk=organization.pk)
    return own


def _check_term_start(organization: Organization, now: datetime | None) -> None:
    start = organization.term_start_on
    if start is None:
        return
    check_not_future(start, now, "term_start_on")
    if start < organization.founded_on:
        raise refuse("term_start_on", _("The term cannot begin before the organization was founded."))


def _check_place(parent: Organization, name: str, but: Organization | None = None) -> None:
    if parent.is_branch:
        sentence = _("“%(name)s” is a branch; nothing lies below it.")
        raise refuse("parent", sentence % {"name": parent.name})
    others = Organization.objects.filter(parent_path=parent.path, name=name)
    if (others.exclude(pk=but.pk) if but else others).exists():
        sentence = _("“%(parent)s” already has an organization called “%(name)s”.")
        raise refuse("name", sentence % {"parent": parent.name, "name": name})


@transaction.atomic
def correct_organization(
    *,
    organization: Organization,
    changes: Mapping[str, Any],
    actor: User,
    now: datetime | None = None,
) -> list[str]:
    """A new name, code, length of the term, or flag (columns named in ``FACTS``); returns what differed."""
    lock_tree()
    organization = Organization.objects.get(pk=organization.pk)
    before = {name: getattr(organization, name) for name in FACTS}
    differing = [name for name in FACTS if name in changes and changes[name] != before[name]]
    if not differing:
        return []
    if "has_leading_body" in differing:
        close_years(organizations=_only(organization), as_of=timezone.localdate(now))
    for name in differing:
        setattr(organization, name, changes[name])
    if "name" in differing:
        _check_name(organization)
    organization.full_clean(validate_constraints=False)
    organization.save(update_fields=differing)
    difference = {name: [before[name], getattr(organization, name)] for name in differing}
    record_change(
        action="organization.correct", subject=organization, places=[organization],
        difference=difference, actor=actor, now=now,
    )  # fmt: skip
    if "has_leading_body" in differing:
        follow_ledger(places=[organization], since=_this_year(now), now=now)
    return differing


def _check_name(organization: Organization) -> None:
    twins = Organization.objects.filter(parent_path=organization.parent_path, name=organization.name)
    if twins.exclude(pk=organization.pk).exists():
        raise refuse("name", _("There is already an organization of this name here."))


def _this_year(now: datetime | None) -> date:
    return beginning_of_year(timezone.localdate(now))


@transaction.atomic
def move_organization(
    *, organization: Organization, parent: Organization, actor: User, now: datetime | None = None
) -> Organization:
    """Hang an organization and all below it under another one.

    Where it hung before is kept in the audit trail only: the ledger of this year follows the rules of the
    new place, earlier years stay as written. Raises ValidationError for a cycle, a branch as the upper one,
    or a name taken there.
    """
    lock_tree()
    organization = Organization.objects.get(pk=organization.pk)
    parent = Organization.objects.get(pk=parent.pk)
    _check_move(organization, parent)
    close_years(organizations=Organization.objects.below(organization), as_of=timezone.localdate(now))
    before = Organization.objects.filter(path=organization.parent_path).first()
    Organization.objects.move(organization, parent, "last-child")
    organization = Organization.objects.get(pk=organization.pk)
    record_change(
        action="organization.move", subject=organization, places=[organization], actor=actor, now=now,
        difference={"under": [before.name if before else None, parent.name]},
    )  # fmt: skip
    follow_ledger(places=Organization.objects.below(organization), since=_this_year(now), now=now)
    return organization


def _check_move(organization: Organization, parent: Organization) -> None:
    if parent.path.startswith(organization.path):
        sentence = _("“%(parent)s” lies below “%(name)s” itself: the tree would run in a circle.")
        raise refuse("parent", sentence % {"parent": parent.name, "name": organization.name})
    if organization.parent_path == parent.path:
        sentence = _("“%(name)s” is under “%(parent)s” already.")
        raise refuse("parent", sentence % {"parent": parent.name, "name": organization.name})
    if parent.dissolved_on:
        sentence = _("“%(parent)s” was dissolved on %(day)s.")
        values = {"parent": parent.name, "day": date_format(parent.dissolved_on)}
        raise refuse("parent", sentence % values)
    _check_place(parent, organization.name, but=organization)
