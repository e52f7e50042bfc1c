"""Time and queries of a piece of work."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

    began, worked = time.perf_counter(), _worked()
    with connection.execute_wrapper(count):
        yield result
    result.seconds = time.perf_counter() - began
    result.cpu = _worked() - worked


def _worked() -> float:
    return time.process_time() + _database_worked()


def _database_worked() -> float:
    """Seconds of the server process behind this connection, where it runs on this machine."""
    if connection.vendor == "sqlite":
        return 0.0  # in this process
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not process.exists():
        return 0.0
    user, system = process.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
