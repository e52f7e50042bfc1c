"""The rows of one query as a column of another, so that a page asks the database once for both."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.db.models.sql.compiler import SQLCompiler


class _List(Func):
    """No ``Aggregate``: that would make Django group the rows by something."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)


def gathered(rows: QuerySet[Any], **columns: str) -> Subquery:
    """A list of objects with these columns, in no order; None instead of an empty list on PostgreSQL. The query
    may look at the outer one by ``OuterRef``."""
    found = rows.order_by().annotate(gathered=_List(JSONObject(**columns)))
    return Subquery(found.values("gathered"), output_field=JSONField())
