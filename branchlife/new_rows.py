"""Many rows in one statement: what nobody else has written is written, and told.

Rows travel as one JSON parameter, which both databases read as a table. Building model instances
and a placeholder for each value costs several times what the database takes for the work itself.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import DateField, Field, JSONField, Model

Row = tuple[Any, ...]
TABLE = {
    "sqlite": "json_each(%s) AS line",
    "postgresql": "jsonb_array_elements(%s::jsonb) AS line(value)",
}


def insert_new(
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    same: Mapping[str, Any],
    returning: Sequence[str] = (),
) -> list[Row]:
    """INSERT … ON CONFLICT DO NOTHING of numbers, texts, times and JSON; returns ``returning`` of the rows written
    here, in no order. A row that somebody else wrote meanwhile is waited for and left out.

    ``columns`` names the fields of each row, ``same`` those that are equal in all; the others take their
    defaults. One query.
    """
    if not rows:
        return []
    fields = [_field(model, name) for name in columns]
    fixed = {_field(model, name): value for name, value in same.items()}
    left = [
        each for each in model._meta.concrete_fields if each not in (*fields, *fixed) and not each.primary_key
    ]
    fixed |= {field: field.get_default() for field in left}
    told = [_field(model, name) for name in returning]
    values = [field.get_db_prep_save(value, connection) for field, value in fixed.items()]
    with connection.cursor() as cursor:
        cursor.execute(_sql(model, fields, list(fixed), told), [*values, json.dumps(rows, default=_as_text)])
        return [*_read(told, cursor.fetchall())] if told else []


@lru_cache(maxsize=1000)
def _as_text(value: date) -> str:
    """As the database keeps it: SQLite has times of day as texts in UTC. Thousands of rows share a few days."""
    if isinstance(value, datetime):
        kept = connection.ops.adapt_datetimefield_value(value)
        return kept if isinstance(kept, str) else value.isoformat()
    return value.isoformat()


def _sql(model: type[Model], fields: Sequence[Field], fixed: Sequence[Field], told: Sequence[Field]) -> str:
    cell = _sqlite_cell if connection.vendor == "sqlite" else _postgresql_cell
    cells = ", ".join(["%s"] * len(fixed) + [cell(field, place) for place, field in enumerate(fields)])
    table = connection.ops.quote_name(model._meta.db_table)
    back = f" RETURNING {_names(told)}" if told else ""
    # WHERE: without it SQLite takes ON for the beginning of a join's condition.
    return (
        f"INSERT INTO {table} ({_names([*fixed, *fields])}) SELECT {cells} "  # noqa: S608
        f"FROM {TABLE[connection.vendor]} "
        f"WHERE true ON CONFLICT DO NOTHING{back}"
    )


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)


def _sqlite_cell(field: Field, place: int) -> str:
    return f"json_extract(line.value, '$[{place}]')"


def _postgresql_cell(field: Field, place: int) -> str:
    if isinstance(field, JSONField):
        return f"line.value->{place}"
    return f"(line.value->>{place})::{field.db_type(connection)}"


def _read(told: Sequence[Field], rows: Sequence[Row]) -> Iterable[Row]:
    """Whether SQLite gives days of RETURNING as texts or as days depends on its version."""
    if connection.vendor != "sqlite":
        return rows
    return (
        tuple(
            date.fromisoformat(value) if isinstance(field, DateField) and isinstance(value, str) else value
            for field, value in zip(told, row, strict=True)
        )
        for row in rows
    )


def _field(model: type[Model], name: str) -> Field:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
