"""What discharges an obligation, and that the counters always equal the records."""

from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.enums import ACCEPTED_STATES, DISCHARGING, MeetingState
from meetings.models import Meeting, MeetingPart, Obligation
from meetings.services.discharge import count_meetings_for, drift
from meetings.services.obligations import generate_obligations, recount
from meetings.services.record import MeetingFacts, schedule_meeting, write_record
from reviews.enums import Action, FindingReason
from reviews.services.records import log_meeting
from reviews.services.workflow import FindingDraft, StaleState, perform
from tests.held import hold
from tests.world import World, build_world

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    world = build_world()
    generate_obligations(as_of=AS_OF)
    return world


def line(world: World, kind: str, start: date, group: int | None = None) -> Obligation:
    return Obligation.objects.get(
        organization=world.branch,
        kind=kind,
        period_start=start,
        group=None if group is None else world.groups[group],
    )


def test_a_meeting_counts_in_the_period_of_its_day(world: World) -> None:
    hold(world.branch, "general", date(2026, 3, 31))
    assert [line(world, "general", date(2026, month, 1)).counted for month in (1, 4)] == [1, 0]


def test_one_event_of_two_kinds_discharges_both(world: World) -> None:
    hold(world.branch, ["theme_day", "lecture"], date(2026, 5, 8))
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 1
    assert line(world, "lecture", date(2026, 4, 1)).counted == 1
    assert line(world, "general", date(2026, 4, 1)).counted == 0


def test_a_group_meeting_counts_for_its_own_group_only(world: World) -> None:
    hold(world.branch, "group", date(2026, 5, 8), group=world.groups[1])
    assert [line(world, "group", date(2026, 5, 1), index).counted for index in (0, 1)] == [0, 1]


def test_a_group_cannot_hold_the_branch_meeting(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 5, 8), group=world.groups[1])
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 0


def test_a_meeting_of_another_branch_counts_there(world: World) -> None:
    hold(world.other_branch, "theme_day", date(2026, 5, 8))
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 0
    assert Obligation.objects.get(counted=1).organization == world.other_branch


def test_last_years_appraisal_held_in_january_counts_for_last_year(world: World) -> None:
    hold(world.branch, "appraisal", date(2026, 1, 20), counts_for=date(2025, 12, 31))
    assert line(world, "appraisal", date(2026, 1, 1)).counted == 0
    hold(world.branch, "appraisal", date(2027, 1, 20), counts_for=date(2026, 12, 31))
    assert line(world, "appraisal", date(2026, 1, 1)).counted == 1
    assert line(world, "appraisal", date(2027, 1, 1)).counted == 0


@pytest.mark.parametrize("state", MeetingState.values)
def test_only_what_took_place_discharges(world: World, state: str) -> None:
    hold(world.branch, "theme_day", date(2026, 5, 8), state=state)
    counted = {"held", "submitted", "returned", "accepted", "archived"}
    found = line(world, "theme_day", date(2026, 5, 1))
    assert (found.counted, found.accepted) == (state in counted, state in {"accepted", "archived"})


def facts(day: date, *kinds: str) -> MeetingFacts:
    return MeetingFacts(kinds=kinds or ("theme_day",), theme="学习", day=day, starts=time(15))


def test_cancelling_and_holding_again_through_the_services(world: World) -> None:
    meeting = schedule_meeting(
        organization=world.branch, facts=facts(date(2026, 5, 8)), actor=world.secretary, now=NOW
    )
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 0
    log_meeting(
        meeting=meeting, version=meeting.version, facts=facts(date(2026, 5, 8)), deviations={},
        actor=world.secretary, now=NOW,
    )  # fmt: skip
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 1
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.SUBMITTED)
    meeting.refresh_from_db()
    wrong = FindingDraft(reason=FindingReason.UNTRUE, field="content", sentence="与照片不符")
    perform(meeting, Action.HOLD_AGAIN, actor=world.reviewer, findings=[wrong], now=NOW)
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 0
    log_meeting(
        meeting=meeting, version=meeting.version, facts=facts(date(2026, 12, 2)), deviations={},
        actor=world.secretary, now=NOW + timedelta(days=10),
    )  # fmt: skip
    assert [line(world, "theme_day", date(2026, month, 1)).counted for month in (5, 12)] == [0, 1]


def test_a_corrected_day_moves_the_count_to_the_other_period(world: World) -> None:
    meeting = hold(world.branch, "theme_day", date(2026, 5, 8))
    write_record(
        meeting=meeting, facts=facts(date(2026, 4, 8)), deviations={}, actor=world.secretary, now=NOW
    )
    assert [line(world, "theme_day", date(2026, month, 1)).counted for month in (4, 5)] == [1, 0]


def test_a_corrected_kind_moves_the_count_to_the_other_kind(world: World) -> None:
    meeting = hold(world.branch, ["theme_day", "lecture"], date(2026, 5, 8))
    write_record(
        meeting=meeting,
        facts=facts(date(2026, 5, 8), "general"),
        deviations={},
        actor=world.secretary,
        now=NOW,
    )
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 0
    assert line(world, "lecture", date(2026, 4, 1)).counted == 0
    assert line(world, "general", date(2026, 4, 1)).counted == 1


