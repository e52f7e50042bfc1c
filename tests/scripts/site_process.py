"""`make run` as a process of a test: started for real, looked at from outside, ended by signals."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.architecture.source import ROOT

START = 120.0  # seconds; the first start fills the demonstration
END = 20.0

# What the test run set for itself must not reach the site.
OURS = {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "DEBUG", "DEMO", "DATA_DIR", "EMAIL_URL", "LOG_LEVEL"}
OTHERS = {"DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "SITE_URL", "HOST", "MAKEFLAGS", "MAKELEVEL"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OURS | OTHERS}
    return kept | {"DATA_DIR": str(data), "PORT": str(port)}


def hear_signals() -> None:
    """A test run started in the background (nohup, a job of a script) ignores some of them, and what it
    starts would inherit that."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@dataclass
class Site:
    process: subprocess.Popen[bytes]
    port: int
    console: Path

    @classmethod
    def start(cls, argv: list[str], data: Path, console: Path) -> "Site":
        port = free_port()
        with console.open("wb") as output:
            process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env=environment(data, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=hear_signals,
            )
        return cls(process, port, console)

    def wait_until_announced(self) -> None:
        announced = until(lambda: self.address in self.output() or self.process.poll() is not None, START)
        assert announced, self.output()
        assert self.process.poll() is None, self.output()

    def wait_for_worker(self) -> None:
        """The worker and, as its child, the clock."""
        assert until(lambda: len(self.running("celery")) >= 2, START), self.output()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def output(self) -> str:
        return self.console.read_text(encoding="utf8")

    def status_of(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def family(self) -> list[psutil.Process]:
        leader = psutil.Process(self.process.pid)
        return [leader, *leader.children(recursive=True)]

    def running(self, word: str) -> list[psutil.Process]:
        return [process for process in self.family() if word in command_of(process)]

    def all_gone_after(self, act: Callable[[], None]) -> list[psutil.Process]:
        """Who is still there some seconds after `act`; the test wants nobody."""
        family = self.family()
        act()
        until(lambda: self.process.poll() is not None and not left_of(family), END)
        return left_of(family)

    def kill_family(self) -> None:
        if self.process.poll() is None:
            for process in self.family():
                process.kill()
            self.process.wait()

    def send(self, number: signal.Signals) -> Callable[[], None]:
        return lambda: self.process.send_signal(number)


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it ended meanwhile
        return ""


def left_of(family: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in family if process.is_running() and not is_zombie(process)]


def is_zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
