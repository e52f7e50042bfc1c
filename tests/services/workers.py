"""Real Celery workers as processes of their own, on the database of the test."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from celery import Celery
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
DONE = re.compile(r"Task (\S+)\[\S+\] succeeded")
PATIENCE = 60  # seconds; only ever reached when something is broken


class Worker:
    """A running worker and the lines it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seen: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def next_line(self) -> str:
        line = self._lines.get(timeout=PATIENCE)
        if line is None:
            raise AssertionError("the worker ended:\n" + "".join(self.seen))
        self.seen.append(line)
        return line

    def wait_for(self, words: str) -> None:
        while words not in self.next_line():
            pass

    def wait_until_done(self, *tasks: str) -> None:
        """Returns when each of these tasks has succeeded (as often as it is named), in any order."""
        waiting = list(tasks)
        while waiting:
            done = DONE.search(self.next_line())
            if done and done[1] in waiting:
                waiting.remove(done[1])

    def all_lines(self) -> list[str]:
        """Everything the worker printed; only after its end."""
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.seen.append(line)
        self._lines.put(None)
        return self.seen


def database_url() -> str:
    """The database of this test run, as a process of its own reaches it."""
    facts: Mapping[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    user, password, host = (quote(str(facts[name] or ""), safe="") for name in ("USER", "PASSWORD", "HOST"))
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"postgres://{user}{':' + password if password else ''}@{host}{port}/{facts['NAME']}"


def environment(data: Path, **others: str) -> dict[str, str]:
    """Nothing of the developer's own environment but where programs are found."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    ours = {
        "DJANGO_SETTINGS_MODULE": "branchlife.settings",
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "DATA_DIR": str(data),
        "DATABASE_URL": database_url(),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    return kept | ours | others


@contextmanager
def working(env: Mapping[str, str], *options: str) -> Iterator[Worker]:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    argv = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "branchlife",
        "worker",
        "--loglevel",
        "INFO",
        *quiet,
        *options,
    ]
    process = subprocess.Popen(
        argv, env=dict(env), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    try:
        yield Worker(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def poke(broker: str, times: int = 1) -> None:
    """What beat does, from outside."""
    with Celery("beat", broker=broker) as clock:
        for _ in range(times):
            clock.send_task("meetings.poke_reminders")
