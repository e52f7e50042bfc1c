"""Passwords: what each of the two profiles takes, and that the guard is what refuses."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from branchlife.models import User
from meetings.models import Notice
from meetings.services.accounts import password_link
from tests.branchlife.phones import give_phone
from tests.world import make_user

ROOT = Path(__file__).resolve().parents[2]
OWN = "branchlife.passwords"
DENGBAO = [
    {"NAME": f"{OWN}.LengthValidator", "OPTIONS": {"alone": 10}},
    {"NAME": f"{OWN}.KindsValidator"},
    {"NAME": f"{OWN}.HistoryValidator"},
]
pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def user() -> User:
    return make_user("shenyufang", "沈玉芳")


def refused(password: str, user: User | None, config: list[dict] | None = None) -> bool:
    try:
        validate_password(password, user, get_password_validators(config) if config else None)
    except ValidationError:
        return True
    return False


class TestAsvs:
    @pytest.mark.parametrize(
        "password",
        [
            "正确的马电池订书钉要十五个字才行",
            "correct-horse-9",
            "onlylettersbutmany",
            "    spaces   count   ",
            "x" * 3 + "yzabcdkfgjqw",
        ],
    )
    def test_long_is_enough_whatever_it_is_made_of(self, user: User, password: str) -> None:
        assert not refused(password, user)

    @pytest.mark.parametrize(
        "password",
        [
            "Sh0rt!Sh0rt!14",  # 14
            "zhibushenghuo2026", "BranchLife-BranchLife-1", "dangzhibudangzhibu", "mima1234567890!!",
            "passwordpassword", "111111111111111111", "123456789012345678", "98765432109876543",
            "shenyufang123456", "qwertyuiopasdfghjkl",
        ],
    )  # fmt: skip
    def test_short_or_first_guess(self, user: User, password: str) -> None:
        assert refused(password, user)

    def test_eight_are_enough_beside_a_second_factor(self, user: User) -> None:
        assert refused("kX9-qwmz", user)
        give_phone(user)
        assert not refused("kX9-qwmz", user)
        assert refused("kX9-qwm", user)

    def test_without_the_guard_the_first_guess_would_pass(self, user: User) -> None:
        others = [each for each in settings.AUTH_PASSWORD_VALIDATORS if "SiteWords" not in each["NAME"]]
        assert refused("zhibushenghuo2026", user)
        assert not refused("zhibushenghuo2026", user, others)


class TestDengbao:
    def test_three_kinds_and_ten_characters(self, user: User) -> None:
        assert refused("onlylettersbutmany", user, DENGBAO)
        assert refused("Lettersanddig", user, DENGBAO)
        assert refused("kX9-qwmzz", user, DENGBAO)
        assert not refused("kX9qwmzzab", user, DENGBAO)

    def test_none_of_the_last_five(self, user: User, settings) -> None:
        settings.AUTH_PASSWORD_VALIDATORS = DENGBAO
        passwords = [f"kX9qwmzz-{number}" for number in range(6)]
        for password in passwords:
            user.set_password(password)
            user.save()
        assert [refused(each, user, DENGBAO) for each in passwords] == [False, *[True] * 5]
        assert user.old_passwords.count() == 5
        assert "kX9" not in user.old_passwords.first().digest

    def test_after_ninety_days_a_new_one_comes_first(self, client: Client, user: User, settings) -> None:
        settings.PASSWORD_LASTS = timedelta(days=90)
        user.set_password("correct-horse-9")
        user.save()
        with time_machine.travel(timezone.now() + timedelta(days=89)):
            client.force_login(user)
            assert client.get("/me/").status_code == 200
        with time_machine.travel(timezone.now() + timedelta(days=91)):
            client.force_login(user)
            assert client.get("/me/").url == "/password/?next=%2Fme%2F"
            assert client.get("/password/").status_code == 200
            changed = {
                "old_password": "correct-horse-9",
                "new_password1": "another-horse-10",
                "new_password2": "another-horse-10",
            }
            assert client.post("/password/", changed).status_code == 302
            assert client.get("/me/").status_code == 200


PRINT = """
import json
from django.conf import settings as s
names = [each["NAME"] for each in s.AUTH_PASSWORD_VALIDATORS]
print(json.dumps([*names, str(s.PASSWORD_LASTS), s.SECOND_FACTOR]))
"""


def test_the_environment_chooses(tmp_path: Path) -> None:
    def read(**environment: str) -> list:
        base = {
            "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "branchlife.settings",
        }  # fmt: skip
        command, env = [sys.executable, "-c", PRINT], base | environment
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert read()[-2:] == ["None", True]
    assert read(DEMO="1")[-1] is False
    strict = read(PASSWORD_PROFILE="dengbao")
    assert strict[-2] == "90 days, 0:00:00"
    assert {f"{OWN}.KindsValidator", f"{OWN}.HistoryValidator"} <= set(strict[:-2])


class TestChanging:
    def change(self, client: Client, old: str = "correct-horse-9"):
        new = "another-horse-10"
        return client.post("/password/", {"old_password": old, "new_password1": new, "new_password2": new})

    def test_it_signs_out_everywhere_else(self, client: Client, user: User) -> None:
        elsewhere = Client()
        for each in (client, elsewhere):
            each.force_login(user)
        assert self.change(client).status_code == 302
        assert client.get("/security/").status_code == 200
        assert elsewhere.get("/security/").status_code == 302
        assert user.open_sessions.count() == 1
        assert user.open_sessions.get().key == client.session.session_key
        assert Notice.objects.get(recipient=user).code == "account.password"

    def test_the_old_one_is_not_guessed_here_either(self, client: Client, user: User) -> None:
        client.force_login(user)
        answers = [self.change(client, f"wrong-{number}").status_code for number in range(6)]
        assert answers == [400] * 4 + [429] * 2
        assert self.change(client).status_code == 429


class TestLink:
    def set_password(self, client: Client, link: str, password: str = "another-horse-10"):
        page = client.get(link)
        if page.status_code != 302:
            return page
        return client.post(page.url, {"new_password1": password, "new_password2": password})

    def test_it_works_once_and_ends_what_was_open(self, client: Client, user: User) -> None:
        elsewhere = Client()
        elsewhere.force_login(user)
        link = password_link(user)
        assert self.set_password(client, link).status_code == 302
        assert elsewhere.get("/security/").status_code == 302
        assert not user.open_sessions.exists()
        assert self.set_password(client, link).status_code == 200, "used up"

    def test_it_expires_after_three_days(self, client: Client, user: User) -> None:
        link = password_link(user)
        made: datetime = timezone.localtime()  # the link is dated by the clock of the place
        with time_machine.travel(made + timedelta(days=3, seconds=2)):
            assert "过期" in self.set_password(client, link).content.decode()
        with time_machine.travel(made + timedelta(days=2, hours=23)):
            assert self.set_password(client, link).status_code == 302

    def test_it_opens_an_account_that_wrong_passwords_closed(self, client: Client, user: User) -> None:
        for _each in range(5):
            client.post("/sign-in/", {"username": user.username, "password": "wrong"})
        right = {"username": user.username, "password": "another-horse-10"}
        assert client.post("/sign-in/", right).status_code == 429
        self.set_password(client, password_link(user))
        assert client.post("/sign-in/", right).status_code == 302
