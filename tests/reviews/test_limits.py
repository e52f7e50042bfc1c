"""By when a plan, a record, a review is due: always by the rule in force, never by a number in the program."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from meetings.enums import DeadlineSubject, DeadlineUnit, MeetingState
from meetings.models import CalendarYear, Deadline, Meeting
from meetings.services.rulebook.limits import Limits
from meetings.services.rulebook.remembered import recall, remember
from meetings.services.rulebook.versions import put_in_force
from meetings.services.workdays import complete_year, toggle_day
from reviews.enums import Action, PlanState
from reviews.services.inbox import plans_to_review, wait_of
from reviews.services.workflow import perform
from tests.held import hold
from tests.meetings.rulebook import limit, next_version
from tests.reviews.pages import html_of, queries, task, tasks, words
from tests.reviews.planning import NOW, make_plan
from tests.reviews.recording import at
from tests.world import World

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
UNKNOWN_YEAR = "2027 年的放假安排尚未录入"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


def change(code: str, day: date, **says: object) -> Deadline:
    """Another version of a national time limit from a day on."""
    draft = next_version(limit(code), day, **says)
    return put_in_force(rule=draft, actor=None, now=datetime(2026, 1, 2, tzinfo=UTC))  # type: ignore[return-value]


def to_record(world: World, day: date, theme: str) -> Meeting:
    return hold(world.branch, "general", day, state=MeetingState.SCHEDULED, theme=theme)


def record_due(world: World, day: date) -> str:
    to_record(world, day, "一次会议")
    return task(world.secretary, "一次会议")


# --- records ---------------------------------------------------------------------------------


def test_a_record_is_due_by_the_rule_of_the_meetings_day(world: World) -> None:
    change("record", date(2026, 11, 1), amount=1)
    assert "11月23日前 会后 1 个工作日内" in record_due(world, date(2026, 11, 20))
    to_record(world, date(2026, 10, 30), "早些的会议")
    assert "11月4日前 会后 3 个工作日内" in task(world.secretary, "早些的会议"), "judged by the older version"


def test_public_holidays_and_swapped_days_are_counted_as_announced(world: World) -> None:
    """Seven days off from 1 October 2026; Saturday the 10th is a working day."""
    with at(datetime(2026, 10, 9, 2, tzinfo=UTC)):
        assert "10月10日前" in record_due(world, date(2026, 9, 30))


def test_the_nearest_organizations_limit_holds(world: World) -> None:
    local = next_version(limit("record"), date(2026, 11, 1), owner=world.branch, amount=2, unit="days")
    put_in_force(rule=local, actor=None, now=NOW)
    assert "11月22日前 会后 2 日内" in record_due(world, date(2026, 11, 20))


def test_without_a_limit_nothing_is_called_due(world: World) -> None:
    change("record", date(2026, 11, 1), is_active=False)
    found = record_due(world, date(2026, 11, 20))
    assert "待记录" in found
    assert "日前" not in found


# --- plans -----------------------------------------------------------------------------------


def test_a_plan_is_due_by_the_rule_of_the_quarters_first_day(world: World) -> None:
    change("quarter_plan", date(2026, 10, 1), amount=25, month=2)
    assert "待制定" in task(world.secretary, "第四季度"), "not late yet"
    assert "11月25日前 每季度第 2 个月 25 日前" in task(world.secretary, "第四季度")


def test_a_plan_counted_in_working_days(world: World) -> None:
    """The first five of the quarter; 1 to 7 October are off."""
    change("quarter_plan", date(2026, 10, 1), amount=5, unit=DeadlineUnit.WORKING_DAYS, month=None)
    assert "10月13日前" in task(world.secretary, "第四季度")


# --- reviews ---------------------------------------------------------------------------------


def test_a_reviewer_is_late_by_the_rule(world: World) -> None:
    make_plan(world, PlanState.SUBMITTED, now=NOW - timedelta(days=5))
    page = words(html_of(world.reviewer, "/review/"))
    assert "3个工作日 11月23日前" in page
    with at(NOW + timedelta(days=1)):
        assert wait_of(plans_to_review(world.reviewer)[0], Limits.read()).is_late
        assert 'class="tag tag-overdue"' in html_of(world.reviewer, "/review/").replace("  ", " ")


def test_a_shorter_limit_of_the_committee_makes_the_reviewer_late_earlier(world: World) -> None:
    local = next_version(limit("record_review"), date(2026, 11, 1), owner=world.committee, amount=1)
    put_in_force(rule=local, actor=None, now=NOW)
    meeting = hold(world.branch, "general", date(2026, 11, 16))
    Meeting.objects.filter(pk=meeting.pk).update(recorded_by=world.secretary)
    meeting.refresh_from_db()
    perform(meeting, Action.SUBMIT, actor=world.secretary, now=NOW - timedelta(days=4))
    for path in ("/", "/review/"):
        assert "2个工作日 11月20日前" in words(html_of(world.reviewer, path))


# --- the calendar ----------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "path"), [("secretary", "/"), ("reviewer", "/"), ("reviewer", "/review/")])
def test_a_year_without_a_calendar_is_said_openly(world: World, who: str, path: str) -> None:
    with at(datetime(2027, 1, 6, 2, tzinfo=UTC)):
        to_record(world, date(2027, 1, 4), "新年第一次会议")
        make_plan(world, PlanState.SUBMITTED, now=datetime(2027, 1, 4, 2, tzinfo=UTC))
        assert UNKNOWN_YEAR in html_of(getattr(world, who), path)
        CalendarYear.objects.create(year=2027, is_complete=True)
        assert UNKNOWN_YEAR not in html_of(getattr(world, who), path)


def test_what_is_not_counted_in_working_days_needs_no_calendar(db: None) -> None:
    limits = Limits.read()
    found = limits.limit(DeadlineSubject.QUARTER_PLAN, "", date(2030, 1, 1))
    assert (found and found.due_on, limits.warning) == (date(2030, 1, 5), "")


def test_what_is_remembered_is_forgotten_when_it_changes(world: World, django_assert_num_queries) -> None:
    def due() -> tuple[date, str]:
        limits = Limits.read()
        found = limits.limit(DeadlineSubject.RECORD, "", date(2026, 11, 20))
        assert found
        return found.due_on, limits.warning

    assert due() == (date(2026, 11, 25), "")
    with django_assert_num_queries(0):
        due()
    change("record", date(2026, 11, 1), amount=1)
    assert due() == (date(2026, 11, 23), "")
    toggle_day(day=date(2026, 11, 23), actor=world.administrator)
    assert due() == (date(2026, 11, 24), "")
    year = CalendarYear.objects.get(year=2026)
    complete_year(calendar_year=year, source="", is_complete=False, actor=world.administrator)
    assert "2026" in due()[1]


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    to_record(world, date(2026, 11, 20), "会议0")
    queries(world.secretary, "/")  # from now on the limits are remembered
    few = queries(world.secretary, "/")
    for number in (1, 2):
        to_record(world, date(2026, 11, 20), f"会议{number}")
    assert queries(world.secretary, "/") == few <= MOST_QUERIES
    assert len(tasks(world.secretary)) == 4


def test_a_day_that_is_kept_is_counted_by_the_table_not_by_what_is_remembered(world: World) -> None:
    """Another process changed the rule: this one still remembers the old one, and the desk has the new day."""
    change("plan_review", date(2026, 11, 1), amount=5)
    known = list(Deadline.objects.filter(code="plan_review", version=1)), Limits.read().calendar
    remember(known)
    plan = make_plan(world, PlanState.SUBMITTED)
    day = Limits.read().calendar.after(date(2026, 11, 23), 5)
    assert recall() == known
    assert plan.stays.open().get().due_on == day
