"""What part of the organization a user may look at, and in which role.

Read once per request from the dated appointments and the user's own membership. Everything that
asks "may I see this row" goes through the ``visible_to`` querysets, which are built on this.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Case, FilteredRelation, Q, QuerySet, Value, When
from django.utils import timezone

from branchlife.compiled import Compiled
from branchlife.models import User
from meetings.enums import OFFICES, Role

# Roles that look at every row of their organization and what is below it.
SUBTREE_ROLES = (Role.SECRETARY, Role.REVIEWER, Role.ADMINISTRATOR)
# Asked on every page, by user and day.
QUERIES = Compiled(most=2000)


def account_keepers() -> tuple[Role, ...]:
    """Who opens accounts and gives roles: the security officer; in a small place (``COMPACT_OFFICES``) the
    administrator as well."""
    if settings.COMPACT_OFFICES:
        return (Role.SECURITY_OFFICER, Role.ADMINISTRATOR)
    return (Role.SECURITY_OFFICER,)


@dataclass(frozen=True)
class Seat:
    """One appointment in force: a role at a place of the tree.

    A seat may be somebody else's, lent for the days of an absence: then ``grantor_id`` says whose, and
    ``barred`` are the paths of the branches which that person leads and therefore never decides on.
    """

    role: str
    organization_id: int
    path: str
    name: str
    group_id: int | None = None
    grantor_id: int | None = None
    barred: tuple[str, ...] = ()

    def reaches(self, path: str) -> bool:
        """Whether the place with this path lies at the seat or below it."""
        return path.startswith(self.path) and path not in self.barred


@dataclass(frozen=True)
class Scope:
    """``seats`` have to do with the branches' life, ``offices`` with the system; nobody has both."""

    seats: tuple[Seat, ...] = ()
    member_id: int | None = None
    branch_id: int | None = None
    group_id: int | None = None
    offices: tuple[Seat, ...] = ()

    def paths(self, *roles: str) -> tuple[str, ...]:
        return tuple(seat.path for seat in (*self.seats, *self.offices) if seat.role in roles)

    def holds(self, role: str, path: str) -> bool:
        """Whether the role is held at the place with this path or above it."""
        return any(seat.role == role and seat.reaches(path) for seat in (*self.seats, *self.offices))

    def leads_group(self, group_id: int | None) -> bool:
        return group_id is not None and group_id in self.group_ids

    @property
    def group_ids(self) -> tuple[int, ...]:
        return tuple(s.group_id for s in self.seats if s.role == Role.GROUP_LEADER and s.group_id)

    def within(self, lookup: str = "", roles: tuple[str, ...] = SUBTREE_ROLES) -> Q:
        """The rows whose organization (reached by ``lookup``, such as ``organization__``) lies in scope.

        Paths have four characters a step, so a prefix is a subtree. Nobody's scope is an empty Q,
        which would mean everything.
        """
        condition = Q(pk__in=[])
        for path in _outermost(self.paths(*roles)):
            condition |= Q(**{f"{lookup}path__startswith": path})
        return condition


def _outermost(paths: tuple[str, ...]) -> list[str]:
    """The paths that lie below no other one, so that the condition stays short."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def scope_of(user: User, day: date | None = None) -> Scope:
    """The scope in force on ``day`` (today). Read once per user object, so a request sees one answer."""
    if not user.is_authenticated:
        return Scope()
    day = day or timezone.localdate()
    cache: dict[date, Scope] = user.__dict__.setdefault("_scopes", {})
    if day not in cache:
        cache[day] = _read_scope(user, day)
    return cache[day]


def _read_scope(user: User, day: date) -> Scope:
    """One query: the seats in force, own and lent, each beside the own membership of that day, if there is
    one. A second one where a seat was lent: what its owner leads."""
    found = QUERIES.rows((user.pk, day), lambda: _scope_rows(user, day))
    seats = tuple(dict.fromkeys(Seat(*row[3:8]) for row in found if row[3]))
    if offices := tuple(seat for seat in seats if seat.role in OFFICES):
        # An officer's account sees nothing of the branches' life, not even what a member may.
        return Scope(offices=offices)
    lent = dict.fromkeys(row[8:13] for row in found if row[8] and row[13])
    return Scope((*seats, *_lent_seats(user, lent, day)), *found[0][:3]) if found else Scope()


def _scope_rows(user: User, day: date) -> QuerySet[Any, Any]:
    at, lent_at = "seat__organization", "lent__appointment__organization"
    rows = User.objects.filter(pk=user.pk).annotate(
        seat=FilteredRelation("appointments", condition=_in_force("appointments__", day)),
        place=FilteredRelation("member__memberships", condition=_in_force("member__memberships__", day)),
        lent=FilteredRelation("delegations_received", condition=_lent_on(day)),
        # The seat that was lent must be in force, too.
        lent_is_held=Case(When(_in_force("lent__appointment__", day), then=Value(1)), default=Value(0)),
    )
    return rows.order_by("place__start_on", "seat__pk", "lent__pk").values_list(
        "member__pk", "place__organization_id", "place__group_id",
        "seat__role", "seat__organization_id", f"{at}__path", f"{at}__name", "seat__group_id",
        "lent__grantor_id", "lent__appointment__role", "lent__appointment__organization_id",
        f"{lent_at}__path", f"{lent_at}__name", "lent_is_held",
    )  # fmt: skip


def _in_force(lookup: str, day: date) -> Q:
    """Of rows with a first and, perhaps, a last day; both belong to the time."""
    open_ended, ends_later = Q(**{f"{lookup}end_on__isnull": True}), Q(**{f"{lookup}end_on__gte": day})
    return Q(**{f"{lookup}start_on__lte": day}) & (open_ended | ends_later)


def _lent_on(day: date) -> Q:
    at = "delegations_received__"
    days = {f"{at}start_on__lte": day, f"{at}end_on__gte": day}
    return Q(**{f"{at}revoked_at__isnull": True}, **days)


def _lent_seats(user: User, lent: Collection[tuple[Any, ...]], day: date) -> list[Seat]:
    if not lent:
        return []
    leading = user.appointments.model.objects.on(day).filter(user__in={row[0] for row in lent})
    led = list(leading.filter(role=Role.SECRETARY).values_list("user", "organization__path"))
    return [
        Seat(
            role, place, path, name, grantor_id=grantor,
            barred=tuple(branch for person, branch in led if person == grantor),
        )
        for grantor, role, place, path, name in lent
        if role == Role.REVIEWER
    ]  # fmt: skip
