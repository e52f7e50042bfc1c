"""``reconcile`` finds every sort of drift, names it, and mends it; an honest ledger has none."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from meetings.models import LedgerYear, Meeting, MeetingPart, Obligation, Requirement
from meetings.services.obligations import generate_obligations
from meetings.services.reconcile import Fault, reconcile
from tests.held import hold, hold_monthly
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def world_of_module(module_database: None) -> World:
    """Two years kept, some meetings held."""
    world = build_world()
    generate_obligations(as_of=date(2025, 11, 20))
    generate_obligations(as_of=AS_OF)
    hold_monthly(world.branch, "theme_day", 2026, range(1, 10))
    hold(world.branch, "appraisal", date(2026, 1, 20), counts_for=date(2025, 12, 31))
    return world


def line(world: World, kind: str = "theme_day", start: date = date(2026, 5, 1)) -> Obligation:
    return Obligation.objects.get(organization=world.branch, kind=kind, period_start=start, group=None)


def snapshot() -> list[dict[str, Any]]:
    rows = Obligation.objects.values()
    return sorted(({k: v for k, v in row.items() if k != "id"} for row in rows), key=str)


def faults() -> list[tuple[str, str, str]]:
    found = reconcile(as_of=AS_OF).differences
    return sorted((str(each.fault), each.line.kind, each.line.span.code) for each in found)


def copy_of(found: Obligation, **changes: Any) -> Obligation:
    found.pk, found._state.adding = None, True
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def plant_missing(world: World) -> None:
    line(world).delete()


def plant_missing_in_a_closed_year(world: World) -> None:
    line(world, start=date(2025, 5, 1)).delete()


def plant_stale(world: World) -> None:
    copy_of(line(world), organization=world.committee).save()


def plant_stale_before_the_first_year(world: World) -> None:
    copy_of(
        line(world), period_start=date(2019, 5, 1), period_end=date(2019, 5, 31), due_on=date(2019, 5, 31)
    ).save()


def plant_wrong_counter(world: World) -> None:
    Obligation.objects.filter(pk=line(world).pk).update(counted=4, accepted=2)


def plant_meeting_behind_the_back(world: World) -> None:
    meeting = Meeting.objects.create(
        organization=world.branch,
        theme="补录",
        day=date(2026, 10, 9),
        state="held",
        recorded_at=timezone.now(),
    )
    MeetingPart.objects.create(meeting=meeting, kind="theme_day", counts_for=date(2026, 10, 9))


def plant_changed_line(world: World) -> None:
    Obligation.objects.filter(pk=line(world).pk).update(needed=2, due_on=date(2026, 6, 5))


def plant_changed_rule(world: World) -> None:
    Requirement.objects.filter(code="appraisal").update(minimum=2)


def plant_lifted_rule(world: World) -> None:
    Requirement.objects.filter(code="organizational_life").update(is_active=False)


BRANCHES = 3
PLANTED = [
    (plant_missing, [("missing", "theme_day", "2026-05")]),
    (plant_missing_in_a_closed_year, [("missing", "theme_day", "2025-05")]),
    (plant_stale, [("count", "theme_day", "2026-05"), ("stale", "theme_day", "2026-05")]),
    (plant_stale_before_the_first_year, [("count", "theme_day", "2019-05"), ("stale", "theme_day", "2019-05")]),
    (plant_wrong_counter, [("count", "theme_day", "2026-05")]),
    (plant_meeting_behind_the_back, [("count", "theme_day", "2026-10")]),
    (plant_changed_line, [("changed", "theme_day", "2026-05")]),
    (plant_changed_rule, sorted([("changed", "appraisal", year) for year in ("2025", "2026", "2027")] * BRANCHES)),
    (
        plant_lifted_rule,
        sorted([("stale", "organizational_life", year) for year in ("2025", "2026", "2027")] * BRANCHES),
    ),
]  # fmt: skip


def test_an_honest_ledger_has_no_drift(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults() == []
    call_command("reconcile", "--as-of", "2026-11-20")
    assert capsys.readouterr().out == f"0 of {Obligation.objects.count()} ledger lines differ.\n"


@pytest.mark.parametrize(("plant", "expected"), PLANTED, ids=[plant.__name__[6:] for plant, _ in PLANTED])
def test_planted_drift_is_found_and_mended(world: World, plant: Any, expected: list[Any]) -> None:
    before = snapshot()
    plant(world)
    assert faults() == expected
    with pytest.raises(CommandError, match=rf"{len(expected)} ledger lines? differs?"):
        call_command("reconcile", "--as-of", "2026-11-20")
    assert faults() == expected, "looking mends nothing"
    call_command("reconcile", "--as-of", "2026-11-20", "--repair")
    assert faults() == []
    if plant in (plant_missing, plant_missing_in_a_closed_year, plant_wrong_counter, plant_changed_line):
        assert snapshot() == before


def test_all_of_them_at_once(world: World) -> None:
    for plant, _expected in reversed(PLANTED):
        plant(world)
    found = reconcile(as_of=AS_OF, repair=True)
    assert set(found.counts) == set(Fault)
    assert faults() == []


def test_the_report_is_for_people_and_for_programs(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    plant_wrong_counter(world)
    plant_missing_in_a_closed_year(world)
    with pytest.raises(CommandError):
        call_command("reconcile", "--as-of", "2026-11-20", "--format", "json")
    report = json.loads(capsys.readouterr().out)
    assert (report["drift"], report["behind"], report["repaired"]) == (2, 0, False)
    assert report["differences"][1] == {
        "fault": "count", "organization": "办公室党支部", "group": "", "kind": "theme_day", "period": "2026-05",
        "stored": {"counted": 4, "accepted": 2}, "right": {"counted": 1, "accepted": 0},
    }  # fmt: skip
    call_command("reconcile", "--as-of", "2026-11-20", "--repair")
    out = capsys.readouterr().out
    assert "办公室党支部 2025-05 主题党日: missing, 1 owed by 2025-05-31" in out
    assert "办公室党支部 2026-05 主题党日: counted 4, should be 1; accepted 2, should be 0" in out
    assert "ledger lines differ (1 missing, 1 count); repaired." in out


def test_the_exit_code_is_one_while_something_differs(world: World) -> None:
    plant_missing(world)
    with pytest.raises(CommandError) as refusal:
        call_command("reconcile", "--as-of", "2026-11-20")
    assert refusal.value.returncode == 1
    call_command("reconcile", "--as-of", "2026-11-20", "--repair", "--format", "json")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(CommandError, match="neither table nor json"):
        call_command("reconcile", "--format", "xml")


def test_a_waived_line_that_is_no_longer_owed_is_no_drift(world: World) -> None:
    stale = copy_of(line(world), organization=world.committee, counted=0)
    stale.waived_at, stale.waived_by, stale.waiver_reason = timezone.now(), world.administrator, "机构调整"
    stale.save()
    assert faults() == []


def test_a_ledger_the_clock_has_left_behind_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    LedgerYear.objects.filter(organization=world.branch).update(through=date(2026, 6, 30))
    LedgerYear.objects.filter(organization=world.branch, year=2027).delete()
    call_command("reconcile", "--as-of", "2026-11-20")
    assert "1 of 5 ledgers do not reach 2026-11-20 yet: run generate_obligations." in capsys.readouterr().out


def test_reconciling_asks_by_batch_and_not_by_line(world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(30):
        reconcile(as_of=AS_OF)
