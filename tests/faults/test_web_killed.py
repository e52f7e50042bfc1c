"""The web server's processes killed with kill -9 while people hand in their papers: nothing is half-done.

Forms whose answer never came are sent again, as people do; in the end each took effect once.
"""

import random
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from meetings.enums import ACCEPTED_STATES
from meetings.models import Meeting, PartyGroup
from reviews.enums import PlanState
from reviews.models import Plan
from tests.faults.office import Office, working
from tests.faults.paperwork import everything_in_order, found_branches, half_done, papers_of
from tests.faults.web import pause_until, web_server
from tests.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
KILLS = 20
AT_ONCE = 6
BRANCHES = 14


def test_the_web_server_killed_twenty_times_leaves_nothing_half_done(
    record_property: Callable[[str, object], None],
) -> None:
    world = build_world()
    papers = papers_of(world, branches := found_branches(world, BRANCHES))
    chance = random.Random(20)
    with web_server(SLOW_WRITES="1") as server, working(server, papers, AT_ONCE) as (office, people):
        killed = 0
        for kill in range(KILLS):
            _let_some_through(office, people, kill)
            time.sleep(chance.uniform(0, 0.06))
            killed += server.kill_workers() > 0
            assert half_done() == [], f"after kill {kill + 1}"
        for person in people:
            person.join(60)
    told = f"{killed} kills, {office.broken} forms without an answer, {office.answers.total()} done once"
    record_property("figure", told)
    assert killed == KILLS
    assert office.broken >= KILLS // 2  # most kills came in the middle of something
    assert office.refused == []
    assert office.answers.total() == len(papers)
    assert everything_in_order() == []
    assert Plan.objects.filter(state=PlanState.SUBMITTED).count() == len(branches)
    assert Meeting.objects.filter(state__in=ACCEPTED_STATES).count() == len(branches)
    assert Meeting.objects.filter(state="submitted").count() == len(branches)
    assert PartyGroup.objects.filter(organization__in=branches).count() == len(branches)


def _let_some_through(office: Office, people: list[threading.Thread], kill: int) -> None:
    """A few papers between two kills, so that work is left for the last."""
    wanted = kill * 2
    pause_until(lambda: office.answers.total() >= wanted or not any(each.is_alive() for each in people))


def test_without_transactions_something_would_be_half_done() -> None:
    """The same server, every statement for good at once: the same questions find it."""
    if connection.vendor != "sqlite":
        return
    world = build_world()
    papers = papers_of(world, found_branches(world, 10))
    chance = random.Random(7)
    unguarded = web_server(SLOW_WRITES="1", WITHOUT_TRANSACTIONS="1")
    with unguarded as server, working(server, papers, AT_ONCE) as (office, people):
        for kill in range(12):
            _let_some_through(office, people, kill)
            time.sleep(chance.uniform(0, 0.06))
            server.kill_workers()
            if half_done():
                return
    pytest.fail("nothing was half-done: the questions ask too little")
