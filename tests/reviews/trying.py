"""Steps of a transition table, tried one after the other on the same rows."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from reviews.enums import Action
from reviews.models import Transition
from reviews.services.workflow import StaleState, Subject, perform
from reviews.workflow import steps_open_to
from tests.reviews.planning import NOW
from tests.world import World

ROLES = (
    "secretary",
    "small_secretary",
    "other_secretary",
    "group_leader",
    "reviewer",
    "administrator",
    "member",
    "other_reviewer",
    "outsider",
)
REFUSALS = {"stale", "forbidden"}
Outcome = Callable[[Action, Any], str]
Given = Callable[[Action, Any], dict[str, Any]]
Cells = dict[tuple[str, str], str]


def nothing_more(action: Action, actor: Any) -> dict[str, Any]:
    return {}


@contextmanager
def tries(stored: Subject, given: Given) -> Iterator[Outcome]:
    """Tells the state a step led to, or how it was refused. One that worked is undone before the next; one that
    was refused is not, as it must have left nothing: the next that works and the end would meet it."""
    rows = type(stored).objects.filter(pk=stored.pk)
    before, steps = rows.values().get(), Transition.objects.count()
    as_read = rows.select_related("organization").get()
    start = transaction.savepoint()

    def outcome(action: Action, actor: Any) -> str:
        subject = copy.copy(as_read)  # nobody finds what another's step remembered
        try:
            perform(subject, action, actor=actor, comment="理由", now=NOW, **given(action, actor))
        except StaleState:
            return "stale"
        except PermissionDenied:
            return "forbidden"
        assert Transition.objects.count() == steps + 1
        state: str = rows.values_list("state", flat=True).get()
        transaction.savepoint_rollback(start)
        return state

    yield outcome
    assert Transition.objects.count() == steps
    assert rows.values().get() == before


def outcomes(world: World, stored: Subject, given: Given) -> Cells:
    with tries(stored, given) as outcome:
        return {
            (action, role): outcome(Action(action), getattr(world, role))
            for action in Action.values
            for role in ROLES
        }


def expected(steps: dict, state: str) -> Cells:
    cells = {}
    for action in Action.values:
        to_state, allowed = steps.get((state, action), ("", None))
        for role in ROLES:
            verdict = "stale" if allowed is None else to_state if role in allowed else "forbidden"
            cells[action, role] = verdict
    return cells


def assert_buttons(world: World, stored: Subject, cells: Cells) -> None:
    """They are exactly the steps that would work."""
    for role in ROLES:
        would_work = {action for action in Action.values if cells[action, role] not in REFUSALS}
        assert set(steps_open_to(getattr(world, role), stored)) == would_work
