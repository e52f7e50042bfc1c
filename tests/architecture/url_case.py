"""What a line of the table is: one address with the expected status per role.

A new group of addresses brings a module of its own, ``url_<topic>.py``, with its ``CASES``; ``url_table``
puts them together.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.architecture.url_objects import Things

ROLES = ("outsider", "member", "group_leader", "secretary", "reviewer", "administrator", "other_reviewer")


@dataclass(frozen=True)
class Case:
    """One address with the expected status per role, in the order of ``ROLES``; one number stands for all."""

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
        codes = (self.get if method == "GET" else self.post or self.get).split()
        return int(codes[0] if len(codes) == 1 else codes[ROLES.index(role)])


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
