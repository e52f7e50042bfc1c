"""`verify_audit` sees each kind of event that cannot be right."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.audit_check import check_audit
from branchlife.models import AuditEvent
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return build_world()


def write(world: World, minutes: int = 0, chain: str = "0001") -> AuditEvent:
    at = NOW + timedelta(minutes=minutes)
    return record_event(
        actor=world.secretary, action="plan.create", subject=world.branch, chain=chain, now=at
    )


def faults(now: datetime = NOW + timedelta(days=1)) -> list[str]:
    return [fault.sentence for fault in check_audit(now=now).faults]


def test_an_honest_trail_has_no_fault(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for minutes in (0, 0, 5):
        write(world, minutes)
    write(world, -60, chain="0002")  # another chain keeps its own time
    report = check_audit()
    assert (report.events, report.chains, report.faults) == (4, 2, [])
    call_command("verify_audit")
    assert capsys.readouterr().out == "4 events in 2 chains, 0 faults\n"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"action": ""}, "is not an action"),
        ({"action": "Plan Created"}, "is not an action"),
        ({"subject_type": "meetings.nothing"}, "is not a kind of thing"),
        ({"subject_type": "nonsense"}, "is not a kind of thing"),
        ({"subject_id": ""}, "names no subject"),
        ({"subject_label": ""}, "names no subject"),
        ({"difference": ["a"]}, "not a table"),
        ({"request_id": "12"}, "not the number of a request"),
        ({"at": NOW + timedelta(days=2)}, "in the future"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_malformed_event_is_named(world: World, change: dict[str, object], sentence: str, capsys) -> None:
    event = write(world)
    assert faults() == []
    AuditEvent.objects.filter(pk=event.pk).update(**change)
    (found,) = faults()
    assert sentence in found
    if "at" not in change:
        with pytest.raises(CommandError, match="1 events in 1 chains, 1 faults"):
            call_command("verify_audit")
        assert f"event {event.pk}: " in capsys.readouterr().err


def test_two_events_of_one_chain_stand_in_order(world: World) -> None:
    write(world, 10)
    write(world, 9)  # two requests that overlapped
    assert faults() == []
    write(world, 5)
    (found,) = faults()
    assert "older than the one before it" in found


def test_the_clock_may_be_a_little_ahead_of_us(world: World) -> None:
    record_event(
        actor=None, action="job.done", subject=world.branch, now=timezone.now() + timedelta(seconds=20)
    )
    assert check_audit().faults == []
