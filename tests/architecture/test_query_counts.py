"""No page asks the database more than twelve times, whoever looks at it and however many roles they have."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife import sessions
from branchlife.models import User
from meetings.enums import Role
from tests.architecture.test_urls_sweep import session_of
from tests.architecture.url_objects import Things, build_things
from tests.architecture.url_table import CASES, ROLES, Case
from tests.world import World, appoint, make_user

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
MANY_ROLES = "many roles"
PAGES = [case for case in CASES if "200" in case.get.split()]


@dataclass(frozen=True)
class Reader:
    """Somebody signed in, with a cookie that stays good for the whole walk."""

    role: str
    session: str

    def opens(self, case: Case, things: Things) -> tuple[int, int]:
        """The status, and how many queries the answer took, those for session and user included."""
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        with CaptureQueriesContext(connection) as captured:
            response = client.get(case.url(things))
        return response.status_code, len(captured)


@dataclass(frozen=True)
class Site:
    things: Things
    readers: list[Reader]


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker) -> Iterator[Site]:
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        # On a slow machine the walk takes longer, and the use of a session is written down meanwhile.
        patch.setattr(sessions, "WRITE_EVERY", 10**9)
        world, things = build_things()
        readers = [Reader(role, session_of(getattr(world, role))) for role in ROLES]
        readers.append(Reader(MANY_ROLES, session_of(holder_of_many_roles(world))))
        yield Site(things, readers)
        transaction.set_rollback(True)


def holder_of_many_roles(world: World) -> User:
    """A member of the branch who leads it and a group of it, and reviews and administers for the committee."""
    user, member = make_user("many"), world.members[4]
    member.user = user
    member.save()
    appoint(user, world.branch, Role.SECRETARY)
    appoint(user, world.branch, Role.GROUP_LEADER, world.groups[0])
    appoint(user, world.committee, Role.REVIEWER)
    appoint(user, world.committee, Role.ADMINISTRATOR)
    return user


def test_no_page_asks_too_often(site: Site) -> None:
    """Walks every page as everybody who may open it, and names the worst."""
    asked = []
    for reader in site.readers:
        for case in PAGES:
            if reader.role == MANY_ROLES or case.expected("GET", reader.role) == 200:
                status, queries = reader.opens(case, site.things)
                asked += [(queries, f"{case} as {reader.role}")] if status == 200 else []
    asked.sort(reverse=True)
    print(*asked[:10], sep="\n")  # noqa: T201
    assert len(asked) > 3 * len(PAGES)
    assert [each for each in asked if each[0] > MOST_QUERIES] == []
