"""The Chinese catalogue: complete, compiled, and in step with the sources."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tests.architecture.source import ROOT

FOLDER = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w*\}")
SOURCES = ("branchlife", "meetings", "reviews", "templates", "static/js", "locale", "manage.py")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(FOLDER / "django.po"))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def test_every_message_has_its_chinese(catalogue: polib.POFile) -> None:
    assert len(catalogue) > 0
    assert [entry.msgid for entry in catalogue if not all(texts(entry))] == []
    assert [entry.msgid for entry in catalogue if "fuzzy" in entry.flags] == []
    assert [entry.msgid for entry in catalogue if entry.obsolete] == []


def test_the_placeholders_are_those_of_the_message(catalogue: polib.POFile) -> None:
    """One left out hides a fact; one too many is an error on the page."""
    wrong = [
        entry.msgid
        for entry in catalogue
        for text in texts(entry)
        if text
        and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(FOLDER / "django.mo"))
    assert {key(entry): texts(entry) for entry in compiled} == {
        key(entry): texts(entry) for entry in catalogue
    }


@pytest.mark.skipif(not shutil.which("xgettext"), reason="no gettext on PATH (apt install gettext)")
def test_the_catalogue_is_in_step_with_the_sources(catalogue: polib.POFile, tmp_path: Path) -> None:
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, tmp_path / name)
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-location", "--no-obsolete"]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "branchlife.settings"}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=env)
    fresh = polib.pofile(str(tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"))
    assert {key(entry) for entry in fresh} == {key(entry) for entry in catalogue}
