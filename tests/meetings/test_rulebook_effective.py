"""Which rule holds where and when, and the ledger that follows from national rules and local ones."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.enums import Period
from meetings.models import Deadline, Obligation, Organization, Requirement
from meetings.periods import span_of
from meetings.services.obligations import sync_obligations
from meetings.services.rulebook.effective import (
    RequirementBook,
    deadline_for,
    read_requirements,
    requirement_for,
)
from meetings.services.workdays import read_calendar
from tests.meetings.rulebook import YEAR, change, limit, national, override
from tests.world import World

JULY = date(2026, 7, 1)


def needed(organization: Organization, kind: str) -> list[int]:
    lines = Obligation.objects.filter(organization=organization, kind=kind)
    return list(lines.order_by("period_start").values_list("needed", flat=True))


@pytest.mark.django_db
class TestNearest:
    def test_without_an_override_the_national_rule_holds(self, world: World) -> None:
        assert requirement_for(organization=world.branch, code="lecture", day=JULY) == national("lecture")

    def test_the_committees_rule_holds_below_it_and_nowhere_else(self, world: World) -> None:
        own = override("theme_day", world.committee, JULY, minimum=2)
        assert requirement_for(organization=world.branch, code="theme_day", day=JULY) == own
        for place, day in ((world.other_branch, JULY), (world.branch, JULY - timedelta(days=1))):
            assert requirement_for(organization=place, code="theme_day", day=day) == national("theme_day")

    def test_the_nearer_of_two_goes_before_the_farther(self, world: World) -> None:
        override("theme_day", world.committee, JULY, minimum=2)
        nearest = override("theme_day", world.branch, JULY, minimum=3)
        assert requirement_for(organization=world.branch, code="theme_day", day=JULY) == nearest
        assert requirement_for(organization=world.small_branch, code="theme_day", day=JULY).minimum == 2

    def test_a_local_rule_that_is_not_in_use_lifts_the_one_above(self, world: World) -> None:
        override("lecture", world.small_branch, JULY, is_active=False, note="全体党员下派驻村")
        assert requirement_for(organization=world.small_branch, code="lecture", day=JULY) is None
        assert requirement_for(organization=world.branch, code="lecture", day=JULY) is not None

    def test_a_local_rule_can_bring_in_use_what_is_not_in_use_above(self, world: World) -> None:
        override("staff", world.committee, date(2026, 1, 1), is_active=True)
        sync_obligations(**YEAR)
        assert needed(world.committee, "staff") == [1]
        assert needed(world.other_committee, "staff") == []


@pytest.mark.django_db
class TestLedger:
    def test_periods_before_the_override_keep_the_national_rule(self, world: World) -> None:
        own = override("theme_day", world.committee, JULY, minimum=2, grace_days=0)
        sync_obligations(**YEAR)
        assert needed(world.branch, "theme_day") == [1] * 6 + [2] * 6
        assert needed(world.other_branch, "theme_day") == [1] * 12
        assert Obligation.objects.filter(requirement=own).count() == 12  # two branches, six months

    def test_an_override_of_shorter_period_takes_over_with_a_quarter(self, world: World) -> None:
        override("general", world.committee, JULY, period=Period.MONTH)
        sync_obligations(**YEAR)
        lines = Obligation.objects.filter(organization=world.branch, kind="general").order_by("period_start")
        assert [line.span.code for line in lines] == [
            "2026Q1", "2026Q2", *(f"2026-{month:02}" for month in range(7, 13)),
        ]  # fmt: skip

    def test_when_the_override_ends_the_national_rule_holds_again(self, world: World) -> None:
        own = override("theme_day", world.committee, date(2026, 3, 1), minimum=2)
        Requirement.objects.filter(pk=own.pk).update(valid_to=date(2026, 4, 30))
        sync_obligations(**YEAR)
        assert needed(world.branch, "theme_day") == [1, 1, 2, 2, *[1] * 8]

    def test_a_national_change_does_not_touch_places_with_their_own_rule(self, world: World) -> None:
        override("theme_day", world.committee, date(2026, 1, 1), minimum=2)
        change("theme_day", JULY, minimum=3)
        sync_obligations(**YEAR)
        assert needed(world.branch, "theme_day") == [2] * 12
        assert needed(world.other_branch, "theme_day") == [1] * 6 + [3] * 6

    def test_a_second_time_nothing_changes(self, world: World) -> None:
        override("theme_day", world.committee, JULY, minimum=2)
        override("lecture", world.small_branch, JULY, is_active=False, note="驻村")
        sync_obligations(**YEAR)
        before = list(Obligation.objects.order_by("pk").values())
        sync_obligations(**YEAR)
        assert list(Obligation.objects.order_by("pk").values()) == before

    def test_a_sync_of_one_kind_leaves_the_others_alone(self, world: World) -> None:
        sync_obligations(**YEAR)
        Obligation.objects.filter(kind="general").update(needed=7)  # out of line, but not asked about
        override("theme_day", world.committee, JULY, minimum=2)
        done = sync_obligations(**YEAR, kinds={"theme_day"})
        assert (done.created, done.changed, done.removed) == (0, 2 * 6, 0)
        assert set(Obligation.objects.filter(kind="general").values_list("needed", flat=True)) == {7}

    def test_reading_the_book_takes_one_query(
        self, world: World, django_assert_num_queries: pytest.FixtureRequest
    ) -> None:
        override("theme_day", world.committee, JULY, minimum=2)
        with django_assert_num_queries(1):  # type: ignore[operator]
            book = read_requirements(**YEAR)
            book.schedule(world.branch.path, **YEAR)


# --- against a reckoning period by period ---------------------------------------------------------

PLACES = ["", "0001", "00010001", "000100010001", "0002"]
DAYS = st.dates(date(2025, 6, 1), date(2027, 6, 1))
RULES = st.lists(
    st.builds(
        lambda path, code, period, start, length, active, version: (
            path, code, period, start, start + timedelta(days=length) if length else None, active, version
        ),
        st.sampled_from(PLACES), st.sampled_from(["a", "b"]), st.sampled_from(list(Period)), DAYS,
        st.one_of(st.none(), st.integers(1, 500)), st.booleans(), st.integers(1, 3),
    ),
    max_size=8,
    unique_by=lambda rule: (rule[0], rule[1], rule[6]),
)  # fmt: skip


def build(rule: tuple) -> Requirement:
    path, code, period, start, end, active, version = rule
    owner = Organization(path=path) if path else None
    return Requirement(
        owner=owner,
        code=code,
        period=period,
        valid_from=start,
        valid_to=end,
        is_active=active,
        version=version,
    )


@given(RULES, st.sampled_from(PLACES[1:]))
def test_the_schedule_is_what_reckoning_each_period_gives(rules: list[tuple], place: str) -> None:
    built = [build(rule) for rule in rules]
    book = RequirementBook(built)
    found = {(id(rule), span) for rule, span in book.schedule(place, **YEAR)}
    expected = set()
    for rule in built:
        day = YEAR["first"]
        while day <= YEAR["last"]:
            if span_of(rule.period, day).start == day and rule.is_active and holds(rule, built, place, day):
                expected.add((id(rule), span_of(rule.period, day)))
            day += timedelta(days=1)
    assert found == expected


def holds(rule: Requirement, rules: list[Requirement], place: str, day: date) -> bool:
    """No other rule of the code that reaches the place that day is nearer, or as near and newer."""

    def rank(each: Requirement) -> tuple[int, int]:
        return (len(each.owner.path) if each.owner else 0), each.version

    reaching = [
        each
        for each in rules
        if each.code == rule.code
        and place.startswith(each.owner.path if each.owner else "")
        and each.valid_from <= day <= (each.valid_to or date.max)
    ]
    return rule in [each for each in reaching if each is rule] and rank(rule) == max(map(rank, reaching))


# --- time limits ----------------------------------------------------------------------------------

MARCH_9 = date(2026, 3, 9)  # a Monday


@pytest.mark.parametrize(
    ("code", "amount", "unit", "month", "start", "due"),
    [
        ("year_plan", 31, "day_of_month", 3, date(2026, 1, 1), date(2026, 3, 31)),
        ("year_plan", 31, "day_of_month", 3, date(2028, 1, 1), date(2028, 3, 31)),  # a leap year
        ("year_plan", 31, "day_of_month", 2, date(2028, 1, 1), date(2028, 2, 29)),
        ("handbook", 10, "day_of_month", 13, date(2026, 1, 1), date(2027, 1, 10)),
        ("handbook", 31, "day_of_month", 24, date(2026, 1, 1), date(2027, 12, 31)),
        ("quarter_plan", 5, "day_of_month", 1, date(2026, 10, 1), date(2026, 10, 5)),
        ("quarter_plan", 5, "days", None, date(2026, 4, 1), date(2026, 4, 5)),
        ("quarter_plan", 1, "working_days", None, date(2026, 4, 1), date(2026, 4, 1)),
        ("quarter_plan", 1, "working_days", None, date(2026, 10, 1), date(2026, 10, 8)),  # after the holiday
        ("record", 3, "working_days", None, date(2026, 9, 30), date(2026, 10, 10)),  # a Saturday worked
        ("record", 3, "days", None, date(2026, 9, 30), date(2026, 10, 3)),
        ("democratic_life_plan", 15, "days", None, MARCH_9, date(2026, 2, 22)),
        ("democratic_life_plan", 1, "working_days", None, MARCH_9, date(2026, 3, 6)),
        ("democratic_life_report", 15, "days", None, MARCH_9, date(2026, 3, 24)),
        ("plan_review", 3, "working_days", None, MARCH_9, date(2026, 3, 12)),
    ],
)
@pytest.mark.django_db
def test_the_last_day_in_time(
    code: str, amount: int, unit: str, month: int | None, start: date, due: date
) -> None:
    deadline = Deadline(code=code, amount=amount, unit=unit, month=month)
    assert deadline.due_on(start, read_calendar([start.year])) == due


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("year_plan", "当年 3 月 31 日前"),
        ("quarter_plan", "每季度第 1 个月 5 日前"),
        ("record", "会后 3 个工作日内"),
        ("democratic_life_plan", "会前 15 日"),
        ("democratic_life_report", "会后 15 日内"),
        ("handbook", "次年 1 月 10 日前"),
        ("plan_review", "提交后 3 个工作日内"),
    ],
)
@pytest.mark.django_db
def test_the_shipped_limits_in_words(code: str, words: str) -> None:
    assert limit(code).sentence == words


@pytest.mark.django_db
def test_a_limit_follows_the_same_order_of_owners(world: World) -> None:
    own = limit("record")
    own.pk, own.owner, own.amount = None, world.committee, 1
    own.save()
    assert deadline_for(organization=world.branch, code="record", day=JULY) == own
    assert deadline_for(organization=world.other_branch, code="record", day=JULY) == limit("record")
    Deadline.objects.filter(pk=own.pk).update(is_active=False)
    assert deadline_for(organization=world.branch, code="record", day=JULY) is None
