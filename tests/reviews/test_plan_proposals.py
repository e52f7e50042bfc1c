"""What a new plan is filled with: everything owed and not yet held or planned, on the usual days."""

from datetime import date, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import MeetingState
from meetings.models import Meeting, Obligation, Organization
from meetings.periods import Span, span_from_code
from meetings.services.obligations import generate_obligations
from meetings.workdays import WorkCalendar
from reviews.services.plans import ItemDraft, propose_items
from reviews.services.proposals import _working_days
from tests.held import hold
from tests.reviews.planning import Q1, Q4, TODAY
from tests.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = build_world()
    generate_obligations(as_of=TODAY)
    return world


def propose(branch: Organization, span: Span = Q1, as_of: date = TODAY) -> list[ItemDraft]:
    return propose_items(organization=branch, span=span, as_of=as_of)


def days(drafts: list[ItemDraft], kind: str, group: int | None = None) -> list[date]:
    return [d.day for d in drafts if d.kinds == (kind,) and (d.group.pk if d.group else None) == group]


def test_everything_owed_is_there_once(world: World) -> None:
    drafts = propose(world.branch)
    owed = Obligation.objects.filter(
        organization=world.branch, period_start__gte=Q1.start, period_end__lte=Q1.end
    )
    assert len(drafts) == owed.count() == 3 + 3 + 6 + 2
    for group in world.groups:
        assert [day.month for day in days(drafts, "group", group.pk)] == [1, 2, 3]
    assert [day.month for day in days(drafts, "committee")] == [1, 2, 3]
    assert len(days(drafts, "general")) == len(days(drafts, "lecture")) == 1


def test_a_small_branch_owes_neither_committee_nor_group_meetings(world: World) -> None:
    kinds = {kind for draft in propose(world.small_branch) for kind in draft.kinds}
    assert kinds == {"theme_day", "general", "lecture"}


def test_the_weekday_and_week_of_the_last_meeting(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 11, 13))  # the second Friday
    assert days(propose(world.branch), "theme_day") == [
        date(2027, 1, 8),
        date(2027, 2, 12),
        date(2027, 3, 12),
    ]


def test_a_fixed_day_of_the_month_is_kept(world: World) -> None:
    """The 10th of every month, whatever weekday it is; the 10th of January 2027 is a Sunday."""
    for month in range(5, 11):
        hold(world.branch, "theme_day", date(2026, month, 10))
    assert days(propose(world.branch), "theme_day") == [
        date(2027, 1, 11),
        date(2027, 2, 10),
        date(2027, 3, 10),
    ]


def test_a_fifth_week_that_a_month_lacks_becomes_the_fourth(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 10, 30))  # the fifth Friday
    assert days(propose(world.branch), "theme_day") == [
        date(2027, 1, 29),
        date(2027, 2, 26),
        date(2027, 3, 26),
    ]


def test_usual_hour_and_place(world: World) -> None:
    hold(world.branch, "committee", date(2026, 11, 3))
    Meeting.objects.update(starts=time(9, 30), place="205会议室")
    drafts = propose(world.branch)
    committee = [draft for draft in drafts if draft.kinds == ("committee",)]
    assert {(draft.starts, draft.place) for draft in committee} == {(time(9, 30), "205会议室")}
    assert {(draft.starts, draft.place) for draft in drafts if draft not in committee} == {(time(15), "")}


def test_each_group_has_a_habit_of_its_own(world: World) -> None:
    first, second = world.groups
    hold(world.branch, "group", date(2026, 11, 4), group=first)  # the first Wednesday
    hold(world.branch, "group", date(2026, 11, 17), group=second)  # the third Tuesday
    drafts = propose(world.branch)
    assert days(drafts, "group", first.pk)[1:] == [date(2027, 2, 3), date(2027, 3, 3)]
    assert days(drafts, "group", second.pk) == [date(2027, 1, 19), date(2027, 2, 16), date(2027, 3, 16)]


def test_a_quarterly_meeting_keeps_its_month_of_the_quarter(world: World) -> None:
    hold(world.branch, "general", date(2026, 9, 17))  # the last month of its quarter, third Thursday
    assert days(propose(world.branch), "general") == [date(2027, 3, 18)]


def test_a_weekend_habit_moves_to_a_working_day(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 11, 14))  # a Saturday
    assert all(day.weekday() == 4 for day in days(propose(world.branch), "theme_day"))


def test_what_is_held_or_on_the_calendar_is_not_proposed_again(world: World) -> None:
    hold(world.branch, "theme_day", date(2026, 12, 2), state=MeetingState.SCHEDULED)
    hold(world.branch, "general", date(2026, 10, 14))
    hold(world.branch, "committee", date(2026, 12, 3), state=MeetingState.CANCELLED)
    drafts = propose(world.branch, Q4)
    assert [day.month for day in days(drafts, "theme_day")] == [11]
    assert days(drafts, "general") == []
    assert [day.month for day in days(drafts, "committee")] == [11, 12]