def test_looking_back_counts_what_was_held_by_that_day(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 5, 8))
    hold(world.branch, "theme_day", date(2026, 5, 20), state=MeetingState.ACCEPTED)
    found = line(world, "theme_day", date(2026, 5, 1))
    by_day = {
        day: count_meetings_for([found], held_by=date(2026, 5, day))[found.pk] for day in (7, 8, 19, 20)
    }
    assert by_day == {7: (0, 0), 8: (1, 0), 19: (1, 0), 20: (2, 1)}


def test_counting_no_lines_asks_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert count_meetings_for([]) == {}


def test_a_wrong_counter_is_found_and_mended(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 5, 8))
    Obligation.objects.filter(counted=1).update(counted=4)
    assert [(wrong.line.counted, wrong.counted) for wrong in drift(Obligation.objects.all())] == [(4, 1)]
    assert recount(Obligation.objects.all()) == 1
    assert drift(Obligation.objects.all()) == []


# --- commands --------------------------------------------------------------------------------


def test_generate_obligations_prints_what_it_did(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    Obligation.objects.all().delete()
    call_command("generate_obligations", "--as-of", "2026-11-23")
    assert capsys.readouterr().out.startswith(f"{Obligation.objects.count()} added, 0 changed, 0 removed")
    call_command("generate_obligations", "--as-of", "2026-11-23")
    assert capsys.readouterr().out == "0 added, 0 changed, 0 removed, 0 recounted\n"


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "", "9999-12-31", "0001-01-01", "２０２６-11-23x"])
def test_a_bad_day_is_refused_in_one_line(day: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("generate_obligations", "--as-of", day)
    assert "\n" not in str(refusal.value)


# --- properties ------------------------------------------------------------------------------

DAY = st.dates(date(2026, 1, 1), AS_OF)
KINDS = st.lists(
    st.sampled_from(["general", "theme_day", "lecture", "committee"]), min_size=1, max_size=2, unique=True
)
CHANGE = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 3), DAY, KINDS),
    st.tuples(st.just("submit"), st.integers(0, 3)),
    st.tuples(st.just("accept"), st.integers(0, 3)),
    st.tuples(st.just("return"), st.integers(0, 3)),
    st.tuples(st.just("hold_again"), st.integers(0, 3)),
    st.tuples(st.just("generate"), st.just(0)),
)


def brute_force(found: Obligation) -> tuple[int, int]:
    """Counted one by one, without any of the code under test."""
    parts = [
        part
        for part in MeetingPart.objects.select_related("meeting")
        if part.kind == found.kind
        and found.period_start <= part.counts_for <= found.period_end
        and part.meeting.organization_id == found.organization_id
        and part.meeting.group_id == found.group_id
        and part.meeting.state in DISCHARGING
    ]
    return len(parts), sum(part.meeting.state in ACCEPTED_STATES for part in parts)


def change(world: World, meetings: list[Meeting], step: tuple) -> None:
    """One step through the services; those that are not allowed now are refused and change nothing."""
    meeting = meetings[step[1]]
    finding = [FindingDraft(reason=FindingReason.UNCLEAR, field="content", sentence="过程不清")]
    try:
        with transaction.atomic():
            match step[0]:
                case "write":
                    log_meeting(
                        meeting=meeting, version=meeting.version, facts=facts(step[2], *step[3]),
                        deviations={}, actor=world.secretary, now=NOW,
                    )  # fmt: skip
                case "generate":
                    generate_obligations(as_of=AS_OF)
                case "submit":
                    perform(meeting, Action.SUBMIT, actor=world.secretary, now=NOW)
                case "accept":
                    perform(meeting, Action.ACCEPT, actor=world.reviewer, now=NOW)
                case action:
                    perform(meeting, Action(action), actor=world.reviewer, findings=finding, now=NOW)
    except (StaleState, PermissionDenied, ValidationError):
        pass
    meeting.refresh_from_db()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(CHANGE, max_size=12))
def test_after_any_changes_the_ledger_equals_a_brute_force_count(world: World, steps: list[tuple]) -> None:
    with transaction.atomic():
        meetings = [
            schedule_meeting(
                organization=world.branch, facts=facts(date(2026, 5, 8)), actor=world.secretary, now=NOW
            )
            for _ in range(4)
        ]
        for step in steps:
            change(world, meetings, step)
        ledger = list(Obligation.objects.filter(organization=world.branch, group=None))
        assert {(each.pk, each.counted, each.accepted) for each in ledger} == {
            (each.pk, *brute_force(each)) for each in ledger
        }
        transaction.set_rollback(True)


# --- at the same moment ----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_meetings_recorded_at_the_same_moment_are_all_counted() -> None:
    world = build_world()
    generate_obligations(as_of=AS_OF)
    barrier = Barrier(6)

    def record(day: int) -> None:
        barrier.wait(timeout=30)
        with transaction.atomic():
            hold(world.branch, "theme_day", date(2026, 5, day))
        connection.close()

    threads = [Thread(target=record, args=(day,)) for day in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert line(world, "theme_day", date(2026, 5, 1)).counted == 6
