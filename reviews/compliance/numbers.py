"""Counts as columns of another query, for what stands on every page."""

from django.db.models import IntegerField, QuerySet, Subquery


class _Count(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def count_rows(rows: QuerySet) -> Subquery:
    """The number of rows as a column of another query."""
    return _Count(rows.order_by().values("pk"))
