"""The people a line of the ledger concerns, by their appointments in force. Asked when a reminder is
planned and again before it is mailed: roles end."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from meetings.enums import BRANCH_KINDS, Role
from meetings.models import Appointment
from meetings.models.dated import on_day
from meetings.models.obligation import ObligationQuerySet
from meetings.models.organization import STEP
from meetings.services.reminders.stages import Circle

Pair = tuple[int, int]  # obligation, user


def people_in(circle: Circle, lines: ObligationQuerySet, day: date) -> set[Pair]:
    """Every active user of the circle, for each of these lines."""
    lines = lines.order_by()
    found = _responsible(lines, day) if circle is Circle.RESPONSIBLE else _reviewers(lines, day)
    return set(found)


def _responsible(lines: ObligationQuerySet, day: date) -> Iterator[Pair]:
    """The branch's secretary; for a group's line its leader as well; for what a committee owes itself,
    its administrators: a committee has no secretary's account of its own."""
    at = "organization__appointments__"
    leads = Q(**{f"{at}role": Role.SECRETARY}) | Q(
        ~Q(organization__kind__in=BRANCH_KINDS), **{f"{at}role": Role.ADMINISTRATOR}
    )
    yield from _appointed(lines, at, leads, day)
    at = "group__appointments__"
    yield from _appointed(lines, at, Q(**{f"{at}role": Role.GROUP_LEADER}), day)


def _appointed(lines: ObligationQuerySet, at: str, role: Q, day: date) -> Iterator[Pair]:
    """One ``filter`` call, so that role, days and user are asked of the same appointment."""
    found = lines.filter(role, on_day(day, at), **{f"{at}user__is_active": True})
    yield from found.values_list("pk", f"{at}user")


def _reviewers(lines: ObligationQuerySet, day: date) -> Iterator[Pair]:
    """Reviewers at the branch's place of the tree or above, but never those who lead it themselves."""
    seats = _seats(day)
    leading = _leading(day)
    for line, organization, path in lines.values_list("pk", "organization", "organization__path"):
        for end in range(STEP, len(path) + 1, STEP):
            for user in seats.get(path[:end], ()):
                if (organization, user) not in leading:
                    yield line, user


def _seats(day: date) -> dict[str, set[int]]:
    """Active reviewers by the path of their organization."""
    seats: dict[str, set[int]] = defaultdict(set)
    rows = Appointment.objects.on(day).filter(role=Role.REVIEWER, user__is_active=True)
    for path, user in rows.values_list("organization__path", "user"):
        seats[path].add(user)
    return seats


def _leading(day: date) -> set[tuple[int, int]]:
    rows = Appointment.objects.on(day).filter(role=Role.SECRETARY)
    return set(rows.values_list("organization", "user"))
