"""Who may be signed in as with one click in the local demonstration: people `seed_demo` made, nobody else."""

from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import OFFICES, Role
from meetings.models import Appointment

# The mark on a made-up account. Nothing but ``seed_demo`` gives it, and no page can.
DEMO_GROUP = "demonstration"


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    organization: str


@dataclass(frozen=True)
class DemoPeople:
    """The people of one role, as the sign-in page shows them."""

    role_label: str
    people: list[DemoPerson] = field(default_factory=list)


def demo_users() -> QuerySet[User]:
    return User.objects.filter(groups__name=DEMO_GROUP, is_active=True)


def mark_as_demo(users: list[User]) -> None:
    group, _created = Group.objects.get_or_create(name=DEMO_GROUP)
    group.user_set.add(*users)


def demo_people(*, day: date) -> list[DemoPeople]:
    """By role, the busiest first; whoever has no role is a member. Two queries."""
    seats = Appointment.objects.on(day).filter(user__in=demo_users())
    by_role: dict[str, list[DemoPerson]] = {role: [] for role in _ORDER}
    for seat in seats.select_related("user", "organization", "group").order_by("pk"):
        by_role[seat.role].append(_person(seat))
    found = [DemoPeople(str(Role(role).label), people) for role, people in by_role.items()]
    found.append(DemoPeople(_("Member"), _members(day)))
    return [group for group in found if group.people]


_ORDER = (Role.SECRETARY, Role.REVIEWER, Role.ADMINISTRATOR, Role.GROUP_LEADER, *OFFICES)


def _person(seat: Appointment) -> DemoPerson:
    place = f"{seat.organization.name}{seat.group.name}" if seat.group else seat.organization.name
    return DemoPerson(seat.user.username, seat.user.name, place)


def _members(day: date) -> list[DemoPerson]:
    users = demo_users().exclude(appointments__in=Appointment.objects.on(day)).filter(member__isnull=False)
    rows = users.order_by("pk").values_list("username", "name", "member__memberships__organization__name")
    return [DemoPerson(*row) for row in rows.filter(member__memberships__end_on=None)]
