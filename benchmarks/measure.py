"""Time and queries of a piece of work."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass
class Measured:
    seconds: float = 0.0
    queries: int = 0


@contextmanager
def measured() -> Iterator[Measured]:
    """Counts without keeping the texts: connection.queries alone would cost as much as some of the work."""
    result = Measured()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result.queries += 1
        return execute(sql, params, many, context)

    started = time.perf_counter()
    with connection.execute_wrapper(count):
        yield result
    result.seconds = time.perf_counter() - started


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
