"""SQL that is asked on every page, built once and asked again.

Django takes several times as long to put a large query together as a database to answer it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Compiled:
    """Remembers the SQL of querysets by a key that says everything they depend on.

    Only for columns that need no conversion from what the driver gives: numbers, texts, truth values (0 and
    1 in SQLite). Keeps the ``most`` last used.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[str, tuple[Any, ...]]] = OrderedDict()
        self._lock = Lock()

    def rows(self, key: Hashable, build: Callable[[], QuerySet[Any, Any]]) -> list[tuple[Any, ...]]:
        """The rows of ``build()``, a queryset of ``values_list``. One query."""
        sql, parameters = self._sql((connection.vendor, key), build)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return [tuple(row) for row in cursor.fetchall()]

    def _sql(self, key: Hashable, build: Callable[[], QuerySet[Any, Any]]) -> tuple[str, tuple[Any, ...]]:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        sql, parameters = build().query.get_compiler(connection=connection).as_sql()
        with self._lock:
            self._known[key] = sql, tuple(parameters)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return sql, tuple(parameters)
