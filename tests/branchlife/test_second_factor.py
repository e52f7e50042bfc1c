"""The second factor: RFC 6238, each code once, nobody past it, and a way back when the phone is lost."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from branchlife import second_factor
from branchlife.models import AuditEvent, Authenticator, OpenSession, RecoveryCode, User
from branchlife.second_factor import TooManyCodes, WrongCode, code_at
from meetings.models import Notice
from tests.branchlife.phones import give_phone, shown
from tests.world import World, build_world

pytestmark = [pytest.mark.once, pytest.mark.django_db]
PASSWORD = "correct-horse-9"


@pytest.fixture
def world(settings) -> World:
    settings.SECOND_FACTOR = True
    return build_world()


def sign_in(client: Client, username: str, **extra: str):
    return client.post("/sign-in/", {"username": username, "password": PASSWORD, **extra})


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_rfc_6238(moment: int, code: str) -> None:
    """Appendix B, SHA-1, the last six of its eight digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code_at(secret, datetime.fromtimestamp(moment, UTC)) == code


class TestCodes:
    def test_half_a_minute_early_or_late_passes_and_more_does_not(self, world: World) -> None:
        now = timezone.now()
        for seconds, passes in ((-30, True), (30, True), (-90, False), (90, False)):
            device = give_phone(world.reviewer)
            code = shown(device, now + timedelta(seconds=seconds))
            with nullcontext() if passes else pytest.raises(WrongCode):
                second_factor.check(user=world.reviewer, code=code, now=now)
            device.delete()

    def test_a_code_works_once(self, world: World) -> None:
        device, now = give_phone(world.reviewer), timezone.now()
        code = shown(device, now)
        second_factor.check(user=world.reviewer, code=code, now=now)
        with pytest.raises(WrongCode):
            second_factor.check(user=world.reviewer, code=code, now=now)
        later = now + timedelta(seconds=30)
        second_factor.check(user=world.reviewer, code=shown(device, later), now=later)

    @pytest.mark.parametrize("code", ["", "abc", "12345", "１２３４５６", "000000\x00", "9" * 40])
    def test_anything_else_is_wrong(self, world: World, code: str) -> None:
        give_phone(world.reviewer)
        with pytest.raises(WrongCode):
            second_factor.check(user=world.reviewer, code=code)

    def test_guessing_gets_slower_and_slower(self, world: World) -> None:
        device, now = give_phone(world.reviewer), timezone.now()
        for _each in range(3):
            with pytest.raises(WrongCode):
                second_factor.check(user=world.reviewer, code="000000", now=now)
        with pytest.raises(TooManyCodes) as refused:
            second_factor.check(user=world.reviewer, code=shown(device, now), now=now)
        assert refused.value.seconds == 1
        Authenticator.objects.update(failures=30)
        with pytest.raises(TooManyCodes) as refused:
            second_factor.check(user=world.reviewer, code=shown(device, now), now=now)
        assert refused.value.seconds == 900
        later = now + timedelta(seconds=901)
        second_factor.check(user=world.reviewer, code=shown(device, later), now=later)
        device.refresh_from_db()
        assert device.failures == 0


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_twice_at_once_passes_once(settings) -> None:
    world = build_world()
    device, now = give_phone(world.reviewer), timezone.now()
    code = shown(device, now)

    def attempt(_number: int) -> bool:
        try:
            second_factor.check(user=world.reviewer, code=code, now=now)
            return True
        except (WrongCode, TooManyCodes):
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


