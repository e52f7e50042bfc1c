"""Triggers: what the database itself refuses, whoever asks, beyond what a constraint can say.

Apps declare theirs with ``add_guards``; after every migration the database has exactly those that are
declared. While tables change they are off: SQLite rebuilds a table to alter it, which would lose them or
trip over them. ``missing_guards`` tells when somebody took one away.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

PREFIX = "guard_"


@dataclass(frozen=True)
class Guard:
    """One trigger on one table, in the words of each database; empty where a database needs none.

    ``sqlite`` is the trigger from its time on (``BEFORE UPDATE ON t BEGIN … END``). ``postgresql`` is the
    same up to the function's name and arguments, ``function`` the statement that makes the function.
    """

    name: str
    table: str
    sqlite: str = ""
    postgresql: str = ""
    function: str = ""

    def body(self, vendor: str) -> str:
        return self.sqlite if vendor == "sqlite" else self.postgresql

    def trigger_name(self, vendor: str) -> str:
        """Carries a sum of its text, so that a changed guard is another one."""
        text = self.body(vendor) + (self.function if vendor == "postgresql" else "")
        return f"{PREFIX}{self.name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def statements(self, vendor: str) -> list[str]:
        create = f"CREATE TRIGGER {self.trigger_name(vendor)} {self.body(vendor)}"
        return [self.function, create] if vendor == "postgresql" and self.function else [create]


_sources: list[Callable[[], Iterable[Guard]]] = []


def add_guards(source: Callable[[], Iterable[Guard]]) -> None:
    """Called by an app when it is ready; the guards are asked for when the tables are there."""
    if source not in _sources:
        _sources.append(source)


def declared_guards() -> dict[str, Guard]:
    """By the name of the trigger, those this database needs."""
    guards = [guard for source in _sources for guard in source() if guard.body(connection.vendor)]
    return {guard.trigger_name(connection.vendor): guard for guard in guards}


def existing_guards() -> dict[str, str]:
    """The table of each trigger of ours that the database has now, by the trigger's name."""
    query = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: table for name, table in cursor.fetchall() if name.startswith(PREFIX)}


def missing_guards() -> list[str]:
    return sorted(declared_guards().keys() - existing_guards().keys())


def install_guards(**kwargs: Any) -> None:
    """After a migration: what is declared and nothing else. A receiver of ``post_migrate``."""
    with transaction.atomic():
        declared, existing = declared_guards(), existing_guards()
        tables = set(connection.introspection.table_names())
        _drop({name: table for name, table in existing.items() if name not in declared})
        missing = [
            guard for name, guard in declared.items() if name not in existing and guard.table in tables
        ]
        made = dict.fromkeys(sql for guard in missing for sql in guard.statements(connection.vendor))
        with connection.cursor() as cursor:
            for sql in made:
                cursor.execute(sql)


def remove_guards(plan: Any = (), **kwargs: Any) -> None:
    """Before tables change. A receiver of ``pre_migrate``: nothing happens when there is nothing to do."""
    if plan:
        _drop(existing_guards())


def _drop(guards: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for name, table in guards.items():
            # A trigger may have been disabled or dropped by hand in the meantime.
            of = f" ON {connection.ops.quote_name(table)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {connection.ops.quote_name(name)}{of}")


# --- guards every app may want ------------------------------------------------------------------

REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION branchlife_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def append_only(table: str, sentence: str) -> list[Guard]:
    """Rows of this table are written once: no change, no deletion, no REPLACE, no TRUNCATE.

    ``INSERT OR REPLACE`` deletes without firing a DELETE trigger unless the connection has
    recursive_triggers on; a foreign connection need not, so the insertion is refused as well.
    """
    return [refusing(table, what, sentence) for what in ("UPDATE", "DELETE")] + [
        Guard(
            name=f"{table}_no_replace",
            table=table,
            sqlite=f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        ),
        no_truncate(table, sentence),
    ]


def no_truncate(table: str, sentence: str) -> Guard:
    return Guard(
        name=f"{table}_no_truncate",
        table=table,
        postgresql=f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION branchlife_refuse('{sentence}')",
        function=REFUSE_FUNCTION,
    )


def refusing(table: str, what: str, sentence: str) -> Guard:
    return Guard(
        name=f"{table}_no_{what.lower()}",
        table=table,
        sqlite=f"BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
        postgresql=f"BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION branchlife_refuse('{sentence}')",
        function=REFUSE_FUNCTION,
    )
