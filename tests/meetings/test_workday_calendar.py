"""The editable calendar of working days: what it starts with, changing it, reading it, its pages."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import AuditEvent, User
from meetings.models import CalendarYear, MovedDay
from meetings.services import workdays
from tests.meetings.rulebook import NOW, keeper_of_everything
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
NATIONAL_DAY = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _in_may() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def keeper(world: World) -> User:
    return keeper_of_everything(world)


class TestSeed:
    def test_two_years_with_the_state_councils_swaps(self) -> None:
        assert list(CalendarYear.objects.values_list("year", "is_complete")) == [(2025, True), (2026, True)]
        assert MovedDay.objects.get(day=NATIONAL_DAY).name == "国庆节"
        swapped = MovedDay.objects.filter(is_working=True).values_list("day", flat=True)
        assert len(swapped) == 5 + 6
        assert all(day.weekday() >= 5 for day in swapped)

    def test_again_adds_nothing_and_undoes_nothing(self, keeper: User) -> None:
        workdays.toggle_day(day=NATIONAL_DAY, actor=keeper)
        before = list(MovedDay.objects.values())
        assert workdays.install_calendar() == 0
        workdays.install_known_years()
        assert list(MovedDay.objects.values()) == before


class TestReading:
    def test_a_known_year(self) -> None:
        calendar = workdays.read_calendar([2026])
        assert calendar.after(date(2026, 9, 30), 3) == date(2026, 10, 10)
        assert calendar.knows(NATIONAL_DAY)

    def test_neighbours_are_read_as_well(self) -> None:
        calendar = workdays.read_calendar([2025])
        assert calendar.after(date(2025, 12, 31), 1) == date(2026, 1, 4)  # a Sunday people work on
        assert calendar.knows(date(2025, 1, 1), date(2026, 1, 1))

    def test_two_queries(self) -> None:
        with CaptureQueriesContext(connection) as captured:
            workdays.read_calendar([2026])
        assert len(captured) == 2

    def test_a_missing_year_falls_back_and_says_so(self) -> None:
        calendar = workdays.read_calendar()
        assert calendar.after(date(2027, 10, 1), 1) == date(2027, 10, 4)
        words = workdays.calendar_warning(calendar, date(2026, 12, 31), date(2027, 1, 4))
        assert words == "2027 年的放假安排尚未录入，工作日暂按周一至周五计算。"
        assert workdays.calendar_warning(calendar, NATIONAL_DAY) == ""

    def test_a_year_half_entered_counts_what_is_there_and_still_warns(self, keeper: User) -> None:
        year = workdays.add_year(year=2027, actor=keeper)
        workdays.toggle_day(day=date(2027, 10, 1), actor=keeper)
        calendar = workdays.read_calendar()
        assert not calendar.is_working(date(2027, 10, 1))
        assert workdays.calendar_warning(calendar, date(2027, 10, 1))
        workdays.complete_year(calendar_year=year, source="通知", is_complete=True, actor=keeper)
        assert not workdays.calendar_warning(workdays.read_calendar(), date(2027, 10, 1))


class TestChanging:
    def test_toggling_back_leaves_no_row(self, keeper: User) -> None:
        day = date(2026, 3, 3)
        assert workdays.toggle_day(day=day, actor=keeper) is False
        assert MovedDay.objects.get(day=day).is_working is False
        assert workdays.toggle_day(day=day, actor=keeper) is True
        assert not MovedDay.objects.filter(day=day).exists()

    def test_a_span_moves_only_what_differs_from_its_weekday(self, keeper: User) -> None:
        facts = {"first": date(2026, 12, 3), "last": date(2026, 12, 7), "name": "校庆"}
        assert workdays.mark_span(**facts, is_working=False, actor=keeper) == 3  # Thursday, Friday, Monday
        assert set(MovedDay.objects.filter(name="校庆").values_list("day", flat=True)) == {
            date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7),
        }  # fmt: skip
        assert workdays.mark_span(**facts, is_working=True, actor=keeper) == 2  # the weekend

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            (date(2026, 3, 3), date(2026, 3, 2), "早于"),
            (date(2026, 3, 1), date(2026, 4, 1), "一次最多录入 31 天。"),
            (date(2030, 3, 1), date(2030, 3, 1), "请先在日历中增加 2030 年。"),
        ],
    )
    def test_spans_that_cannot_be(self, keeper: User, first: date, last: date, words: str) -> None:
        before = MovedDay.objects.count()
        with pytest.raises(ValidationError) as refusal:
            workdays.mark_span(first=first, last=last, is_working=False, actor=keeper)
        assert words in "".join(refusal.value.messages)
        assert MovedDay.objects.count() == before

    def test_a_year_is_added_once(self, keeper: User) -> None:
        workdays.add_year(year=2027, actor=keeper)
        with pytest.raises(ValidationError, match="日历中已有 2027 年。"):
            workdays.add_year(year=2027, actor=keeper)
        with pytest.raises(ValidationError, match="年份应在"):
            workdays.add_year(year=1949, actor=keeper)

    def test_every_change_is_in_the_trail(self, keeper: User) -> None:
        year = workdays.add_year(year=2027, actor=keeper)
        workdays.toggle_day(day=date(2027, 1, 1), actor=keeper)
        workdays.complete_year(calendar_year=year, source="通知", is_complete=True, actor=keeper)
        year.refresh_from_db()
        workdays.complete_year(calendar_year=year, source="通知", is_complete=True, actor=keeper)
        events = AuditEvent.objects.order_by("pk")
        assert [event.action for event in events] == [
            "calendar.add_year", "calendar.move_days", "calendar.change_year",
        ]  # fmt: skip
        assert events[1].difference == {"days": ["2027-01-01"], "is_working": False, "name": ""}
        assert {event.actor for event in events} == {keeper}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestPages:
    def test_the_year_with_its_twelve_months(self, world: World) -> None:
        page = browser(world.secretary).get("/workdays/", follow=True)
        html = page.content.decode()
        assert page.redirect_chain == [("/workdays/2026/", 302)]
        assert html.count("<caption>") == 12
        assert "2026年10月1日 · 休息日 · 国庆节" in html
        assert "全年已录入" in html
        assert "<button" not in html[html.index("<caption>") : html.index('class="legend')]

    def test_the_latest_year_when_this_one_is_missing(self, world: World) -> None:
        with time_machine.travel(date(2030, 5, 5), tick=False):
            assert browser(world.secretary).get("/workdays/")["Location"] == "/workdays/2026/"

    def test_a_click_toggles_a_day(self, keeper: User) -> None:
        client = browser(keeper)
        assert 'name="day" value="2026-10-01"' in client.get("/workdays/2026/").content.decode()
        page = client.post("/workdays/2026/toggle/", {"day": "2026-10-01"}, follow=True)
        assert page.redirect_chain == [("/workdays/2026/#month-10", 302)]
        assert "2026年10月1日现为工作日。" in page.content.decode()
        assert not MovedDay.objects.filter(day=NATIONAL_DAY).exists()

    @pytest.mark.parametrize("day", ["", "x", "2025-10-01", "2026-02-30", "2026-10", "\x00", "9" * 50])
    def test_a_day_that_is_none(self, keeper: User, day: str) -> None:
        before = MovedDay.objects.count()
        assert browser(keeper).post("/workdays/2026/toggle/", {"day": day}).status_code == 400
        assert MovedDay.objects.count() == before

    def test_several_days_at_once(self, keeper: User) -> None:
        data = {"first": "2026年12月3日", "last": "２０２６-12-07", "is_working": "off", "name": "校庆"}
        page = browser(keeper).post("/workdays/2026/mark/", data, follow=True)
        assert "其中 3 天与平常不同，已录入。" in page.content.decode()

    @pytest.mark.parametrize(
        "facts",
        [
            {"first": ""},
            {"last": "2027-01-01"},
            {"last": "2026-12-01"},
            {"is_working": "maybe"},
            {"name": "长" * 41},
        ],
    )
    def test_days_that_cannot_be(self, keeper: User, facts: dict[str, Any]) -> None:
        data = {"first": "2026-12-03", "last": "2026-12-07", "is_working": "off", "name": ""} | facts
        assert browser(keeper).post("/workdays/2026/mark/", data).status_code == 400
        assert not MovedDay.objects.filter(day__year=2026, day__month=12).exists()

    def test_a_new_year_is_open_until_it_is_called_complete(self, keeper: User) -> None:
        client = browser(keeper)
        page = client.post("/workdays/add/", {"year": "2027"}, follow=True)
        assert "尚未录入完整" in page.content.decode()
        client.post("/workdays/2027/complete/", {"source": "《通知》", "is_complete": "on"})
        page = client.get("/workdays/2027/")
        assert "全年已录入" in page.content.decode()
        assert CalendarYear.objects.get(year=2027).source == "《通知》"

    @pytest.mark.parametrize("year", ["", "x", "1949", "99999999999999999999", "２０２７"])
    def test_a_year_that_is_none(self, keeper: User, year: str) -> None:
        page = browser(keeper).post("/workdays/add/", {"year": year}, follow=True)
        assert page.status_code == 200
        assert CalendarYear.objects.count() == (3 if year == "２０２７" else 2)

    def test_the_calendar_is_for_whoever_administers_every_tree(self, world: World) -> None:
        for user in (world.administrator, world.reviewer, world.secretary):
            for path, data in (
                ("/workdays/2026/toggle/", {"day": "2026-10-01"}),
                ("/workdays/2026/mark/", {"first": "2026-12-03", "last": "2026-12-03", "is_working": "off"}),
                ("/workdays/2026/complete/", {"source": ""}),
                ("/workdays/add/", {"year": "2027"}),
            ):
                assert browser(user).post(path, data).status_code == 403
        assert MovedDay.objects.filter(day=NATIONAL_DAY).exists()
        assert CalendarYear.objects.count() == 2

    def test_the_queries_do_not_grow_with_the_days(self, keeper: User) -> None:
        def cost(year: int) -> int:
            client = browser(keeper)
            with CaptureQueriesContext(connection) as captured:
                html = client.get(f"/workdays/{year}/").content.decode()
            assert len(re.findall("day-moved", html)) >= 2
            return len(captured)

        workdays.add_year(year=2027, actor=keeper)
        assert cost(2027) == cost(2026) <= 12