class TestAtTheDoor:
    @pytest.mark.parametrize(
        "url", ["/", "/review/", "/members/", "/no-such/", "/password/", "/security/", "/security/set-up/"]
    )
    def test_the_password_alone_opens_nothing(self, client: Client, world: World, url: str) -> None:
        give_phone(world.reviewer)
        sign_in(client, "reviewer")
        for response in (client.get(url), client.post(url)):
            assert response.status_code == 302
            assert response.url.startswith("/security/code/")

    def test_without_the_guard_it_would(self, client: Client, world: World, settings) -> None:
        give_phone(world.reviewer)
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "door" not in each]
        sign_in(client, "reviewer")
        assert client.get("/review/").status_code == 200

    def test_the_code_opens_the_page_that_was_asked_for(self, client: Client, world: World) -> None:
        device = give_phone(world.reviewer)
        sign_in(client, "reviewer")
        first = client.session.session_key
        door = client.get("/review/?plan=1").url
        page = client.get(door)
        assert 'value="/review/?plan=1"' in page.content.decode()
        answer = client.post("/security/code/", {"code": shown(device), "next": "/review/?plan=1"})
        assert answer.url == "/review/?plan=1"
        assert client.get("/review/").status_code == 200
        assert client.session.session_key != first, "the key changes with the rights"
        assert OpenSession.objects.get(user=world.reviewer).key == client.session.session_key
        actions = AuditEvent.objects.filter(actor=world.reviewer).values_list("action", flat=True)
        assert list(actions) == ["session.begin", "session.second_factor"]

    def test_a_wrong_code_opens_nothing_and_is_written_down(self, client: Client, world: World) -> None:
        give_phone(world.reviewer)
        sign_in(client, "reviewer")
        answer = client.post("/security/code/", {"code": "000000", "next": "https://evil.example/"})
        assert answer.status_code == 400
        assert "验证码" in answer.content.decode()
        assert client.get("/review/").status_code == 302
        assert (
            AuditEvent.objects.filter(action="session.wrong_code", subject_id=world.reviewer.pk).count() == 1
        )

    def test_who_must_have_one_sets_it_up_first(self, client: Client, world: World) -> None:
        for username, first in (("reviewer", "/security/set-up/"), ("administrator", "/security/set-up/"),
                                ("audit_officer", "/security/set-up/"), ("secretary", "/"),
                                ("member", "/"), ("group_leader", "/")):  # fmt: skip
            other = Client()
            sign_in(other, username)
            answer = other.get("/")
            assert (answer.url if answer.status_code == 302 else "/").startswith(first), username
            assert other.get("/me/").status_code == (302 if first != "/" else 200), username

    def test_a_secretary_who_has_one_is_asked(self, client: Client, world: World) -> None:
        device = give_phone(world.secretary)
        sign_in(client, "secretary")
        assert client.get("/").status_code == 302
        client.post("/security/code/", {"code": shown(device)})
        assert client.get("/").status_code == 200

    def test_a_session_from_before_does_not_replace_a_newer_phone(self, client: Client, world: World) -> None:
        """Somebody who knows only the password, and came before the owner set the app up."""
        sign_in(client, "reviewer")
        give_phone(world.reviewer)
        assert client.get("/security/set-up/").url == "/security/code/"
        assert client.post("/security/set-up/").url == "/security/code/"


class TestSetUp:
    def page(self, client: Client) -> tuple[str, str]:
        """The secret as the page shows it, and as it is sent back."""
        text = client.get("/security/set-up/").content.decode()
        secret = re.search(r'class="secret">([A-Z2-7 ]+)<', text)
        signed = re.search(r'name="secret" value="([^"]+)"', text)
        assert secret and signed
        assert 'src="data:image/png;base64,' in text
        return secret[1].replace(" ", ""), signed[1]

    def send(self, client: Client, signed: str, code: str, password: str = PASSWORD):
        return client.post("/security/set-up/", {"secret": signed, "code": code, "password": password})

    def test_scan_prove_and_go_on(self, client: Client, world: World) -> None:
        sign_in(client, "reviewer")
        elsewhere = Client()
        elsewhere.force_login(world.reviewer)
        secret, signed = self.page(client)
        answer = self.send(client, signed, code_at(secret, timezone.now()))
        assert answer.status_code == 200
        codes = re.findall(r"<code>([a-z0-9]{4}-[a-z0-9]{5}-[a-z0-9]{5})</code>", answer.content.decode())
        assert len(codes) == 8
        assert client.get("/review/").status_code == 200
        assert elsewhere.get("/me/").status_code == 302, "signed out elsewhere"
        assert Notice.objects.filter(recipient=world.reviewer, code="second_factor.set_up").exists()

    def test_looking_writes_nothing(self, client: Client, world: World) -> None:
        client.force_login(world.reviewer)
        self.page(client)
        assert not Authenticator.objects.exists()

    def test_the_secret_is_sealed(self, client: Client, world: World) -> None:
        sign_in(client, "reviewer")
        secret, signed = self.page(client)
        self.send(client, signed, code_at(secret, timezone.now()))
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM branchlife_authenticator")
            assert secret not in cursor.fetchone()[0]

    def test_a_wrong_code_or_password_sets_nothing_up(self, client: Client, world: World) -> None:
        sign_in(client, "reviewer")
        secret, signed = self.page(client)
        right = code_at(secret, timezone.now())
        for answer in (
            self.send(client, signed, "000000"),
            self.send(client, signed, right, password="wrong"),
            self.send(client, "invented", right),
        ):
            assert answer.status_code == 400
            assert 'src="data:image/png;base64,' in answer.content.decode()
        assert not Authenticator.objects.exists()

    def test_the_page_of_somebody_else_sets_nothing_up(self, client: Client, world: World) -> None:
        other = Client()
        other.force_login(world.administrator)
        secret, signed = self.page(other)
        sign_in(client, "reviewer")
        assert self.send(client, signed, code_at(secret, timezone.now())).status_code == 400


