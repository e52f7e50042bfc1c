"""The sources of the traps, as they stand in the names of the tests that set them."""

from collections.abc import Callable
from typing import Any

import pytest

BRANCH = "Branch Regulations 2018"
MEMBERS = "Members Education Regulations 2019"
ORGAN = "Organ Regulations 2019"
ELECTION = "Election Regulations 2020"
ADMISSION = "Admission Rules 2026"
DEMOCRATIC_LIFE = "Democratic-Life Provisions 2016"
ANSWERS = "answers of the Central Organization Department"
LOCAL = "local practice"
DIGEST = "national, article not checked"

Trap = Callable[..., None]


def row(*values: Any, what: str, source: str) -> Any:
    """One row of a table of traps: its name, then the regulation and article, or local practice."""
    return pytest.param(*values, id=f"{what} [{source}]")


class Table:
    """Traps that need more than numbers: each a function, entered with its source."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def trap(self, source: str) -> Callable[[Trap], Trap]:
        def enter(function: Trap) -> Trap:
            what = function.__name__.replace("_", " ")
            self.rows.append(row(function, what=what, source=source))
            return function

        return enter
