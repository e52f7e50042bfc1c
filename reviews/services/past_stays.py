"""Where papers lay, told from the steps that were taken with them: for papers that came before their desks
were written down, and for histories that are made at one go."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

WITH_WRITERS = ("draft", "returned", "amended", "held", "hold_again")
UNDER_REVIEW = "submitted"
NO_LIMIT: Callable[[datetime], date | None] = lambda since: None  # noqa: E731


@dataclass(frozen=True)
class Taken:
    """One step of a paper: to which state, when, by whom."""

    to_state: str
    at: datetime
    actor_id: int


def stays_of(
    steps: Iterable[Taken],
    *,
    branch_id: int,
    desk_id: int,
    review_due: Callable[[datetime], date | None] = NO_LIMIT,
    write_due: date | None = None,
) -> Iterator[dict[str, Any]]:
    """The columns of each stay, in the order of time. ``desk_id`` is the organization that decides: these
    papers went straight there. ``write_due`` limits the first writing only."""
    taken = list(steps)
    for number, step in enumerate(taken):
        until = taken[number + 1].at if number + 1 < len(taken) else None
        columns = {"branch_id": branch_id, "since": step.at, "until": until}
        if step.to_state in WITH_WRITERS:
            due_on = write_due if number == 0 else None
            yield columns | {"organization_id": branch_id, "task": "write", "due_on": due_on}
        elif step.to_state == UNDER_REVIEW:
            yield columns | {
                "organization_id": desk_id,
                "task": "review",
                "step": 1,
                "last_id": desk_id,
                "handed_in_by_id": step.actor_id,
                "due_on": review_due(step.at),
            }
