"""Emptying the database between tests, which the triggers rightly refuse.

A transactional test ends with Django's flush: DELETE on SQLite, TRUNCATE on PostgreSQL. Here, and only
here, the triggers are taken away before it and put back after it. Nothing in the application does so
outside a migration, and no setting switches it on.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from branchlife.guards import install_guards, remove_guards


def flush_between_guards() -> None:
    """Called once, before the first test."""
    operations: Any = type(connection.ops)
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: Sequence[str]) -> None:
        remove_guards(plan=("flush",))
        flush(self, sql_list)
        install_guards()

    operations.execute_sql_flush = execute_sql_flush
