"""The settings of a real site: what is off unless asked for, and what the environment may say."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command

from branchlife import env
from meetings.digest import USUAL

ROOT = Path(__file__).resolve().parents[2]
PRINT = """
import json
from django.conf import settings as s
names = %r
print(json.dumps({name: getattr(s, name) for name in names}, default=str))
"""


def read(tmp_path: Path, names: list[str], **environment: str) -> dict[str, object]:
    """These settings as a fresh process reads them from this environment and nothing else."""
    base = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "branchlife.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", PRINT % names],
        cwd=ROOT,
        env=base | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_with_an_empty_environment_everything_dangerous_is_off(tmp_path: Path) -> None:
    found = read(tmp_path, ["DEBUG", "DEMO", "ALLOWED_HOSTS", "REDIS_URL", "SECRET_KEY_IS_EPHEMERAL"])
    assert found["DEBUG"] is False
    assert found["DEMO"] is False
    assert "*" not in found["ALLOWED_HOSTS"]
    assert found["SECRET_KEY_IS_EPHEMERAL"] is True


def test_a_site_behind_tls_protects_its_cookies(tmp_path: Path) -> None:
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
    names += ["SECURE_HSTS_SECONDS"]
    assert all(read(tmp_path, names, SITE_URL="https://life.example.org").values())
    assert not any(read(tmp_path, names, SITE_URL="http://127.0.0.1:8000").values())


def test_every_session_cookie_is_out_of_reach_of_scripts() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.LANGUAGE_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    sources = {source for found in directives.values() for source in found}
    assert sources == {"'self'", "'none'", "data:"}


def test_everything_needs_signing_in_unless_it_says_otherwise() -> None:
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE


def test_the_address_of_the_database_decides(tmp_path: Path) -> None:
    found = read(tmp_path, ["DATABASES"], DATABASE_URL="postgres://u:p@db.example/branchlife")["DATABASES"]
    assert found["default"]["ENGINE"].endswith("postgresql")
    found = read(tmp_path, ["DATABASES"])["DATABASES"]
    assert found["default"]["ENGINE"].endswith("sqlite3")
    assert found["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_django_itself_finds_nothing_wrong_with_a_site_behind_tls(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "SITE_URL": "https://life.example.org",
        "SECRET_KEY": "Zq" + "0a9s8d7f6g5h4j3k2l1" * 3, "AUDIT_KEY": "2026:" + "k" * 40,
        "FIELD_KEYS": "f" * 40, "INDEX_KEY": "i" * 40, "ALLOWED_HOSTS": "life.example.org",
    }  # fmt: skip
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_web_server_refuses_to_start_without_keys(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "import branchlife.wsgi"]
    refused = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "SECRET_KEY" in refused.stderr
    environment |= {"SECRET_KEY": "x" * 50}
    refused = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "AUDIT_KEY" in refused.stderr
    environment |= {"AUDIT_KEY": "2026:" + "k" * 40}
    started = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    assert started.returncode == 0


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), ("Yes", True), ("off", False), ("", False), (" 0 ", False)]
)
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, word: str, value: bool) -> None:
    monkeypatch.setenv("SOME_SWITCH", word)
    assert env.boolean("SOME_SWITCH", default=not value) is value


def test_anything_else_stops_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SWITCH", "maybe")
    with pytest.raises(Exception, match="SOME_SWITCH must be 1 or 0, not 'maybe'"):
        env.boolean("SOME_SWITCH")
    monkeypatch.setenv("SOME_NUMBER", "ten")
    with pytest.raises(Exception, match="SOME_NUMBER must be a whole number, not 'ten'"):
        env.integer("SOME_NUMBER", 1)
    monkeypatch.setenv("SOME_WORDS", " a, ,b,")
    assert env.words("SOME_WORDS") == ["a", "b"]


def test_the_whole_project_passes_its_own_check() -> None:
    call_command("check", fail_level="WARNING")


@pytest.mark.parametrize("seconds", [-5, 0, 5])
def test_commands_say_nothing_of_a_usual_time_when_it_comes(
    capsys: pytest.CaptureFixture[str], seconds: int
) -> None:
    """Django takes a default close to the time it is for a mistake."""
    usual = datetime.combine(date(2026, 11, 23), USUAL.digest_at, UTC) + timedelta(seconds=seconds)
    with time_machine.travel(usual, tick=False):
        call_command("check")
        shown = capsys.readouterr()
    assert shown.err == ""
    assert "W161" not in shown.out
