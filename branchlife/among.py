"""``filter(pk__among=ids)``: as ``in``, for any number of them, as one parameter; or for what a query finds.

A placeholder for each value costs more than the search itself, and a database takes only so many.
"""

import json
from collections.abc import Collection
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """Among numbers or texts, of none Django asks nothing; or among the single column of a query.

    PostgreSQL is given an array: it knows how long that is, and looks into numbers as into a table of hashes. Of a
    subquery it would know nothing, and walk through it for every row when its tables have not been counted yet:
    a query's rows are made an array first.
    """

    lookup_name = "among"
    prepare_rhs = False
    rhs: Collection[int] | Collection[str] | Query

    def as_sql(  # type: ignore[override]  # the stubs know single values only
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        if isinstance(self.rhs, Query):
            return self._found(self.rhs, compiler, connection)
        if not self.rhs:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        values: list[Any] = list(self.rhs)
        if connection.vendor == "sqlite":
            listed = json.dumps(values)
            return f"{column} IN (SELECT value FROM json_each(%s))", [*parameters, listed]  # noqa: S608
        kind = "text" if isinstance(values[0], str) else "bigint"
        listed = ",".join(map(_quoted, values)) if kind == "text" else json.dumps(values)[1:-1]
        # As PostgreSQL writes arrays down: the driver would make an expression of each value.
        return f"{column} = ANY(%s::{kind}[])", [*parameters, f"{{{listed}}}"]

    def _found(
        self, query: Query, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        found, values = compiler.compile(query)
        among = f"IN {found}" if connection.vendor == "sqlite" else f"= ANY(ARRAY{found})"
        return f"{column} {among}", [*parameters, *values]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'
