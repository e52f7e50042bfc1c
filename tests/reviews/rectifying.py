"""Rectification items for tests, made through the services."""

from typing import Any

from branchlife.models import User
from meetings.models import Member, Organization
from reviews.enums import Action, Cause, RectificationSource, RectificationState
from reviews.models import Rectification
from reviews.services.rectification import ItemTerms, raise_item, take_item_step
from tests.reviews.planning import NOW
from tests.world import World

EVIDENCE = "已补齐，见第3页"


def make_item(
    world: World,
    state: str = RectificationState.OPEN,
    *,
    raised_by: User | None = None,
    claimed_by: User | None = None,
    owner: Member | None = None,
    branch: Organization | None = None,
    **terms: Any,
) -> Rectification:
    """An item of ``world.branch`` that went the usual way to its state; from above unless said otherwise."""
    known = {"problem": "缺席人员未写明原因", "cause": Cause.MISSING, "owner": owner}
    item = raise_item(
        organization=branch or world.branch, source=RectificationSource.HAND, terms=ItemTerms(**known | terms),
        actor=raised_by or world.reviewer, now=NOW,
    )  # fmt: skip
    for action, actor in way_to(world, state, claimed_by):
        step(item, action, actor)
    return item


def way_to(world: World, state: str, claimed_by: User | None) -> list[tuple[Action, User]]:
    claim = (Action.CLAIM, claimed_by or world.secretary)
    return {
        RectificationState.OPEN: [],
        RectificationState.CLAIMED: [claim],
        RectificationState.CLOSED: [claim, (Action.VERIFY, world.reviewer)],
        RectificationState.REOPENED: [claim, (Action.REOPEN, world.reviewer)],
        RectificationState.REVOKED: [(Action.REVOKE, world.reviewer)],
    }[RectificationState(state)]


def step(item: Rectification, action: Action, actor: User, **more: Any) -> None:
    take_item_step(
        item=item, action=action, version=item.version, actor=actor, now=NOW, **{"comment": EVIDENCE} | more
    )
