"""Time and queries of a piece of work."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil
from django.db import connection


@dataclass
class Measured:
    """``cpu``: what this process and the database's worked; on a busy machine it says more than the clock."""

    seconds: float = 0.0
    queries: int = 0
    cpu: float = 0.0


@contextmanager
def measured() -> Iterator[Measured]:
    """Counts without keeping the texts: connection.queries alone would cost as much as some of the work."""
    result = Measured()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result.queries += 1
        return execute(sql, params, many, context)

    # Looking at the server's processes takes milliseconds, which are nobody's work.
    server = _database_worked()
    own, began = time.process_time(), time.perf_counter()
    with connection.execute_wrapper(count):
        yield result
    result.seconds = time.perf_counter() - began
    result.cpu = time.process_time() - own + _database_worked() - server


def _database_worked() -> float:
    """Seconds of all the server's processes, where they run on this machine: a piece of work may have several
    connections, and some of them may have ended with it."""
    if connection.vendor == "sqlite":
        return 0.0  # in this process
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    if not psutil.pid_exists(backend):
        return 0.0
    server = psutil.Process(backend).parent()
    assert server is not None
    alive = sum(_seconds(each) for each in server.children())
    own = server.cpu_times()  # read last: what ends meanwhile is counted here
    return alive + own.user + own.system + own.children_user + own.children_system


def _seconds(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
