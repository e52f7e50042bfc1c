"""Sessions: they end by themselves, and their owner sees and ends them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from branchlife.models import AuditEvent, OpenSession
from branchlife.tasks import tidy
from branchlife.views.security import browser_name
from meetings.enums import Role
from meetings.services import accounts
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
PAGE = "/me/"


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


class TestTime:
    def test_unused_for_half_an_hour(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        begin = timezone.now()
        with time_machine.travel(begin + timedelta(minutes=29)):
            assert is_in(client)
        with time_machine.travel(begin + timedelta(minutes=58)):
            assert is_in(client), "used in between"
        with time_machine.travel(begin + timedelta(minutes=90)):
            answer = client.get(PAGE, follow=True)
            assert answer.redirect_chain == [("/sign-in/?next=/me/", 302)]
            assert "30" in answer.content.decode()
            assert not OpenSession.objects.exists()

    def test_a_working_day_at_most(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        begin = timezone.now()
        for minutes in range(20, 12 * 60, 20):
            with time_machine.travel(begin + timedelta(minutes=minutes)):
                assert is_in(client), minutes
        with time_machine.travel(begin + timedelta(hours=12, seconds=1)):
            assert not is_in(client)

    def test_without_the_guard_it_would_go_on(self, client: Client, world: World, settings) -> None:
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "door" not in each]
        client.force_login(world.secretary)
        with time_machine.travel(timezone.now() + timedelta(hours=2)):
            assert is_in(client)

    def test_a_session_that_does_not_say_when_it_began_is_over(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        session = client.session
        del session["began"]
        session.save()
        assert not is_in(client)

    def test_typing_keeps_it(self, client: Client, world: World) -> None:
        assert client.post("/security/touch/").status_code == 302
        client.force_login(world.secretary)
        begin = timezone.now()
        for minutes in (20, 40, 60):
            with time_machine.travel(begin + timedelta(minutes=minutes)):
                assert client.post("/security/touch/").status_code == 200
        assert 'data-touch="/security/touch/"' in client.get(PAGE).content.decode()

    def test_what_was_written_is_given_back_when_it_is_over(self, world: World) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.secretary)
        begin, token = timezone.now(), "a" * 32
        client.cookies["csrftoken"] = token
        sent = {
            "content": "学习了<b>全会</b>精神\n逐项讨论", "theme": "two words", "kinds": "theme_day",
            "old_password": "pass phrase", "csrfmiddlewaretoken": token,
        }  # fmt: skip
        with time_machine.travel(begin + timedelta(minutes=90)):
            forged = client.post("/meetings/1/record/", sent | {"csrfmiddlewaretoken": "b" * 32})
            assert (forged.status_code, "全会" in forged.content.decode()) == (403, False)
            answer = client.post("/meetings/1/record/", sent)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert answer["Cache-Control"] == "private, no-store"
        assert "学习了&lt;b&gt;全会&lt;/b&gt;精神\n逐项讨论" in page and "two words" in page
        assert "pass phrase" not in page and "theme_day" not in page
        assert 'href="/sign-in/?next=/meetings/1/record/"' in page
        assert "没有保存" in page

    def test_without_words_one_is_sent_to_the_door(self, client: Client) -> None:
        answer = client.post("/meetings/1/record/", {"kinds": "theme_day"})
        assert (answer.status_code, answer.url) == (302, "/sign-in/?next=/meetings/1/record/")

    def test_use_is_written_down_once_a_minute(
        self, client: Client, world: World, django_assert_num_queries
    ) -> None:
        client.force_login(world.secretary)
        client.post("/security/touch/")
        with django_assert_num_queries(2):  # the session and the user
            client.post("/security/touch/")


class TestList:
    def test_everybody_sees_the_own_ones(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
        elsewhere = Client(headers={"user-agent": agent}, REMOTE_ADDR="203.0.113.7")
        elsewhere.force_login(world.secretary)
        elsewhere.post("/sign-in/", {"username": "secretary", "password": "correct-horse-9"})
        stranger = Client(REMOTE_ADDR="198.51.100.9")
        stranger.post("/sign-in/", {"username": "reviewer", "password": "correct-horse-9"})
        text = client.get("/security/").content.decode()
        assert "当前" in text
        assert "198.51.100.9" not in text

    def test_the_one_somewhere_else_is_ended(self, client: Client, world: World) -> None:
        elsewhere = Client()
        for each in (client, elsewhere):
            each.force_login(world.secretary)
        row = OpenSession.objects.get(key=elsewhere.session.session_key)
        assert client.post(f"/security/sessions/{row.pk}/end/").status_code == 302
        assert is_in(client)
        assert not is_in(elsewhere)
        assert AuditEvent.objects.filter(action="session.end", actor=world.secretary).exists()

    def test_all_others_at_once(self, client: Client, world: World) -> None:
        others = [Client(), Client()]
        for each in (client, *others):
            each.force_login(world.secretary)
        stranger = Client()
        stranger.force_login(world.reviewer)
        client.post("/security/sessions/end-others/")
        assert [is_in(each) for each in (client, *others, stranger)] == [True, False, False, True]

    def test_signing_out_takes_the_row_along(self, client: Client, world: World) -> None:
        client.force_login(world.secretary)
        client.post("/sign-out/")
        assert not OpenSession.objects.exists()

    @pytest.mark.parametrize(
        ("agent", "words"),
        [
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604.1", "Safari · iPhone"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko Firefox/120.0", "Firefox · Linux"),
            ("<script>alert(1)</script>", "未知浏览器"),
            ("", "未知浏览器"),
        ],
    )
    def test_in_two_words(self, agent: str, words: str) -> None:
        assert browser_name(agent) == words


class TestRoles:
    def test_a_new_role_and_its_end_sign_out(self, client: Client, world: World) -> None:
        client.force_login(world.member)
        seat = accounts.appoint(
            user=world.member, organization=world.committee, role=Role.REVIEWER, actor=world.security_officer
        )
        assert not is_in(client)
        client.force_login(world.member)
        accounts.end_appointment(appointment=seat, actor=world.security_officer)
        assert not is_in(client)


def test_housekeeping(client: Client, world: World) -> None:
    client.force_login(world.secretary)
    tidy()
    assert OpenSession.objects.count() == 1
    OpenSession.objects.update(seen_at=timezone.now() - timedelta(days=1))
    tidy()
    assert OpenSession.objects.count() == 0
