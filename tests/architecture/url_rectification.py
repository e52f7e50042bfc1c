"""Items to put right: one of the committee's that the branch has still to do, one it has reported as done."""

from django.db import models

from reviews.enums import Action, RectificationSource
from reviews.services.rectification import ItemTerms, raise_item, take_item_step
from reviews.services.rectification_notices import issue_notice
from tests.world import World

EVIDENCE = "已补齐"


def rectification_things(world: World) -> dict[str, models.Model]:
    """The member is responsible for the open one."""
    wanted = {"open": world.members[5], "done": None}
    items = {
        name: raise_item(
            organization=world.branch, source=RectificationSource.HAND, actor=world.reviewer,
            terms=ItemTerms(problem="缺席原因未写", owner=owner),
        )
        for name, owner in wanted.items()
    }  # fmt: skip
    take_item_step(
        item=items["done"], action=Action.CLAIM, version=1, comment=EVIDENCE, actor=world.secretary
    )
    named = raise_item(
        organization=world.branch, source=RectificationSource.HAND, actor=world.reviewer,
        terms=ItemTerms(problem="记录滞后"),
    )  # fmt: skip
    notice = issue_notice(items=[named], occasion="检查", actor=world.reviewer)
    return {f"item_{name}": item for name, item in items.items()} | {"rectification_notice": notice}
