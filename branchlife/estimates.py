"""How large PostgreSQL takes the tables for. It plans every query by that.

It looks by itself about once a minute, and does not see what a running transaction has written: a look in the
middle of the first import finds pages without a row in them, and takes the tables for empty until the next one. A
query that goes through an empty table for each row of another is quick; through one of ten thousand rows it is not.
"""

from django.db import connection, transaction

MUCH = 100  # rows or records: below that a page is no slower for it


def look_again_after(written: int) -> None:
    """Once what was written is there for all, let PostgreSQL look at the tables; not for less than ``MUCH``.

    It reads a sample of each table, two tenths of a second at half a million rows (1,000 branches), and passes over
    what somebody else is looking at.
    """
    if connection.vendor == "postgresql" and written >= MUCH:
        transaction.on_commit(_look, robust=True)


def _look() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE (SKIP_LOCKED)")
