"""A branch is told after three, four and five months, once each, and the word is settled when it is over."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from meetings.enums import Role
from meetings.models import Attendance, HelpSign, Notice
from meetings.services.roster.help_signs import tell_help_needed
from tests.meetings.test_roster_absences import meet
from tests.reviews.pages import html_of, words
from tests.reviews.recording import at
from tests.world import World, appoint, make_user

pytestmark = pytest.mark.django_db


def on(month: int, day: int = 25, year: int = 2026) -> datetime:
    return datetime(year, month, day, 2, tzinfo=UTC)


def bell(user) -> list[str]:
    return [str(notice) for notice in Notice.objects.visible_to(user).current()]


def test_three_four_five_and_then_people_decide(world: World) -> None:
    for month in (5, 6):
        meet(world, month, m2="absent")
    assert tell_help_needed(now=on(6)) == 0
    meet(world, 7, m2="absent")
    assert tell_help_needed(now=on(7)) == 1
    assert tell_help_needed(now=on(7, 26)) == 0  # told once
    assert bell(world.secretary) == [
        "陈军自2026年5月起连续3个月未参加组织生活且未请假，请及时了解情况，给予关心帮助。"
    ]
    for month, words_then in ((8, "连续4个月"), (9, "连续5个月")):
        meet(world, month, m2="absent")
        assert tell_help_needed(now=on(month)) == 1
        assert [words_then in each for each in bell(world.secretary)] == [True]  # the older word is settled
    meet(world, 10, m2="absent")
    assert tell_help_needed(now=on(10)) == 0
    assert Notice.objects.filter(code="help.needed").count() == 3


def test_nobody_else_is_told(world: World) -> None:
    former = make_user("former")
    appoint(former, world.branch, Role.SECRETARY)
    former.appointments.update(end_on=date(2026, 9, 1))
    for month in (8, 9, 10):
        meet(world, month, m2="absent")
    tell_help_needed(now=on(10))
    told = set(Notice.objects.values_list("recipient__username", flat=True))
    assert told == {"secretary"}


def test_after_a_downtime_only_the_present_stage_is_told(world: World) -> None:
    for month in (6, 7, 8, 9, 10, 11):
        meet(world, month, m2="absent")
    assert tell_help_needed(now=on(11)) == 1
    assert HelpSign.objects.get().months == 5
    assert "连续6个月" in bell(world.secretary)[0]


def test_who_comes_again_is_no_longer_told_of(world: World) -> None:
    for month in (8, 9, 10):
        meet(world, month, m2="absent", m3="absent")
    tell_help_needed(now=on(10))
    assert len(bell(world.secretary)) == 2
    meet(world, 11, m3="absent")
    Attendance.objects.filter(member=world.members[3], day__month=11).update(caught_up_on=date(2026, 11, 20))
    tell_help_needed(now=on(11))
    assert bell(world.secretary) == []
    # Away again for as long: another row, told again.
    for month in (12, 1, 2):
        meet(world, month, year=2026 if month == 12 else 2027, m2="absent")
    assert tell_help_needed(now=on(2, year=2027)) == 1


def test_a_row_longer_than_a_year_is_not_told_anew_every_month(world: World) -> None:
    for year, month in [(2025, 9), (2025, 10), (2025, 11), (2025, 12), *((2026, m) for m in range(1, 12))]:
        meet(world, month, year=year, m2="absent")
    assert tell_help_needed(now=on(11)) == 0


def test_the_command_for_the_clock_tells_too(world: World) -> None:
    for month in (9, 10, 11):
        meet(world, month, m2="absent")
    with at():
        call_command("generate_obligations", as_of="2026-11-01")
        assert bell(world.secretary) == []
        call_command("generate_obligations")
    assert len(bell(world.secretary)) == 1


def test_the_workbench_of_the_secretary_shows_it_with_the_facts(world: World) -> None:
    for month in (9, 10, 11):
        meet(world, month, m2="absent")
    with at():
        tell_help_needed()
        page = html_of(world.secretary, "/")
        assert "需要关心 陈军自2026年9月起连续3个月未参加组织生活且未请假" in words(page)
        address = f"/members/{world.members[2].pk}/#attendance"
        assert address in page
        assert "缺席" in words(html_of(world.secretary, address.partition("#")[0]))
        for user in (world.group_leader, world.reviewer, world.member, world.small_secretary):
            assert "陈军" not in words(html_of(user, "/"))
