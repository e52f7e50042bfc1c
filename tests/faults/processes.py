"""Real processes for one round each: forked from this one, so that they are there at once."""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, connections

from branchlife import failpoints

PR_SET_PDEATHSIG = 1
PATIENCE = 60.0  # seconds; only ever reached when something is broken


@dataclass
class Child:
    pid: int
    code: int | None = None  # its exit code, or minus the signal that killed it
    is_stopped: bool = False

    def look(self) -> None:
        """Notice that it stopped or ended."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                self.is_stopped = True
            elif pid:
                self.code = os.waitstatus_to_exitcode(status)

    @property
    def is_running(self) -> bool:
        self.look()
        return self.code is None and not self.is_stopped

    def wait(self) -> int | None:
        """Until it ended (its code) or stopped itself (None)."""
        end = time.monotonic() + PATIENCE
        while self.is_running:
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError("a process of the harness hung")
            time.sleep(0.002)
        return self.code

    def go_on(self) -> None:
        self.is_stopped = False
        os.kill(self.pid, signal.SIGCONT)


def fork(work: Callable[[], object]) -> Child:
    """``work`` in a process of its own, with database connections of its own."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return Child(pid)
    code = 1
    try:
        _end_with_parent()
        _be_quiet()
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _end_with_parent() -> None:
    """Also when it is stopped: nothing of the harness outlives it."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _be_quiet() -> None:
    """What a dying process says is no news here. FAULTS_TELL=1 shows it."""
    if not os.environ.get("FAULTS_TELL"):
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)


def arm(point: str, action: Callable[[], None], nth: int = 1) -> None:
    """Do it when the work comes to this place for the nth time, once."""
    seen = 0

    def count() -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            action()

    failpoints.arm(point, count)


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop_myself() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def trip() -> None:
    raise RuntimeError("tripped")


def lose_database() -> None:
    """The server ends our connection, as it does with all of them in a restart."""
    import psycopg2

    mine = connection.connection.info.backend_pid
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [mine])
    other.close()


def crash_database() -> None:
    """kill -9 of one server process: PostgreSQL ends every connection at once and recovers from its log, as
    after an immediate restart. Only for a server that was started for this run."""
    os.kill(connection.connection.info.backend_pid, signal.SIGKILL)
