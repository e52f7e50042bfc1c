"""Who is told: the appointments in force on a day, held in memory. Asked when a reminder is planned and
again before it is sent, because roles end."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property

from django.db.models import QuerySet

from meetings.enums import BRANCH_KINDS, Role
from meetings.models import Appointment
from meetings.models.organization import STEP
from meetings.reminding import Matter

Place = tuple[str, str]  # role, path
Rung = tuple[str, set[int]]  # path, users
# Who does what an organization owes: the secretary. A committee has no secretary's account of its own: what it
# owes itself is its administrators' to do.
KEEPERS = "keepers"


class Seats:
    """Active users by role and place. ``paths`` narrows it to these organizations and those above them."""

    def __init__(self, day: date, paths: Iterable[str] | None = None) -> None:
        self.day = day
        self._ways_up: dict[str, list[Rung]] = {}
        self._paths = None if paths is None else {up for path in paths for up in way_up(path)}

    @cached_property
    def _seats(self) -> tuple[dict[Place, set[int]], dict[int, set[int]]]:
        places: dict[Place, set[int]] = defaultdict(set)
        groups: dict[int, set[int]] = defaultdict(set)
        for role, path, kind, group, user in self._rows():
            if role == Role.GROUP_LEADER:
                groups[group].add(user)
                continue
            places[role, path].add(user)
            if role == Role.SECRETARY or (role == Role.ADMINISTRATOR and kind not in BRANCH_KINDS):
                places[KEEPERS, path].add(user)
        return places, groups

    def _rows(self) -> QuerySet:
        rows = Appointment.objects.on(self.day).filter(user__is_active=True)
        if self._paths is not None:
            rows = rows.filter(organization__path__in=self._paths)
        return rows.values_list(
            "role", "organization__path", "organization__kind", "group", "user"
        ).order_by()

    def at(self, role: str, path: str) -> set[int]:
        return self._seats[0].get((role, path), set())

    def leaders(self, group: int | None) -> set[int]:
        return self._seats[1].get(group, set()) if group else set()

    def keepers(self, matter: Matter) -> set[int]:
        keepers = self.at(KEEPERS, matter.path)
        return keepers | self.leaders(matter.group) if matter.group else keepers

    def above(self, matter: Matter) -> list[set[int]]:
        return [users for _path, users in self.rungs(matter)]

    def rungs(self, matter: Matter) -> list[Rung]:
        """``above`` with the place of each rung."""
        if matter.path not in self._ways_up:
            leading = self.at(Role.SECRETARY, matter.path)
            found = ((path, self.at(Role.REVIEWER, path) - leading) for path in way_up(matter.path))
            self._ways_up[matter.path] = _each_once(found)
        rungs = self._ways_up[matter.path]
        if matter.barred is None:
            return rungs
        return [(path, rest) for path, users in rungs if (rest := users - {matter.barred})]

    def administrators_above(self, matter: Matter) -> set[int]:
        found = (self.at(Role.ADMINISTRATOR, path) for path in way_up(matter.path))
        return next(filter(None, found), set())


def way_up(path: str) -> list[str]:
    """The path and those above it, the nearest first."""
    return [path[:end] for end in range(len(path), 0, -STEP)]


def _each_once(rungs: Iterable[Rung]) -> list[Rung]:
    """The rungs with anybody on them; who was told lower down is not told again higher up."""
    seen: set[int] = set()
    found = []
    for path, users in rungs:
        if fresh := users - seen:
            seen |= fresh
            found.append((path, fresh))
    return found
