"""What a line of the table is: one address with the expected status per role.

A new group of addresses brings a module of its own, ``url_<topic>.py``, with its ``CASES``; ``url_table``
puts them together.

The three officers have nothing to do with the branches' life: where a line says nothing of them they get what
the outsider gets. Where they get something else, their three columns follow after a bar:
``"404 … 200 | 403 200 403"``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.architecture.url_objects import Things

LIFE = ("outsider", "member", "group_leader", "secretary", "reviewer", "administrator", "other_reviewer")
OFFICERS = ("system_officer", "security_officer", "audit_officer")
ROLES = (*LIFE, *OFFICERS)


@dataclass(frozen=True)
class Case:
    """One address with the expected status per role, in the order of ``ROLES``; one number stands for all
    of its side of the bar, no bar for officers who are treated like the outsider."""

    name: str
    get: str
    post: str = ""  # as for GET
    kwargs: Callable[[Things], dict[str, Any]] = lambda things: {}
    # The same address for something that does not exist.
    missing: dict[str, Any] = field(default_factory=dict)
    data: Callable[[Things], dict[str, Any]] = lambda things: {}
    note: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.note}".strip()

    def url(self, things: Things) -> str:
        return reverse(self.name, kwargs=self.kwargs(things))

    def expected(self, method: str, role: str) -> int:
        return columns(self.get if method == "GET" else self.post or self.get)[role]


def columns(line: str) -> dict[str, int]:
    """The declared status of every role. Raises ValueError for a line that leaves one open."""
    life, bar, offices = line.partition("|")
    codes = [int(code) for code in life.split()]
    officers = [int(code) for code in offices.split()] if bar else codes[:1]
    codes, officers = (
        each * len(names) if len(each) == 1 else each for each, names in ((codes, LIFE), (officers, OFFICERS))
    )
    return dict(zip(ROLES, codes + officers, strict=True))


def one(
    name: str, *, of: str, get: str, post: str = "", note: str = "", data: Any = None, **extra: Any
) -> Case:
    """An address that speaks of one thing, by its number."""
    return Case(
        name, get, post, note=note or of,
        kwargs=lambda things: {"pk": things[of].pk, **extra},
        missing={"pk": 10**9, **extra},
        data=data or (lambda things: {}),
    )  # fmt: skip


def version_of(name: str) -> Callable[[Things], dict[str, Any]]:
    return lambda things: {"version": things[name].version}