def test_what_must_be_held_again_stands_on_the_calendar_already(world: World) -> None:
    hold(world.branch, "general", date(2026, 10, 14), state=MeetingState.HOLD_AGAIN)
    assert days(propose(world.branch, Q4), "general") == []


def test_two_owed_and_one_planned_leaves_one(world: World) -> None:
    """January's meeting lies in a month, a quarter and a year that begin on the same day: it counts once."""
    Obligation.objects.filter(kind="theme_day", period_start=date(2027, 1, 1)).update(needed=2)
    hold(world.branch, "theme_day", date(2027, 1, 8), state=MeetingState.SCHEDULED)
    january = [day for day in days(propose(world.branch), "theme_day") if day.month == 1]
    assert len(january) == 1
    assert january != [date(2027, 1, 8)]


def test_a_yearly_meeting_is_proposed_in_the_last_plan_that_can_hold_it(world: World) -> None:
    third = propose(world.branch, span_from_code("2026Q3"), as_of=date(2026, 7, 1))
    assert not days(third, "organizational_life")
    assert len(days(propose(world.branch, Q4), "organizational_life")) == 1


def test_a_waived_line_is_not_proposed(world: World) -> None:
    Obligation.objects.filter(kind="lecture", organization=world.branch).update(
        waived_at="2026-11-01T00:00Z", waived_by=world.administrator, waiver_reason="并入上级党课"
    )
    assert days(propose(world.branch), "lecture") == []


def test_another_branch_lends_no_habit(world: World) -> None:
    hold(world.small_branch, "theme_day", date(2026, 11, 6))
    before = days(propose(world.branch), "theme_day")
    Meeting.objects.all().delete()
    assert days(propose(world.branch), "theme_day") == before


def test_two_meetings_of_the_same_people_do_not_meet(world: World) -> None:
    """Theme day and lecture were held on one afternoon; one event for both is not assumed."""
    hold(world.branch, "theme_day", date(2026, 11, 13))
    hold(world.branch, "lecture", date(2026, 11, 13))
    drafts = propose(world.branch)
    places = [(draft.day, draft.starts, draft.group) for draft in drafts]
    assert len(places) == len(set(places))
    assert all(len(draft.kinds) == 1 for draft in drafts)


@pytest.mark.parametrize("as_of", [TODAY + timedelta(days=number) for number in range(0, 38, 3)])
def test_never_a_weekend_nor_a_day_that_has_passed(world: World, as_of: date) -> None:
    hold(world.branch, "theme_day", date(2026, 11, 7))
    hold(world.branch, "group", date(2026, 10, 1), group=world.groups[0])
    for draft in propose(world.branch, Q4, as_of):
        assert draft.day.weekday() < 5
        assert as_of <= draft.day <= Q4.end


def test_nothing_is_proposed_for_a_day_that_does_not_exist(world: World) -> None:
    """On Saturday the 31st of October the month has no working day left; what is owed stays in the ledger."""
    drafts = propose(world.branch, span_from_code("2026-10"), as_of=date(2026, 10, 31))
    assert drafts == []


def test_today_only_where_no_other_day_is_left(world: World) -> None:
    last = propose(world.branch, span_from_code("2026-11"), as_of=date(2026, 11, 30))
    assert {draft.day for draft in last} == {date(2026, 11, 30)}
    assert date(2026, 11, 27) not in {draft.day for draft in propose(world.branch, Q4, date(2026, 11, 27))}


def test_themes_are_in_the_language_of_the_site(world: World) -> None:
    with translation.override("en"):
        themes = {draft.theme for draft in propose(world.branch)}
    assert {"1月主题党日", "3月党小组会", "第一季度党课"} <= themes
    assert "2026年度组织生活会" in {draft.theme for draft in propose(world.branch, Q4)}


@given(first=st.dates(date(2020, 1, 1), date(2035, 1, 1)), length=st.integers(0, 100))
def test_working_days_are_working_days(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = _working_days(first, last, WorkCalendar())
    assert list(found) == sorted(set(found))
    assert all(first <= day <= last and day.weekday() < 5 for day in found)
    assert not {(1, 1), (5, 1), (10, 1)} & {(day.month, day.day) for day in found}


def test_swapped_days_are_kept_where_the_years_list_is_known() -> None:
    """National Day of 2026: off until Wednesday the 7th, while Saturday the 10th is worked."""
    moved = {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}
    known = WorkCalendar(moved, frozenset({2026}))
    first, last = date(2026, 10, 1), date(2026, 10, 11)
    assert [day.day for day in _working_days(first, last, known)] == [8, 9, 10]
    assert [day.day for day in _working_days(first, last, WorkCalendar())] == [5, 6, 7, 8, 9]
