"""No page asks the database more than twelve times, whoever looks at it and however many roles they have.

Those with one role are counted where the sweep knocks at every door as each of them.
"""

from collections.abc import Iterator

import pytest

from branchlife import sessions
from branchlife.models import User
from meetings.enums import Role
from meetings.services.rulebook.limits import Limits
from tests.architecture.test_urls_sweep import MOST_QUERIES, Site, queries_in, session_of, texts_of_queries
from tests.architecture.url_objects import build_things
from tests.architecture.url_table import CASES
from tests.world import World, appoint, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MANY_ROLES = "many roles"


@pytest.fixture(scope="module")
def site(module_database: None) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        # On a slow machine the walk takes longer, and the use of a session is written down meanwhile.
        patch.setattr(sessions, "WRITE_EVERY", 10**9)
        world, things = build_things()
        yield Site(things, {MANY_ROLES: session_of(holder_of_many_roles(world))})


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
    """Walks every page as somebody who may open nearly all of them, and names the worst."""
    asked = []
    for case in (case for case in CASES if "200" in case.get.split()):
        Limits.read()  # remembered by each process for a minute; a slow machine shall not change the count
        with texts_of_queries() as texts:
            response = site.knock(case, "GET", MANY_ROLES)
        if response.status_code == 200:
            asked.append((queries_in(texts), str(case)))
    asked.sort(reverse=True)
    print(*asked[:10], sep="\n")  # noqa: T201
    assert len(asked) > 90
    assert [each for each in asked if each[0] > MOST_QUERIES] == []
