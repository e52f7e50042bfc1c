"""Long lists in pieces, because a query takes a limited number of parameters."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
SIZE = 900  # below the lowest limit met (999 in old SQLite)


def batches(values: Collection[T], size: int = SIZE) -> Iterator[list[T]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
