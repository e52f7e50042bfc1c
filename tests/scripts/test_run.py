"""`make run`, as a stranger meets it: from nothing to a site, and back to nothing."""

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.scripts.site_process import END, Site, environment, free_port, left_of, until

pytestmark = pytest.mark.services

SCRIPT = [sys.executable, "scripts/run"]
MAKE = ["make", "--silent", "run", f"PYTHON={sys.executable}"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Callable[[list[str]], Site]]:
    started: list[Site] = []

    def begin(argv: list[str]) -> Site:
        site = Site.start(argv, data, tmp_path / f"console-{len(started)}.txt")
        started.append(site)
        site.wait_until_announced()
        return site

    yield begin
    for site in started:
        site.kill_family()


def names(data: Path) -> list[str]:
    with sqlite3.connect(data / "branchlife.sqlite3") as connection:
        return [row[0] for row in connection.execute("select name from branchlife_user order by id")]


def rename_first(data: Path, name: str) -> None:
    with sqlite3.connect(data / "branchlife.sqlite3", timeout=20) as connection:
        connection.execute(
            "update branchlife_user set name = ? where id = (select min(id) from branchlife_user)", [name]
        )


def refused(data: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        SCRIPT,
        cwd=ROOT,
        env=environment(data, free_port()) | changes,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_from_nothing_to_a_site_and_back(start: Callable[[list[str]], Site], data: Path) -> None:
    site = start(SCRIPT)
    assert site.status_of("/healthz") == 200
    assert site.status_of("/sign-in/") == 200
    site.wait_for_worker()
    assert "支部生活" in site.output()
    assert names(data), "the demonstration has people"
    assert (data / "secret-key").stat().st_mode & 0o777 == 0o600

    second = refused(data)
    assert second.returncode == 1
    assert "already runs" in second.stderr

    rename_first(data, "改过的名字")
    people, key = names(data), (data / "secret-key").read_text()
    assert site.all_gone_after(site.send(signal.SIGTERM)) == []
    assert site.process.returncode == 0

    again = start(MAKE)
    assert names(data) == people
    assert (data / "secret-key").read_text() == key
    a_killed_worker_comes_back(again)
    assert again.all_gone_after(again.send(signal.SIGINT)) == []


def a_killed_worker_comes_back(site: Site) -> None:
    """And the clock that it carried does not go on beside the new one."""
    site.wait_for_worker()
    old = site.running("celery")
    leader = next(process for process in old if process.parent() not in old)
    leader.kill()
    assert until(lambda: len(set(site.running("celery")) - set(old)) >= 2, END), site.output()
    assert left_of(old) == []
    assert "The worker ended" in site.output()


def test_a_busy_port_is_told_before_anything_is_made(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        answer = refused(data, PORT=str(port))
    assert answer.returncode == 1
    assert f"Port {port} is in use" in answer.stderr
    assert f"端口 {port} 已被占用" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not data.exists()


@pytest.mark.parametrize("port", ["80000", "0", "x", "８０８０"])
def test_a_strange_port_gets_a_sentence(tmp_path: Path, port: str) -> None:
    answer = refused(tmp_path / "data", PORT=port)
    assert answer.returncode == 1
    assert answer.stderr.startswith("PORT must be a number")


def test_an_unusable_folder_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    answer = refused(tmp_path / "file" / "data")
    assert answer.returncode == 1
    assert "Cannot use the folder" in answer.stderr
