"""Twenty people at once in front of a real web server on one SQLite file, eight of them writing: nobody is told
that the database is locked."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connection

from tests.faults.office import Office, working
from tests.faults.paperwork import everything_in_order, found_branches, papers_of
from tests.faults.web import BROKEN, Server, cookie_of, web_server
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
WRITERS, READERS = 8, 12
PAGES = ("/", "/meetings/", "/branches/", "/plans/", "/members/", "/notices/")


@dataclass
class Readers:
    """They turn pages until somebody says stop."""

    server: Server
    cookies: list[str]
    answers: Counter[int] = field(default_factory=Counter)
    _enough: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.people = [
            threading.Thread(target=self._turn, args=(self.cookies[number % len(self.cookies)], number))
            for number in range(READERS)
        ]
        for person in self.people:
            person.start()

    def _turn(self, cookie: str, number: int) -> None:
        while not self._enough.is_set():
            number += 1
            try:
                status, _body = self.server.send(cookie, PAGES[number % len(PAGES)])
            except BROKEN:
                status = 0
            self.answers[status] += 1

    def stop(self) -> None:
        self._enough.set()
        for person in self.people:
            person.join(60)


def at_work(world: World, branches: int, **environment: str) -> tuple[Office, Readers, int]:
    """Eight people hand in the papers of so many branches while twelve read; how that went."""
    papers = papers_of(world, found_branches(world, branches))
    cookies = [cookie_of(user) for user in (world.secretary, world.reviewer, world.administrator)]
    with web_server(**environment) as server:
        readers = Readers(server, cookies)
        readers.start()
        with working(server, papers, at_once=WRITERS) as (office, people):
            for person in people:
                person.join(120)
        readers.stop()
    return office, readers, len(papers)


def test_twenty_people_eight_of_them_writing_see_no_locked_database(
    record_property: Callable[[str, object], None],
) -> None:
    office, readers, papers = at_work(build_world(), 10)
    told = (
        f"{papers} papers by {WRITERS}: {dict(office.answers)}, pages to {READERS}: {dict(readers.answers)}"
    )
    record_property("figure", told)
    assert office.refused == []
    assert office.answers == {302: papers}
    assert set(readers.answers) == {200}
    assert everything_in_order() == []


def test_with_transactions_that_begin_as_readers_some_are_refused() -> None:
    """SQLite's usual way: a reader that wants to write after somebody else wrote is refused at once."""
    if connection.vendor != "sqlite":
        return
    office, readers, _papers = at_work(build_world(), 5, DEFERRED="1")
    assert office.answers[500] + readers.answers[500] > 0
