"""Cells, rates and rows: the conditions of the queries say what the model says of a single line."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import MeetingState
from meetings.models import Attendance, Meeting, MeetingPart, Obligation, Post
from meetings.rates import percent
from meetings.services.obligations import sync_obligations
from reviews.compliance.branches import (
    Presence,
    attendance_by_branch,
    branch_years,
    ledger_years,
    months_of_all,
)
from reviews.compliance.lines import group_place, match, meetings_behind, state_of, year_rows
from reviews.compliance.tally import Tally, conditions, tally_columns, total
from tests.held import attended, hold, hold_monthly
from tests.world import World, build_world

AS_OF = date(2026, 11, 23)


@pytest.fixture
def world() -> World:
    world = build_world()
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    return world


def ledger(world: World) -> object:
    return Obligation.objects.filter(organization=world.branch)


# --- tallies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "—"),
        (0, 3, "0.0%"),
        (3, 3, "100.0%"),
        (2999, 3000, "99.9%"),
        (338, 366, "92.3%"),
        (1, 3, "33.3%"),
    ],
)
def test_a_rate_is_never_rounded_up(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_the_worst_that_is_true_names_the_cell() -> None:
    assert Tally(met=3, overdue=1, open=1).state == "overdue"
    assert Tally(met=3, open=1, waiting=2).state == "open"
    assert Tally(met=3, waiting=1).state == "waiting"
    assert Tally(met=3, upcoming=1).state == "met"
    assert Tally(upcoming=1, waived=1).state == "upcoming"
    assert Tally(waived=1).state == "waived"
    assert Tally().state == "none"


def test_what_was_waived_or_has_not_begun_is_not_owed() -> None:
    tally = Tally(met=3, waiting=2, overdue=1, open=2, waived=4, upcoming=5)
    assert (tally.owed, tally.rate) == (6, "50.0%")
    assert total([tally, Tally(met=1)]) == Tally(4, 2, 1, 2, 4, 5)


@pytest.mark.django_db
def test_the_conditions_of_a_query_agree_with_the_status_of_a_line(world: World) -> None:
    """Every line of a year, in every combination of counters and waiver, on the days around its edges."""
    lines = list(ledger(world).filter(kind__in=["general", "theme_day"]))
    for number, line in enumerate(lines):
        line.needed, line.counted, line.accepted = 1 + number % 2, number % 4, number % 3
        if number % 5 == 0:
            line.waived_at, line.waived_by, line.waiver_reason = timezone.now(), world.administrator, "因故"
        line.due_on += timedelta(days=number % 3)
        line.save()
    edges = {edge for line in lines for edge in (line.period_start, line.period_end, line.due_on)}
    for as_of in sorted({edge + timedelta(days=shift) for edge in edges for shift in (-1, 0, 1)}):
        begun = [line for line in lines if line.period_start <= as_of]
        expected = {
            "upcoming": {line.pk for line in lines if line not in begun},
            "met": {line.pk for line in begun if state_of(line, as_of) in ("met", "waiting")},
        } | {
            state: {line.pk for line in begun if state_of(line, as_of) == state}
            for state in ("waiting", "overdue", "open", "waived")
        }
        chosen = Obligation.objects.filter(pk__in=[line.pk for line in lines])
        found = {
            state: set(chosen.filter(condition).values_list("pk", flat=True))
            for state, condition in conditions(as_of).items()
        }
        assert found == expected, as_of
        sums = chosen.aggregate(**tally_columns(as_of))
        assert sums == {state: len(pks) for state, pks in expected.items()}


# --- branches --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_cells_stand_in_the_month_things_fall_due(world: World) -> None:
    hold_monthly(world.branch, "theme_day", 2026, range(1, 11), state=MeetingState.ACCEPTED)
    hold(world.branch, "theme_day", date(2026, 11, 3))
    hold(world.branch, "general", date(2026, 2, 3), state=MeetingState.ACCEPTED)
    lines = ledger(world).filter(kind__in=["theme_day", "general", "appraisal"])
    months = branch_years(lines, AS_OF)[world.branch.pk].months
    assert months[1] == Tally(met=1)
    assert months[3] == Tally(met=2)  # the month's theme day and the quarter's general meeting
    assert months[6] == Tally(met=1, overdue=1)
    assert months[11] == Tally(met=1, waiting=1)
    assert months[12] == Tally(open=2, upcoming=1)  # general meeting and appraisal run; December does not yet


@pytest.mark.django_db
def test_the_trend_adds_up_all_branches(world: World) -> None:
    hold(world.small_branch, "theme_day", date(2026, 1, 3))
    within = Obligation.objects.filter(organization__path__startswith=world.committee.path, kind="theme_day")
    assert months_of_all(branch_years(within, AS_OF))[1] == Tally(met=1, waiting=1, overdue=1)


@pytest.mark.django_db
def test_attendance_of_one_kind_only(world: World) -> None:
    attended(hold(world.branch, ["theme_day", "lecture"], date(2026, 3, 5)), world.members[0])
    attended(hold(world.branch, "general", date(2026, 3, 6)))
    found = {
        kind: attendance_by_branch(Attendance.objects.all(), year=2026, as_of=AS_OF, kind=kind)
        for kind in ("", "lecture", "committee")
    }
    assert found[""] == {world.branch.pk: Presence(18, 17)}
    assert found["lecture"] == {world.branch.pk: Presence(9, 8)}
    assert found["committee"] == {}


@pytest.mark.django_db
def test_at_a_committees_meeting_only_the_committee_was_due(world: World) -> None:
    """Also where it was one event with a theme day, to which all were due; posts count that were held that day."""
    sitting = [post.member for post in Post.objects.filter(organization=world.branch)]
    assert 1 < len(sitting) < 9
    others = [member for member in world.members if member not in sitting]
    attended(hold(world.branch, ["committee", "theme_day"], date(2026, 3, 5)), sitting[0], *others)
    attended(hold(world.branch, "committee", date(2026, 4, 5)))
    Post.objects.filter(member=sitting[1]).update(end_on=date(2026, 3, 5))

    def of(kind: str) -> Presence:
        every = Attendance.objects.all()
        return attendance_by_branch(every, year=2026, as_of=AS_OF, kind=kind)[world.branch.pk]

    due = len(sitting)
    assert of("theme_day") == Presence(9, due - 1)
    assert of("committee") == Presence(due + due, due - 1 + due)


@pytest.mark.django_db
def test_the_years_of_the_ledger(world: World) -> None:
    assert ledger_years(Obligation.objects.all(), AS_OF) == [2026]
    sync_obligations(first=date(2027, 1, 1), last=date(2027, 3, 31))
    assert ledger_years(Obligation.objects.all(), date(2025, 3, 1)) == [2027, 2026, 2025]
    assert ledger_years(Obligation.objects.none(), AS_OF) == [2026]


# --- lines -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_meetings_stand_behind_the_line_they_discharge(world: World) -> None:
    own = hold(world.branch, ["theme_day", "lecture"], date(2026, 5, 8))
    hold(world.branch, "theme_day", date(2026, 6, 8), state=MeetingState.CANCELLED)
    hold(world.other_branch, "theme_day", date(2026, 5, 9))
    of_group = hold(world.branch, "group", date(2026, 5, 10), group=world.groups[1])
    lines = list(Obligation.objects.filter(organization=world.branch))
    behind = meetings_behind(lines, Meeting.objects.all())
    found = {(line.kind, line.group_id, line.span.code): behind[line.pk] for line in lines if behind[line.pk]}
    assert found == {
        ("theme_day", None, "2026-05"): [own],
        ("lecture", None, "2026Q2"): [own],
        ("group", world.groups[1].pk, "2026-05"): [of_group],
    }
    assert meetings_behind([], Meeting.objects.all()) == {}


@pytest.mark.django_db
def test_a_scheduled_meeting_matches_the_line_it_is_meant_for(world: World) -> None:
    meeting = hold(world.branch, "theme_day", date(2026, 11, 27), state=MeetingState.SCHEDULED)
    lines = list(ledger(world).filter(kind="theme_day"))
    parts = list(MeetingPart.objects.with_company().select_related("meeting"))
    found = [line.span.code for line in lines if match(lines, parts)[line.pk] == [meeting]]
    assert found == ["2026-11"]


def rows_of(world: World) -> list[tuple[str, str, list[tuple[int, int, str]]]]:
    lines = ledger(world).select_related("requirement", "group")
    return [
        (
            row.kind,
            row.group,
            [(cell.first_month, cell.months, cell.line.span.code if cell.line else "") for cell in row.cells],
        )
        for row in year_rows(lines)
    ]


@pytest.mark.django_db
def test_the_year_of_a_branch_has_a_row_for_every_kind_and_group(world: World) -> None:
    rows = rows_of(world)
    assert [(kind, group) for kind, group, _cells in rows] == [
        ("general", ""), ("committee", ""), ("group", "第一党小组"), ("group", "第二党小组"), ("lecture", ""),
        ("theme_day", ""), ("organizational_life", ""), ("appraisal", ""),
    ]  # fmt: skip
    assert rows[0][2] == [(1, 3, "2026Q1"), (4, 3, "2026Q2"), (7, 3, "2026Q3"), (10, 3, "2026Q4")]
    assert rows[-1][2] == [(1, 12, "2026")]
    assert all(sum(months for _first, months, _code in cells) == 12 for _kind, _group, cells in rows)


@pytest.mark.django_db
def test_months_nothing_was_owed_for_are_filled_in(world: World) -> None:
    ledger(world).filter(kind="theme_day", period_start__month__in=[1, 2, 7]).delete()
    ledger(world).filter(kind="general", period_start__month__in=[1, 10]).delete()
    rows = {kind: cells for kind, _group, cells in rows_of(world)}
    assert [first for first, _months, code in rows["theme_day"] if not code] == [1, 2, 7]
    assert rows["general"][:4] == [(1, 1, ""), (2, 1, ""), (3, 1, ""), (4, 3, "2026Q2")]
    assert rows["general"][-3:] == [(10, 1, ""), (11, 1, ""), (12, 1, "")]


def test_groups_stand_in_the_order_people_count() -> None:
    names = ["机动小组", "第十二党小组", "第三党小组", "第十党小组", "第一党小组", "第二党小组"]
    assert sorted(names, key=group_place) == [
        "第一党小组", "第二党小组", "第三党小组", "第十党小组", "第十二党小组", "机动小组",
    ]  # fmt: skip


@given(st.lists(st.builds(Tally, *[st.integers(0, 50)] * 6)))
def test_tallies_add_up(tallies: list[Tally]) -> None:
    found = total(tallies)
    assert found.owed == sum(tally.owed for tally in tallies)
    assert found.met == sum(tally.met for tally in tallies)
