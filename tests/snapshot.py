"""The whole database, kept and put back: the demonstration takes seconds to make, and each browser test wants it.

Outside a transaction only, as in a browser test. The triggers refuse to take rows away and are put back
after it, as in ``tests/flush.py``.
"""

import sqlite3
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.db import connection, transaction

from branchlife.guards import install_guards, remove_guards

# PostgreSQL: what a table's next number is, and the tables in no order, without looking at what refers to what.
SEQUENCES = (
    "SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = current_schema()"
)
UNCHECKED = "SET LOCAL session_replication_role = replica"


@dataclass
class Snapshot:
    """Taken from the database when made; ``restore`` brings it back as often as one likes."""

    tables: dict[str, str] = field(default_factory=dict)
    sequences: list[tuple[str, int | None]] = field(default_factory=list)
    copy: sqlite3.Connection | None = None

    @classmethod
    def take(cls) -> "Snapshot":
        if connection.vendor == "sqlite":
            copy = sqlite3.connect(":memory:", check_same_thread=False)
            _raw().backup(copy)
            return cls(copy=copy)
        with connection.cursor() as cursor:
            tables = {name: _dump(cursor, name) for name in connection.introspection.table_names(cursor)}
            cursor.execute(SEQUENCES)
            return cls(tables, cursor.fetchall())

    def restore(self) -> None:
        if self.copy is not None:
            self.copy.backup(_raw())
            return
        remove_guards(plan=("restore",))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(UNCHECKED)
            cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, self.tables))}")
            for name, rows in self.tables.items():
                cursor.copy_expert(f"COPY {connection.ops.quote_name(name)} FROM STDIN", StringIO(rows))
            for name, last in self.sequences:
                cursor.execute("SELECT setval(%s, %s, %s)", [name, last or 1, last is not None])
        install_guards()


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


def _dump(cursor: Any, table: str) -> str:
    rows = StringIO()
    cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} TO STDOUT", rows)
    return rows.getvalue()
