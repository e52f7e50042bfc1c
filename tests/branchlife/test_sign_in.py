"""The front door: who gets in, who does not, and that a refusal tells nothing."""

import re

import pytest
from django.contrib.auth import get_user
from django.core.management import call_command
from django.test import Client

from branchlife.models import AuditEvent, User
from meetings.services.demo_people import mark_as_demo
from tests.world import World, build_world, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]
PASSWORD = "correct-horse-9"
REFUSAL = "用户名或密码不正确"


@pytest.fixture
def world() -> World:
    return build_world()


def sign_in(client: Client, username: str = "secretary", password: str = PASSWORD, **extra: str):
    return client.post("/sign-in/", {"username": username, "password": password, **extra})


def test_the_right_password_opens(client: Client, world: World) -> None:
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, "/")
    assert get_user(client) == world.secretary
    event = AuditEvent.objects.get(action="session.begin")
    assert event.actor == world.secretary


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("secretary", "wrong"),
        ("nobody", PASSWORD),
        ("disabled", PASSWORD),
        ("sec\x00retary", PASSWORD),
        ("", ""),
    ],
)
def test_a_refusal_is_the_same_whatever_is_wrong(
    client: Client, world: World, username: str, password: str
) -> None:
    make_user("disabled", is_active=False)
    response = sign_in(client, username, password)
    assert response.status_code == 400
    assert not get_user(client).is_authenticated
    assert not AuditEvent.objects.filter(action="session.begin").exists()
    if username.isalpha():
        assert REFUSAL in response.content.decode()
        # The name typed comes back in its field; nothing else differs from an unknown person's page.
        other = sign_in(Client(), "somebodyelse", "whatever")
        assert visible(response, username) == visible(other, "somebodyelse")


def visible(response, username: str) -> str:
    text = response.content.decode().replace(username, "…")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_a_closed_account_is_out_at_once(client: Client, world: World) -> None:
    sign_in(client)
    assert get_user(client).is_authenticated
    User.objects.filter(pk=world.secretary.pk).update(is_active=False)
    assert client.get("/password/").url.startswith("/sign-in/")


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/password/", "/password/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_next_page_is_one_of_ours(client: Client, world: World, wanted: str, reached: str) -> None:
    assert sign_in(client, next=wanted).url == reached


def test_an_anonymous_visitor_comes_back_to_the_page_asked_for(client: Client, world: World) -> None:
    door = client.get("/password/").url
    assert door == "/sign-in/?next=/password/"
    assert 'name="next" value="/password/"' in client.get(door).content.decode()


def test_whoever_is_signed_in_is_sent_on(client: Client, world: World) -> None:
    client.force_login(world.secretary)
    assert client.get("/sign-in/?next=/password/").url == "/password/"
    assert client.get("/sign-in/?next=//evil.example/").url == "/"


def test_signing_out_takes_a_post(client: Client, world: World) -> None:
    client.force_login(world.secretary)
    assert client.get("/sign-out/").status_code == 405
    assert get_user(client).is_authenticated
    assert client.post("/sign-out/").url == "/sign-in/"
    assert not get_user(client).is_authenticated
    assert client.post("/sign-out/").url == "/sign-in/"


def test_the_session_key_changes_at_the_door(client: Client, world: World) -> None:
    """A key that somebody planted before signing in opens nothing afterwards."""
    session = client.session
    session.save()
    planted = client.cookies["sessionid"].value
    sign_in(client)
    assert get_user(client).is_authenticated
    assert client.cookies["sessionid"].value != planted


def test_the_door_asks_for_the_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    assert not get_user(client).is_authenticated


class TestDemo:
    def click(self, client: Client, username: str, **extra: str):
        return client.post("/demo/sign-in/", {"username": username, **extra})

    def test_outside_the_demonstration_there_is_no_such_door(self, client: Client, world: World) -> None:
        mark_as_demo([world.secretary])
        assert self.click(client, "secretary").status_code == 404
        assert client.get("/demo/sign-in/").status_code == 404
        assert not get_user(client).is_authenticated
        page = client.get("/sign-in/").content.decode()
        assert "沈玉芳" not in page
        assert "demo" not in page

    def test_one_click_in_the_demonstration(self, client: Client, world: World, settings) -> None:
        settings.DEMO = True
        mark_as_demo([world.secretary])
        page = client.get("/sign-in/").content.decode()
        assert "沈玉芳" in page
        assert "办公室党支部" in page
        assert self.click(client, "secretary", next="/password/").url == "/password/"
        assert get_user(client) == world.secretary
        assert AuditEvent.objects.get(action="session.begin").difference == {"demo": True}

    @pytest.mark.parametrize("username", ["small_secretary", "nobody", "", "a\x00b"])
    def test_nobody_else_gets_in(self, client: Client, world: World, settings, username: str) -> None:
        """A real account next to the demo people keeps its password."""
        settings.DEMO = True
        mark_as_demo([world.secretary])
        assert self.click(client, username).status_code == 404
        assert not get_user(client).is_authenticated
        assert "解涵杰" not in client.get("/sign-in/").content.decode()

    def test_a_closed_demo_account_stays_closed(self, client: Client, world: World, settings) -> None:
        settings.DEMO = True
        mark_as_demo([world.secretary])
        User.objects.filter(pk=world.secretary.pk).update(is_active=False)
        assert self.click(client, "secretary").status_code == 404

    def test_it_takes_a_post_and_a_page_of_ours(self, client: Client, world: World, settings) -> None:
        settings.DEMO = True
        mark_as_demo([world.secretary])
        assert client.get("/demo/sign-in/").status_code == 405
        assert self.click(client, "secretary", next="https://evil.example/").url == "/"


@pytest.mark.django_db(transaction=True)
def test_a_new_site_has_no_accounts() -> None:
    """Whatever ``migrate`` installs, it is nobody who could sign in."""
    call_command("flush", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    assert User.objects.count() == 0


class TestLanguage:
    def cookie(self, client: Client):
        return client.cookies.get("django_language")

    def test_the_choice_stays_and_goes_with_the_account(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        client.post("/i18n/setlang/", {"language": "en", "next": "/"})
        assert self.cookie(client)["max-age"] >= 30 * 24 * 3600
        assert self.cookie(client)["httponly"]
        world.secretary.refresh_from_db()
        assert world.secretary.language == "en"
        elsewhere = Client()
        sign_in(elsewhere)
        assert self.cookie(elsewhere).value == "en"
        assert elsewhere.get("/password/")["Content-Language"] == "en"

    def test_a_choice_at_this_computer_goes_first(self, client: Client, world: World) -> None:
        User.objects.filter(pk=world.secretary.pk).update(language="en")
        client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/sign-in/"})
        sign_in(client)
        assert client.get("/password/")["Content-Language"] == "zh-hans"

    @pytest.mark.parametrize("language", ["xx", "", "<script>"])
    def test_an_unknown_language_is_kept_nowhere(self, client: Client, world: World, language: str) -> None:
        client.force_login(world.secretary)
        client.post("/i18n/setlang/", {"language": language, "next": "/"})
        world.secretary.refresh_from_db()
        assert world.secretary.language == ""
        assert self.cookie(client) is None

    def test_looking_changes_nothing(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        client.get("/i18n/setlang/?language=en")
        world.secretary.refresh_from_db()
        assert world.secretary.language == ""

    def test_it_leads_to_no_other_site(self, client: Client) -> None:
        response = client.post("/i18n/setlang/", {"language": "en", "next": "https://evil.example/"})
        assert "evil" not in response.url
