"""The ledger goes on from where it ends, keeps the years it was written for, and leaves closed ones alone."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from meetings.enums import OrganizationKind
from meetings.models import LedgerYear, Obligation, Organization
from meetings.services.obligations import SyncResult, generate_obligations, sync_obligations
from meetings.services.roster.organizations import (
    OrganizationFacts,
    correct_organization,
    found_organization,
    move_organization,
)
from meetings.services.roster.people import MemberFacts, add_member, turn_full
from meetings.services.rulebook.versions import put_in_force
from tests.meetings.roster_changes import NOW
from tests.meetings.rulebook import new_rule, override
from tests.world import World, make_member

pytestmark = pytest.mark.django_db
COLUMNS = (
    "organization", "group", "kind", "period_start", "period_end", "due_on", "needed", "counted",
    "requirement",
)  # fmt: skip
STOPS = [date(2025, 2, 3), date(2025, 8, 8), date(2025, 11, 30)]
JOINED = [date(2025, 4, 4), date(2026, 12, 31), date(2027, 1, 15)]
Rows = list[tuple[Any, ...]]


def rows() -> Rows:
    return sorted(Obligation.objects.values_list(*COLUMNS), key=str)


def years(organization: Organization) -> list[tuple[int, date]]:
    return list(LedgerYear.objects.filter(organization=organization).values_list("year", "through"))


def lines(organization: Organization, year: int) -> int:
    return Obligation.objects.filter(organization=organization, period_start__year=year).count()


def join(world: World, day: date) -> None:
    newcomer = MemberFacts(name="新人", joined_on=date(2012, 1, 1), full_member_on=date(2013, 1, 1))
    back = datetime(2027, 2, 1, 2, tzinfo=UTC)
    add_member(facts=newcomer, organization=world.branch, day=day, actor=world.administrator, now=back)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def keep_monthly(months: int, day: int) -> Rows:
    """The rows of a clock that came by every month from January 2025 on."""
    assert not Obligation.objects.exists()
    for month in range(months):
        generate_obligations(as_of=date(2025 + month // 12, month % 12 + 1, day))
    return rows()


@pytest.fixture(scope="module")
def never_stopped(world_of_module: World) -> tuple[Rows, SyncResult]:
    """A ledger kept all the time, whenever another clock stopped; and what is left to do for it."""
    with taken_back():
        return keep_monthly(23, day=20), generate_obligations(as_of=date(2026, 11, 20))


@pytest.fixture(scope="module")
def never_stopped_either(world_of_module: World) -> dict[date, Rows]:
    """The same with somebody who joined on one of these days."""
    kept = {}
    for day in JOINED:
        with taken_back():
            join(copy.deepcopy(world_of_module), day)
            Obligation.objects.all().delete()
            LedgerYear.objects.all().delete()
            kept[day] = keep_monthly(26, day=1)
    return kept


def test_a_ledger_notes_how_far_it_is_written(world: World) -> None:
    generate_obligations(as_of=date(2026, 11, 20))
    assert years(world.branch) == [(2026, date(2026, 12, 31)), (2027, date(2027, 3, 31))]


@pytest.mark.parametrize("stops", STOPS)
def test_after_a_year_in_which_the_clock_stood_still_the_rows_are_the_same(
    world: World, stops: date, never_stopped: tuple[Rows, SyncResult]
) -> None:
    generate_obligations(as_of=stops)
    generate_obligations(as_of=date(2026, 11, 20))
    on_time, again = never_stopped
    assert on_time == rows()
    assert again == SyncResult()


def test_two_years_later_as_well(world: World) -> None:
    generate_obligations(as_of=date(2024, 3, 1))
    generate_obligations(as_of=date(2026, 11, 20))
    assert [lines(world.branch, year) > 0 for year in (2023, 2024, 2025, 2026)] == [False, True, True, True]


@pytest.mark.parametrize("stops", STOPS)
@pytest.mark.parametrize("joined", JOINED)
def test_somebody_who_changes_the_roster_before_the_clock_is_back_leaves_no_gap(
    world: World, stops: date, joined: date, never_stopped_either: dict[date, Rows]
) -> None:
    generate_obligations(as_of=stops)
    join(world, joined)
    generate_obligations(as_of=date(2027, 2, 1))
    assert never_stopped_either[joined] == rows()


def test_nobody_is_told_of_a_past_nobody_kept(world: World) -> None:
    generate_obligations(as_of=date(2026, 11, 20))
    assert lines(world.branch, 2025) == 0
    sync_obligations(
        organizations=Organization.objects.filter(pk=world.branch.pk),
        first=date(2024, 1, 1), last=date(2024, 12, 31),
    )  # fmt: skip
    generate_obligations(as_of=date(2026, 11, 20))
    assert lines(world.branch, 2024) > 0
    assert lines(world.branch, 2025) == 0, "a year handed in later does not call up the one after it"
    assert lines(world.small_branch, 2024) == 0


def test_a_change_dated_back_follows_only_where_that_year_is_kept(world: World) -> None:
    generate_obligations(as_of=date(2026, 11, 20))
    sync_obligations(
        organizations=Organization.objects.filter(pk=world.small_branch.pk),
        first=date(2025, 1, 1), last=date(2025, 12, 31),
    )  # fmt: skip
    for branch in (world.small_branch, world.other_branch):
        seventh, *_rest = [make_member(f"党员{number}", branch, full=number > 0) for number in range(5)]
        turn_full(member=seventh, day=date(2025, 9, 9), actor=world.administrator, now=NOW)
    kept = Obligation.objects.filter(kind="committee", period_start__year=2025)
    assert [(line.organization, line.span.code) for line in kept.order_by("period_start")] == [
        (world.small_branch, f"2025-{month}") for month in (10, 11, 12)
    ]


def test_a_branch_founded_later_has_its_ledger_at_once(world: World) -> None:
    generate_obligations(as_of=date(2026, 11, 20))
    facts = OrganizationFacts(name="新支部", kind=OrganizationKind.BRANCH, founded_on=date(2026, 9, 1))
    new = found_organization(parent=world.committee, facts=facts, actor=world.administrator, now=NOW)
    assert years(new) == years(world.branch)
    assert generate_obligations(as_of=date(2026, 11, 20)) == SyncResult()


# --- closed years ----------------------------------------------------------------------------


def test_a_moved_branch_keeps_what_it_owed_where_it_was(world: World) -> None:
    override("theme_day", world.committee, date(2026, 1, 1), minimum=2)
    generate_obligations(as_of=date(2025, 11, 20))
    generate_obligations(as_of=date(2026, 11, 20))
    before = list(Obligation.objects.filter(period_start__year=2025).order_by("pk").values())
    override("lecture", world.other_committee, date(2026, 1, 1), minimum=3)
    generate_obligations(as_of=date(2026, 11, 20))
    move_organization(
        organization=world.branch, parent=world.other_committee, actor=world.administrator, now=NOW
    )
    assert list(Obligation.objects.filter(period_start__year=2025).order_by("pk").values()) == before
    this_year = Obligation.objects.filter(organization=world.branch, period_start__year=2026)
    assert {line.needed for line in this_year.filter(kind="theme_day")} == {1}
    assert {line.needed for line in this_year.filter(kind="lecture")} == {3}
    sync_obligations(first=date(2025, 1, 1), last=date(2026, 12, 31))
    assert list(Obligation.objects.filter(period_start__year=2025).order_by("pk").values()) == before
    call_command("reconcile", "--as-of", "2026-11-20")


def test_a_leading_body_flagged_today_says_nothing_about_last_year(world: World) -> None:
    put_in_force(
        rule=new_rule(code="democratic_life_local", kind="democratic_life", bearer="committee",
                      condition="has_leading_body", valid_from=date(2025, 1, 1)),
        actor=None, now=NOW,
    )  # fmt: skip
    generate_obligations(as_of=date(2025, 11, 20))
    generate_obligations(as_of=date(2026, 11, 20))
    correct_organization(
        organization=world.committee, changes={"has_leading_body": True}, actor=world.administrator, now=NOW
    )
    owed = Obligation.objects.filter(kind="democratic_life", organization=world.committee)
    assert [line.span.code for line in owed.order_by("period_start")] == ["2026", "2027"]
    call_command("reconcile", "--as-of", "2026-11-20")


def test_a_new_rule_cannot_reach_back_into_a_year_whose_ledger_is_kept(world: World) -> None:
    generate_obligations(as_of=date(2025, 11, 20))
    rule = new_rule(valid_from=date(2025, 1, 1))
    with pytest.raises(ValidationError) as refusal:
        put_in_force(rule=rule, actor=None, new_book=True, now=datetime(2026, 5, 11, tzinfo=UTC))
    assert refusal.value.message_dict["valid_from"] == ["规定最早可自2026年1月1日起变更，以前年度已经结清。"]


def test_without_such_a_ledger_it_may_bring_its_history(world: World) -> None:
    generate_obligations(as_of=date(2026, 5, 11))
    rule = new_rule(valid_from=date(2025, 1, 1))
    put_in_force(rule=rule, actor=None, new_book=True, now=datetime(2026, 5, 11, tzinfo=UTC))
    assert rule.pk
