"""Our own `manage.py check --deploy` questions: what makes a site unfit for real people's data."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

SHORTEST_KEY = 32  # characters
WRITABLE_BY_OTHERS = stat.S_IRWXO


class Question(NamedTuple):
    kind: Callable[..., CheckMessage]
    number: str
    is_wrong: Callable[[], bool]
    sentence: str


def _keys() -> list[str]:
    audit = [key.partition(":")[2] for key in settings.AUDIT_KEY]
    return [
        str(settings.SECRET_KEY),
        *settings.FIELD_KEYS,
        *([settings.INDEX_KEY] * bool(settings.INDEX_KEY)),
        *audit,
    ]


def _is_served(folder: Path) -> bool:
    """Inside a folder whose files the web server gives to anybody."""
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    return any(folder.resolve().is_relative_to(each.resolve()) for each in served)


def _is_open_to_others() -> bool:
    return bool(Path(settings.DATA_DIR).stat().st_mode & WRITABLE_BY_OTHERS)


def _answers_to_its_name() -> bool:
    host = urlsplit(settings.SITE_URL).hostname or ""
    return any(
        host == name or (name.startswith(".") and host.endswith(name)) for name in settings.ALLOWED_HOSTS
    )


QUESTIONS = (
    Question(Error, "E001", lambda: settings.SECRET_KEY_IS_EPHEMERAL, "SECRET_KEY is not set."),
    Question(Error, "E002", lambda: settings.DEMO, "DEMO is on: anybody may sign in as anybody."),
    Question(Error, "E003", lambda: not settings.AUDIT_KEY, "AUDIT_KEY is not set."),
    Question(Error, "E004", lambda: settings.DEBUG, "DEBUG is on: error pages show the inside of the site."),
    Question(Error, "E005", lambda: _is_served(Path(settings.MEDIA_ROOT)),
             "Uploaded files lie among those the web server gives to anybody."),
    Question(Error, "E006", lambda: "*" in settings.ALLOWED_HOSTS, "ALLOWED_HOSTS allows any name."),
    Question(Warning, "W001", lambda: not settings.SECURE_SITE,
             "SITE_URL is not https://: cookies travel unprotected."),
    Question(Warning, "W002", lambda: not (settings.FIELD_KEYS and settings.INDEX_KEY),
             "FIELD_KEYS or INDEX_KEY is not set: a file in DATA_DIR holds the key of sealed numbers."),
    Question(Warning, "W003", lambda: not settings.SECOND_FACTOR,
             "SECOND_FACTOR is off: a password alone opens a whole committee's data."),
    Question(Warning, "W004", lambda: len(set(_keys())) < len(_keys()), "Two keys are the same."),
    Question(Warning, "W005", lambda: any(len(key) < SHORTEST_KEY for key in _keys()),
             "A key is shorter than 32 characters."),
    Question(Warning, "W006", lambda: not _answers_to_its_name(), "SITE_URL is not among ALLOWED_HOSTS."),
    Question(Warning, "W007", _is_open_to_others, "DATA_DIR can be entered by every user of the machine."),
)  # fmt: skip


@register(Tags.security, deploy=True)
def check_site(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [each.kind(each.sentence, id=f"branchlife.{each.number}") for each in QUESTIONS if each.is_wrong()]
