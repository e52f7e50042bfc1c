"""Several counts in one query, for what stands on every page."""

from django.db.models import IntegerField, QuerySet, Subquery

from branchlife.models import User


class _Count(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def count_rows(rows: QuerySet) -> Subquery:
    """The number of rows as a column of another query."""
    return _Count(rows.order_by().values("pk"))


def count_each(user: User, **rows: QuerySet) -> dict[str, int]:
    """How many rows each queryset has, by the given names. One query; the user's own row carries it."""
    if not rows:
        return {}
    counts = User.objects.filter(pk=user.pk).values_list(*map(count_rows, rows.values())).get()
    return dict(zip(rows, counts, strict=True))
