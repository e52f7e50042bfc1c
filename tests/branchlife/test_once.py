"""Twenty times the same form: one object. And what is not the same is not swallowed."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from branchlife.models import OnceKey
from branchlife.tasks import tidy
from meetings.models import Member, PartyGroup
from tests.world import World, build_world

KEY = str(uuid4())


@pytest.fixture
def world() -> World:
    return build_world()


def address(world: World) -> str:
    return f"/organizations/{world.branch.pk}/groups/new/"


def form(name: str = "第三党小组", once: str = KEY) -> dict[str, str]:
    return {"name": name, "day": timezone.localdate().isoformat(), "once": once}


def groups(name: str = "第三党小组") -> int:
    return PartyGroup.objects.filter(name=name).count()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one(world: World) -> None:
    """A new member has no unique name: nothing but the key stops a second one."""
    client = Client()
    client.force_login(world.administrator)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    there = f"/members/new/?organization={world.branch.pk}&name=新同志"
    sent = {"name": "新同志", "joined_on": "2020-07-01", "full_member_on": "2021-07-01", "day": "2026-01-01",
            "is_another": "on", "born_on": "1990-01-01", "once": KEY}  # fmt: skip

    def send(_number: int) -> tuple[int, str]:
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
        try:
            answer = browser.post(there, sent)
            return answer.status_code, answer.headers.get("Location", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))
    assert len(answers) == 1, "all are led to the same place"
    assert answers.pop()[0] == 302
    assert Member.objects.filter(name="新同志").count() == 1


@pytest.mark.django_db
class TestOnce:
    def test_the_form_carries_a_new_key_each_time(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        keys = {
            re.search(r'name="once" value="([^"]{36})"', client.get(address(world)).content.decode())[1]
            for _each in range(2)
        }
        assert len(keys) == 2

    def test_sent_again_it_leads_to_the_same_place(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        first, second = client.post(address(world), form()), client.post(address(world), form())
        assert (first.status_code, first.url) == (second.status_code, second.url)
        assert groups() == 1

    def test_without_the_guard_the_second_would_be_tried(
        self, client: Client, world: World, settings
    ) -> None:
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "once" not in each]
        client.force_login(world.secretary)
        assert client.post(address(world), form()).status_code == 302
        assert client.post(address(world), form()).status_code == 400

    def test_going_back_and_writing_something_else_is_another_form(
        self, client: Client, world: World
    ) -> None:
        client.force_login(world.secretary)
        client.post(address(world), form())
        client.post(address(world), form("第四党小组"))
        assert (groups(), groups("第四党小组")) == (1, 1)

    def test_a_refused_form_may_be_corrected_and_sent_again(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        assert client.post(address(world), form("")).status_code == 400
        assert not OnceKey.objects.exists()
        assert client.post(address(world), form()).status_code == 302

    def test_somebody_elses_key_is_not_mine(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        client.post(address(world), form())
        other = Client()
        other.force_login(world.administrator)
        assert other.post(address(world), form()).status_code == 400, "tried, and refused for its name"

    def test_when_it_breaks_the_key_goes_with_everything_else(
        self, client: Client, world: World, settings
    ) -> None:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.branchlife.test_once.broken"]
        client.raise_request_exception = False
        client.force_login(world.secretary)
        assert client.post(address(world), form()).status_code == 500
        assert not OnceKey.objects.exists()
        assert groups() == 0

    @pytest.mark.parametrize("key", ["", "x", "0" * 5000, "\x00"])
    def test_nonsense_is_no_key(self, client: Client, world: World, key: str) -> None:
        client.force_login(world.secretary)
        assert client.post(address(world), form(once=key)).status_code == 302
        assert not OnceKey.objects.exists()

    def test_keys_are_forgotten(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        client.post(address(world), form())
        tidy()
        assert OnceKey.objects.count() == 1
        OnceKey.objects.update(at=timezone.now() - timedelta(days=3))
        tidy()
        assert OnceKey.objects.count() == 0


def broken(get_response):
    def middleware(request):
        get_response(request)
        raise RuntimeError("after everything was written")

    return middleware
