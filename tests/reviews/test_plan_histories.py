"""Random histories of a plan, taken by random people, beside a plain model that knows the rules by heart.

Five hundred histories in a usual run; ten thousand with ``HYPOTHESIS_PROFILE=nightly``. Of things done at random
one in thirty is allowed, and no history would get far; so at every third step one that is allowed is chosen.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import hypothesis
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import strategies as st

from branchlife.models import User
from meetings.enums import MeetingState, Role
from reviews.enums import Action, PlanState
from reviews.models import Plan, Stay
from reviews.services.amendments import discard_amendment
from reviews.services.plans import approve_plan, create_plan
from reviews.services.workflow import StaleState, perform
from tests.reviews.chains import Chained, build_chained, lend
from tests.reviews.planning import NOW, Q4, draft, finding
from tests.world import appoint, make_user

NIGHTLY = hypothesis.settings.get_current_profile_name() == "nightly"
HISTORIES, STEPS = (10_000, 20) if NIGHTLY else (500, 6)
WRITERS = {"writer", "other_writer"}
# Whose word counts at which desk; ``deputy`` stands in for the last one, ``both`` also leads the branch.
DESKS = {"first": {"first"}, "last": {"last", "deputy"}}
PEOPLE = (*sorted(WRITERS), "first", "last", "deputy", "both", "stranger")
ACTIONS = (
    Action.SUBMIT, Action.WITHDRAW, Action.FORWARD, Action.APPROVE, Action.RETURN, Action.AMEND,
    Action.TAKE_BACK, Action.DISCARD,
)  # fmt: skip


@dataclass
class Model:
    """What is so, in a few words: state, desk, round and edition. No table, no database."""

    state: str = "draft"
    desk: str = ""  # first, last; empty: not under review
    round: int = 0
    edition: int = 1
    scheduled: bool = False
    steps: list[str] = field(default_factory=list)

    def may(self, action: str, who: str) -> str:
        """``yes``, ``stale`` where the step does not begin here, else ``no``."""
        begins = {
            "submit": self.state in ("draft", "returned", "amended"),
            "withdraw": self.state == "submitted",
            "take_back": self.state == "submitted",
            "forward": self.state == "submitted",
            "approve": self.state == "submitted",
            "return": self.state == "submitted",
            "amend": self.state == "approved",
            "discard": self.state in ("amended", "returned"),
        }[action]
        if not begins:
            return "stale"
        return "yes" if self._allowed(action, who) else "no"

    def _allowed(self, action: str, who: str) -> bool:
        leads = who in WRITERS | {"both"}
        at_desk = who in DESKS.get(self.desk, set())
        return {
            "submit": leads,
            "withdraw": leads and self.edition == 1 and self.desk == "first",
            "take_back": leads and self.edition > 1 and self.desk == "first",
            "forward": at_desk and self.desk == "first",
            "approve": at_desk and self.desk == "last",
            "return": at_desk,
            "amend": leads,
            "discard": leads and (self.state == "amended" or self.edition > 1),
        }[action]

    def take(self, action: str) -> None:
        self.steps.append(action)
        if action == "submit":
            self.state, self.desk, self.round = "submitted", "first", self.round + 1
        elif action == "forward":
            self.desk = "last"
        elif action == "amend":
            self.state, self.edition = "amended", self.edition + 1
        else:
            self.state = {
                "withdraw": "draft", "take_back": "amended", "approve": "approved", "return": "returned",
                "discard": "approved",
            }[action]  # fmt: skip
            self.desk = ""
            self.scheduled |= action == "approve"
            self.edition -= action == "discard"


@dataclass
class Stage:
    chained: Chained
    people: dict[str, User]
    walked: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def stage(module_database: None) -> Iterator[Stage]:
    with time_machine.travel(NOW):
        chained = build_chained()
        people = {"writer": chained.secretary, "first": chained.first, "last": chained.last}
        people |= {name: make_user(name) for name in ("other_writer", "deputy", "both", "stranger")}
        appoint(people["other_writer"], chained.branch, Role.SECRETARY)
        appoint(people["both"], chained.branch, Role.SECRETARY)
        appoint(people["both"], chained.world.committee, Role.REVIEWER)
        lend(chained.last, people["deputy"])
        lend(chained.last, people["both"])
        yield Stage(chained, people)


Move = tuple[Action, str]
EVERY_MOVE: list[Move] = [(action, who) for action in ACTIONS for who in PEOPLE]
# The last part: which of those that are allowed, if any is; None: whatever comes.
moves = st.tuples(
    st.sampled_from(ACTIONS), st.sampled_from(PEOPLE), st.sampled_from([*range(5), *[None] * 10])
)


@pytest.mark.django_db
@hypothesis.settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
@hypothesis.given(st.lists(moves, max_size=STEPS))
def test_any_history_is_what_the_model_says(
    stage: Stage, history: list[tuple[Action, str, int | None]]
) -> None:
    with transaction.atomic():
        plan = create_plan(
            organization=stage.chained.branch, span=Q4, items=[draft()], actor=stage.people["writer"], now=NOW
        )
        model = Model()
        for *move, chosen in history:
            action, who = move if chosen is None else allowed(model, chosen)
            walk(plan, model, action, who, stage.people[who])
        check_end(plan, model)
        transaction.set_rollback(True)
    stage.walked.update(histories=1, steps=len(history), taken=len(model.steps))


@pytest.mark.django_db
def test_so_many_were_walked(stage: Stage, record_property: Callable[[str, object], None]) -> None:
    """Last, because it counts what the other did."""
    told = "{histories} histories of a plan, {steps} steps, {taken} of them allowed: all as the model says"
    record_property("figure", told.format(**stage.walked))
    assert stage.walked["histories"] >= HISTORIES
    assert stage.walked["steps"] > stage.walked["taken"] > HISTORIES // 2


def allowed(model: Model, number: int) -> Move:
    """There is always one: every state has a way out."""
    moves = [(action, who) for action, who in EVERY_MOVE if model.may(action, who) == "yes"]
    return moves[number % len(moves)]


def walk(plan: Plan, model: Model, action: Action, who: str, actor: User) -> None:
    expected = model.may(action, who)
    with transaction.atomic():
        result = attempt(plan, action, actor)
    assert result == expected, f"{action} by {who} after {model.steps}: {result}, the model says {expected}"
    if result == "yes":
        model.take(action)
    assert (plan.state, plan.round, plan.edition) == (model.state, model.round, model.edition)


def attempt(plan: Plan, action: Action, actor: User) -> str:
    try:
        if action == Action.APPROVE:
            approve_plan(plan=plan, actor=actor, now=NOW)
        elif action == Action.DISCARD:
            discard_amendment(plan=plan, actor=actor, now=NOW)
        else:
            perform(plan, action, actor=actor, comment="理由", findings=[finding()], now=NOW)
    except StaleState:
        return "stale"
    except PermissionDenied:
        return "no"
    except ValidationError as error:
        raise AssertionError(error) from error
    return "yes"


def check_end(plan: Plan, model: Model) -> None:
    stored = Plan.objects.get(pk=plan.pk)
    assert (stored.state, stored.version) == (model.state, len(model.steps) + 1)
    assert list(plan.transitions.values_list("action", flat=True)) == ["create", *model.steps]
    desks = [stay.organization.name for stay in Stay.objects.open().filter(plan=plan)]
    own = ["业务处党支部"] if model.state in ("draft", "returned", "amended") else []
    assert desks == ({"first": ["业务党总支"], "last": ["市直机关党委"]}.get(model.desk) or own)
    meeting = plan.items.select_related("meeting").get().meeting
    assert (meeting is not None and meeting.state == MeetingState.SCHEDULED) == model.scheduled
    assert PlanState(stored.state) in PlanState
