"""What a change would do to the ledger: exactly what saving does, and without a trace."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Obligation, Organization, Requirement
from meetings.services.obligations import ledger_window, sync_obligations
from meetings.services.rulebook import versions
from meetings.services.rulebook.preview import LedgerDifference, preview_ledger
from tests.held import hold
from tests.meetings.rulebook import NOW, TODAY, national, new_rule, next_version
from tests.world import World, build_world, make_member

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)


@pytest.fixture
def world() -> World:
    world = build_world()
    first, last = ledger_window(TODAY)
    sync_obligations(first=first, last=last)
    return world


def preview(rule: Requirement) -> LedgerDifference:
    return preview_ledger(
        change=lambda: versions.put_in_force(rule=rule, actor=None, now=NOW),
        owner=rule.owner,
        kinds={rule.kind},
        as_of=TODAY,
    )


def everything() -> dict[str, list[Any]]:
    """Every row of every table, to see that nothing was written."""
    models = [model for app in ("branchlife", "meetings") for model in apps.get_app_config(app).get_models()]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


Draft = Callable[[World], Requirement]
CHANGES: dict[str, Draft] = {
    "more often, nationally": lambda world: next_version(national("theme_day"), JULY, minimum=2),
    "shorter period in the committee": lambda world: next_version(
        national("general"), JULY, owner=world.committee, period="month"
    ),
    "not in use any more": lambda world: next_version(national("lecture"), JULY, is_active=False),
    "lifted for a branch": lambda world: next_version(
        national("lecture"), JULY, owner=world.small_branch, is_active=False, note="驻村"
    ),
    "a new rule": lambda world: new_rule(owner=world.committee, period="quarter", valid_from=JULY),
    "only another basis": lambda world: next_version(national("theme_day"), JULY, note="改"),
    "beyond the ledger's end": lambda world: next_version(national("theme_day"), date(2027, 1, 1), minimum=9),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_preview_tells_what_saving_then_does(name: str, world: World) -> None:
    told = preview(CHANGES[name](world))
    done = versions.save_rule(rule=CHANGES[name](world), actor=world.administrator, now=NOW)
    assert (told.appearing, told.disappearing, told.changing + told.relabelled) == (
        done.created, done.removed, done.changed,
    )  # fmt: skip
    assert sum(branch.appearing for branch in told.branches) == told.appearing
    assert sum(branch.disappearing for branch in told.branches) == told.disappearing
    assert sum(branch.changing for branch in told.branches) == told.changing


@pytest.mark.parametrize("name", CHANGES)
def test_the_preview_leaves_no_trace(name: str, world: World) -> None:
    before = everything()
    preview(CHANGES[name](world))
    assert everything() == before


def test_the_changes_are_not_all_empty(world: World) -> None:
    """The two tests above would pass on a preview that never sees anything."""
    seen = {name: astuple(preview(draft(world)))[1:5] for name, draft in CHANGES.items()}
    assert seen == {
        "more often, nationally": (0, 0, 3 * 3, 0),
        "shorter period in the committee": (2 * 2, 0, 2 * 1, 0),
        "not in use any more": (0, 3, 0, 0),
        "lifted for a branch": (0, 1, 0, 0),
        "a new rule": (2, 0, 0, 0),
        "only another basis": (0, 0, 0, 3 * 3),
        "beyond the ledger's end": (0, 0, 0, 0),
    }


def test_each_line_tells_now_and_then(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 7, 3))
    told = preview(next_version(national("theme_day"), JULY, minimum=2, grace_days=5))
    change = next(c for c in told.lines if c.bearer == world.branch.name and c.line.period_start == JULY)
    assert change.before is not None and change.after is not None
    assert (change.before.needed, change.before.counted, change.before.due_on) == (1, 1, date(2026, 7, 31))
    assert (change.after.needed, change.after.due_on) == (2, date(2026, 8, 5))


def test_groups_are_named_with_their_branch(world: World) -> None:
    told = preview(next_version(national("group"), JULY, is_active=False))
    assert {change.bearer for change in told.lines} == {
        f"{world.branch.name} · {group.name}" for group in world.groups
    }


def test_a_waived_line_stays(world: World) -> None:
    line = Obligation.objects.get(organization=world.branch, kind="lecture", period_start=JULY)
    line.waived_at, line.waived_by, line.waiver_reason = NOW, world.administrator, "防汛"
    line.save()
    assert preview(CHANGES["not in use any more"](world)).disappearing == 2


def test_all_are_counted_and_fifty_are_shown(world: World) -> None:
    for number in range(12):
        facts = {"name": f"新建第{number}党支部", "kind": "branch", "founded_on": date(2020, 1, 1)}
        branch = Organization.objects.add_child(Organization.objects.get(pk=world.committee.pk), facts)
        make_member(f"党员{number}", branch)
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 9, 30))
    told = preview(next_version(national("theme_day"), date(2026, 6, 1), minimum=2))
    assert (told.changing, len(told.lines), len(told.branches)) == (15 * 4, 50, 15)


def test_what_saving_would_refuse_the_preview_refuses(world: World) -> None:
    with pytest.raises(ValidationError):
        preview(next_version(national("theme_day"), date(2026, 7, 2), minimum=2))
    assert national("theme_day").version == 1


def test_the_number_of_queries_does_not_grow_with_the_branches(world: World) -> None:
    def cost(owner: Organization | None) -> int:
        with CaptureQueriesContext(connection) as captured:
            preview(next_version(national("theme_day"), JULY, minimum=2, owner=owner))
        return len(captured)

    assert cost(world.small_branch) == cost(world.committee)
