"""Related rows that were read in the same query as their row."""

from collections.abc import Iterable

from django.db.models import Model


def hand_over(row: Model, name: str, related: Iterable[Model]) -> None:
    """Let ``row.name.all()`` give these rows without asking the database, as after ``prefetch_related``."""
    rows = getattr(row, name).get_queryset()
    rows._result_cache = list(related)
    rows._prefetch_done = True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows
