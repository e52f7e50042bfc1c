"""Emptying the database between tests, which the triggers rightly refuse.

A test outside a transaction ends with Django's flush and with all that follows a migration: permissions, the
national rules. Here that is done once; after each further test what it left is put back. For that first time,
and only here, the triggers are taken away and put back. Nothing in the application does so outside a migration,
and no setting switches it on.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import TransactionTestCase

from branchlife.guards import install_guards, remove_guards
from tests.snapshot import Snapshot


def empty_quickly() -> None:
    """Called once, before the first test."""
    _flush_between_guards()
    case: Any = TransactionTestCase
    case._fixture_teardown = _emptied_once(case._fixture_teardown)


def _emptied_once(flush: Callable[[Any], None]) -> Callable[[Any], None]:
    empty: list[Snapshot] = []

    def teardown(self: Any) -> None:
        if empty:
            empty[0].restore()
        else:
            flush(self)
            empty.append(Snapshot.take())

    return teardown


def _flush_between_guards() -> None:
    operations: Any = type(connection.ops)
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: Sequence[str]) -> None:
        remove_guards(plan=("flush",))
        flush(self, sql_list)
        install_guards()

    operations.execute_sql_flush = execute_sql_flush
