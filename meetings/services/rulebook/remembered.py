"""Time limits and the calendar change a few times a year and are asked for on every page: remembered ten minutes.

A change made in this process is seen at once, one made in another within that time.
"""

from typing import Any

from django.core.cache import cache
from django.db import transaction

KEY = "meetings.limits"
SECONDS = 600


def recall() -> Any:
    """What was remembered, or None."""
    return cache.get(KEY)


def remember(known: Any) -> None:
    cache.set(KEY, known, SECONDS)


def forget(**kwargs: Any) -> None:
    """Something has changed: now, and once more when others can see it, too."""
    cache.delete(KEY)
    transaction.on_commit(lambda: cache.delete(KEY))
