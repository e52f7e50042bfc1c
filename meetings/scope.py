"""What part of the organization a user may look at, and in which role.

Read once per request from the dated appointments and the user's own membership. Everything that
asks "may I see this row" goes through the ``visible_to`` querysets, which are built on this.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from meetings.enums import Role

if TYPE_CHECKING:
    from branchlife.models import User

# Roles that look at every row of their organization and what is below it.
SUBTREE_ROLES = (Role.SECRETARY, Role.REVIEWER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Seat:
    """One appointment in force: a role at a place of the tree."""

    role: str
    organization_id: int
    path: str
    name: str
    group_id: int | None = None


@dataclass(frozen=True)
class Scope:
    seats: tuple[Seat, ...] = ()
    member_id: int | None = None
    branch_id: int | None = None
    group_id: int | None = None

    def paths(self, *roles: str) -> tuple[str, ...]:
        return tuple(seat.path for seat in self.seats if seat.role in roles)

    def holds(self, role: str, path: str) -> bool:
        """Whether the role is held at the place with this path or above it."""
        return any(path.startswith(own) for own in self.paths(role))

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


def scope_of(user: "User", day: date | None = None) -> Scope:
    """The scope in force on ``day`` (today). Read once per user object, so a request sees one answer."""
    if not user.is_authenticated:
        return Scope()
    day = day or timezone.localdate()
    cache: dict[date, Scope] = user.__dict__.setdefault("_scopes", {})
    if day not in cache:
        cache[day] = _read_scope(user, day)
    return cache[day]


def _read_scope(user: "User", day: date) -> Scope:
    seats = user.appointments.on(day).values_list(
        "role", "organization_id", "organization__path", "organization__name", "group_id"
    )
    member = getattr(user, "member", None)
    own = member.memberships.on(day).values_list("organization_id", "group_id").first() if member else None
    branch_id, group_id = own or (None, None)
    return Scope(tuple(Seat(*seat) for seat in seats), member.pk if member else None, branch_id, group_id)
