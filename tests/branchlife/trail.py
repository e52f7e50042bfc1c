"""A small audit trail to look at, and what somebody with the database could do to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from branchlife.audit import record_event
from branchlife.audit_check import check_audit
from branchlife.guards import remove_guards
from branchlife.models import AuditEvent, User

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
CHAIN, OTHER = "organization:1", "organization:2"


def write(actor: User | None, subject: Any, chain: str = CHAIN, minutes: int = 0, **facts: Any) -> AuditEvent:
    at = NOW + timedelta(minutes=minutes)
    with transaction.atomic():
        return record_event(actor=actor, action="plan.create", subject=subject, chain=chain, now=at, **facts)


def write_trail(actor: User, each: int = 5) -> None:
    """Two chains of so many events."""
    for minutes in range(each):
        for chain in (CHAIN, OTHER):
            write(actor, actor, chain, minutes, difference={"step": minutes})


def faults(**options: Any) -> list[str]:
    return [str(fault) for fault in check_audit(now=NOW + timedelta(days=1), **options).faults]


def faults_but_triggers(**options: Any) -> list[str]:
    """Whoever tampers drops the triggers first; that they are gone is a fault of its own."""
    return [fault for fault in faults(**options) if not fault.startswith("trigger")]


def drop_guards() -> None:
    remove_guards(plan=("attack",))


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def rows_of(table: str, chain: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE chain = %s", [chain])
        return list(cursor.fetchall())


def put_back(table: str, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        sql(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(row))})", *row)
