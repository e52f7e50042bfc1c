"""A world that goes on: what the random changes of the ledger have in common."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from branchlife.models import User
from meetings.enums import MeetingState, Role
from meetings.models import (
    Member,
    Organization,
)
from meetings.services.imports import ImportRefused
from meetings.services.obligations import generate_obligations
from meetings.services.record import ChangedMeanwhile
from meetings.services.roster import transfers
from meetings.services.rulebook.files import RuleSetError
from meetings.services.rulebook.versions import StaleRule
from reviews.services.workflow import StaleState
from tests import held
from tests.meetings.ledger_model import Model
from tests.world import World, appoint, make_member

REFUSALS = (
    ValidationError, PermissionDenied, StaleState, StaleRule, ChangedMeanwhile, ImportRefused, RuleSetError,
    transfers.TransferMoved,
)  # fmt: skip
Step = Callable[["Life"], object]
STEPS: list[Step] = []


def step(function: Step) -> Step:
    STEPS.append(function)
    return function


@dataclass
class Life:
    """A world that goes on. ``settled`` is False while the clock's nightly run is behind."""

    world: World
    model: Model
    rng: random.Random = field(default_factory=random.Random)
    settled: bool = True
    number: int = 0

    def take(self, chosen: Step, seed: int) -> bool:
        """Whether the step was taken."""
        self.rng.seed(seed)
        self.number += 1
        try:
            with transaction.atomic():
                chosen(self)
        except REFUSALS:
            return False
        return True

    def settle(self) -> None:
        generate_obligations(as_of=self.model.today)
        self.settled = True

    @property
    def now(self) -> datetime:
        return datetime.combine(self.model.today, time(2), UTC)

    @property
    def admin(self) -> User:
        """Read anew, so that its scope is that of now."""
        return User.objects.get(pk=self.world.administrator.pk)

    def secretary(self) -> User:
        return User.objects.get(pk=self.world.secretary.pk)

    def day(self, ahead: int = 0) -> date:
        """A day of the years that are kept, rather lately than long ago."""
        first = date(min(self.model.first_year.values()), 1, 1)
        span = (self.model.today - first).days + ahead
        back = int(span * self.rng.random() ** 2)
        return self.model.today + timedelta(days=ahead - back)

    def month(self) -> date:
        """A first of a month, of this year or the next; rules of longer periods change in January."""
        year, length = self.model.today.year, self.rng.choice([1, 3, 12, 12])
        index = year * 12 + self.rng.randrange(0, 18 // length + 1) * length
        return date(index // 12, index % 12 + 1, 1)

    def one_of(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise ValidationError("nothing there")
        return self.rng.choice(found)

    def branch(self) -> Organization:
        return self.one_of(Organization.objects.filter(depth__gt=1))

    def member(self) -> Member:
        return self.one_of(Member.objects.filter(memberships__end_on=None))


def start(world: World, today: date) -> Life:
    """A tree with one administrator over all of it, whose ledger is written."""
    appoint(world.administrator, world.other_committee, Role.ADMINISTRATOR)
    appoint(world.reviewer, world.other_committee, Role.REVIEWER)
    for branch in (world.small_branch, world.other_branch):
        appoint(world.secretary, branch, Role.SECRETARY)
    for number in range(2):
        make_member(f"六人{number}", world.small_branch)  # six full members: at the brink of a committee
    life = Life(world, Model(today))
    for organization in Organization.objects.all():
        life.model.begin(organization.pk)
    for branch in (world.branch, world.small_branch):
        for state in (MeetingState.SCHEDULED, MeetingState.HELD, MeetingState.SUBMITTED):
            held.hold(branch, ["theme_day", "lecture"], date(today.year, 4, 9), state=state)
    life.settle()
    return life
