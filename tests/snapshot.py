"""The whole database, kept and put back: what takes long to make is made once. For tests outside a transaction,
which begin with an empty site or, in the browser, with the demonstration.

The triggers refuse to take rows away; here, and only here, they are not asked.
"""

import sqlite3
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.db import connection, transaction

from branchlife.guards import install_guards

# PostgreSQL: what a table's next number is, and no trigger of anybody's, so no look at what refers to what.
SEQUENCES = (
    "SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = current_schema()"
)
UNCHECKED = "SET LOCAL session_replication_role = replica"
# Emptying all tables by TRUNCATE takes a quarter of a second however little is in them, by DELETE a hundredth;
# but what is deleted leaves room behind that is read over and over.
LARGE = 400_000  # bytes
LARGEST = (
    "SELECT max(pg_relation_size(oid)) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)


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
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(UNCHECKED)
            _empty(cursor, [connection.ops.quote_name(name) for name in self.tables])
            for name, rows in self.tables.items():
                if rows:
                    cursor.copy_expert(f"COPY {connection.ops.quote_name(name)} FROM STDIN", StringIO(rows))
            numbers = ", ".join(["setval(%s, %s, %s)"] * len(self.sequences))
            values = [(name, last or 1, last is not None) for name, last in self.sequences]
            cursor.execute(f"SELECT {numbers}", [each for value in values for each in value])
        install_guards()


def _empty(cursor: Any, tables: list[str]) -> None:
    """Waits, either way, for whoever is still at work in them."""
    cursor.execute(LARGEST)
    if cursor.fetchone()[0] > LARGE:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
    else:
        deletions = [f"DELETE FROM {table}" for table in tables]
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE; {'; '.join(deletions)}")


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


def _dump(cursor: Any, table: str) -> str:
    rows = StringIO()
    cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} TO STDOUT", rows)
    return rows.getvalue()
