"""The commands as an administrator or a check from outside runs them: nothing set but DATABASE_URL."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from tests.architecture.source import ROOT

DATA = ROOT / "tests" / "data"


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database of one's own, of the sort this run is about."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'alone.sqlite3'}"
        return
    facts = settings.DATABASES["default"]
    server = psycopg2.connect(host=facts["HOST"], user=facts["USER"], dbname="postgres")
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute("CREATE DATABASE alone")
        yield f"postgres://{facts['USER']}@{quote(facts['HOST'], safe='')}/alone"
        cursor.execute("DROP DATABASE alone WITH (FORCE)")
    server.close()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project's code without the data folder of the machine it is tested on."""
    place = tmp_path / "checkout"
    place.mkdir()
    for name in ("branchlife", "meetings", "reviews", "templates", "static", "locale"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", place)
    return place


def test_from_an_empty_database_to_the_expected_figures(empty_database: str, checkout: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=checkout, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "DATABASE_URL": empty_database}, check=False,
        )  # fmt: skip

    steps = [
        ("migrate", "--verbosity=0"),
        ("import_organizations", str(DATA / "organizations.xlsx")),
        ("import_roster", str(DATA / "roster-clean.xlsx")),
        ("import_ledger", str(DATA / "ledger-2026.xlsx"), "--year", "2026"),
    ]
    for step in steps:
        done = run(*step)
        assert done.returncode == 0, done.stderr
    figures = run(
        "compliance", "--organization", "3201", "--year", "2026", "--as-of", "2026-11-23", "--format", "json"
    )
    expected = json.loads((DATA / "compliance-2026.expected.json").read_text(encoding="utf8"))
    assert json.loads(figures.stdout) == expected
    again = run(*steps[2])
    assert again.returncode == 0, again.stderr
    assert "133行未变" in again.stdout
    refused = run("import_roster", str(ROOT / "manage.py"))
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
