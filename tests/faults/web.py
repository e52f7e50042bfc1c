"""A real web server on the database of the test, and browsers in threads that send real forms to it."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import psutil
from django.conf import settings
from django.db import connection

from branchlife.models import User
from tests.architecture.source import ROOT
from tests.architecture.test_urls_sweep import session_of
from tests.scripts.site_process import free_port, until

sys.path.append(str(ROOT / "scripts"))
from local_site import web_command

TOKEN = "t" * 32  # of the forms: the cookie and the field say the same
BROKEN = (OSError, http.client.HTTPException)  # how a browser learns that the server died


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[psutil.Process]:
        """Those alive; one that was killed is there until the master has seen it."""
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]

    def kill_workers(self) -> int:
        """kill -9, all at once, as soon as there are any; the master starts others."""
        pause_until(self.workers)
        killed = self.workers()
        for worker in killed:
            worker.send_signal(signal.SIGKILL)
        return len(killed)

    def send(self, cookie: str, path: str, data: dict[str, object] | None = None) -> tuple[int, str]:
        """Status and body of a GET, or of a POST of these fields. Raises one of BROKEN."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = f"{settings.SESSION_COOKIE_NAME}={cookie}; csrftoken={TOKEN}"
        headers = {
            "Cookie": cookies,
            "Content-Type": "application/x-www-form-urlencoded",
            "Connection": "close",
        }
        body = None if data is None else urlencode({"csrfmiddlewaretoken": TOKEN, **data}, doseq=True)
        try:
            asked.request("GET" if body is None else "POST", path, body, headers)
            answer = asked.getresponse()
            return answer.status, answer.read().decode("utf8", "replace")
        finally:
            asked.close()

    def is_up(self) -> bool:
        try:
            return self.send("", "/healthz")[0] == 200
        except BROKEN:
            return False


@contextmanager
def web_server(**environment: str) -> Iterator[Server]:
    """gunicorn as `make run` starts it. The application is loaded before the workers are made, so that a new
    one is there at once; each opens connections of its own."""
    port = free_port()
    command = [*web_command(sys.executable, "127.0.0.1", port), "--preload", "--log-level", "critical"]
    env = (
        os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.faults.web_settings", "DATABASE_URL": address()}
        | environment
    )
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(process, port)
    try:
        assert until(server.is_up, 60)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def address() -> str:
    """Of the test's own database, as a process of its own opens it."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    facts = connection.settings_dict
    place = f"{facts['HOST']}:{facts['PORT']}" if facts["PORT"] else facts["HOST"]
    return f"postgresql://{facts['USER']}:{facts['PASSWORD']}@{place}/{facts['NAME']}"


def cookie_of(user: User) -> str:
    return session_of(user)


def pause_until(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing moves"
        time.sleep(0.005)