class TestLostPhone:
    def test_a_recovery_code_works_once(self, client: Client, world: World) -> None:
        give_phone(world.reviewer)
        code, other = second_factor.renew_codes(user=world.reviewer)[:2]
        sign_in(client, "reviewer")
        assert client.post("/security/code/", {"code": f" {code.upper()} "}).status_code == 302
        assert client.get("/review/").status_code == 200
        assert Notice.objects.filter(recipient=world.reviewer, code="second_factor.recovery_code").exists()
        again = Client()
        sign_in(again, "reviewer")
        assert again.post("/security/code/", {"code": code}).status_code == 400
        assert again.post("/security/code/", {"code": other}).status_code == 302

    def test_codes_are_kept_like_passwords(self, world: World) -> None:
        codes = second_factor.renew_codes(user=world.reviewer)
        rows = RecoveryCode.objects.filter(user=world.reviewer)
        for row, code in zip(rows.order_by("label"), codes, strict=True):
            assert code.startswith(row.label)
            assert code.replace("-", "")[4:] not in row.digest

    def test_new_codes_take_the_password_and_end_the_old_ones(self, client: Client, world: World) -> None:
        device = give_phone(world.secretary)
        old = second_factor.renew_codes(user=world.secretary)[0]
        sign_in(client, "secretary")
        client.post("/security/code/", {"code": shown(device)})
        assert client.post("/security/recovery-codes/", {"password": "wrong"}).status_code == 400
        assert client.post("/security/recovery-codes/", {"password": PASSWORD}).status_code == 200
        other = Client()
        sign_in(other, "secretary")
        assert other.post("/security/code/", {"code": old}).status_code == 400

    def test_only_who_need_not_have_one_may_remove_it(self, client: Client, world: World) -> None:
        for user, allowed in ((world.secretary, True), (world.reviewer, False)):
            device, browser = give_phone(user), Client()
            sign_in(browser, user.username)
            browser.post("/security/code/", {"code": shown(device)})
            assert browser.get("/security/remove/").status_code == (200 if allowed else 403)
            browser.post("/security/remove/", {"password": PASSWORD})
            assert Authenticator.objects.filter(user=user).exists() is not allowed

    def test_the_security_officer_helps(self, client: Client, world: World) -> None:
        give_phone(world.reviewer)
        seat = world.reviewer.appointments.get()
        device = give_phone(world.security_officer)
        sign_in(client, "security_officer")
        client.post("/security/code/", {"code": shown(device)})
        elsewhere = Client()
        elsewhere.force_login(world.reviewer)
        assert "手机丢失" in client.get("/accounts/").content.decode()
        assert client.post(f"/accounts/{seat.pk}/second-factor/").status_code == 302
        assert not Authenticator.objects.filter(user=world.reviewer).exists()
        assert not world.reviewer.open_sessions.exists()
        event = AuditEvent.objects.get(action="second_factor.remove")
        assert (event.actor, event.subject_id) == (world.security_officer, str(world.reviewer.pk))

    def test_nobody_helps_themselves_or_somebody_with_power_elsewhere(
        self, client: Client, world: World
    ) -> None:
        device = give_phone(world.security_officer)
        sign_in(client, "security_officer")
        client.post("/security/code/", {"code": shown(device)})
        own = world.security_officer.appointments.get()
        assert client.post(f"/accounts/{own.pk}/second-factor/").status_code == 403
        give_phone(world.reviewer)
        seat = world.reviewer.appointments.get()
        world.reviewer.appointments.create(
            organization=world.other_committee, role="administrator", start_on=seat.start_on
        )
        client.post(f"/accounts/{seat.pk}/second-factor/")
        assert Authenticator.objects.filter(user=world.reviewer).exists()

    def test_from_the_command_line(self, world: World, capsys) -> None:
        give_phone(world.administrator)
        call_command("reset_second_factor", "administrator")
        assert not Authenticator.objects.exists()
        assert AuditEvent.objects.get(action="second_factor.remove").actor is None
        with pytest.raises(CommandError, match="nobody"):
            call_command("reset_second_factor", "nobody")


def test_the_demonstration_asks_for_none(client: Client, settings) -> None:
    world = build_world()
    assert not settings.SECOND_FACTOR
    client.force_login(world.reviewer)
    assert client.get("/review/").status_code == 200
    assert User.objects.count() == 12
