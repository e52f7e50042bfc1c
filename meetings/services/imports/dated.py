"""Changes of dated rows: what begins, what ends, what never came to be."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, TypeVar

from meetings.models import Membership, Post, Standing
from meetings.services.imports.batches import batches

DatedT = TypeVar("DatedT", Membership, Post, Standing)
BATCH = 2000


@dataclass
class DatedChanges(Generic[DatedT]):
    """Rows of one kind to add, to change in some columns, and to take away."""

    model: type[DatedT]
    columns: tuple[str, ...] = ("end_on",)
    added: list[DatedT] = field(default_factory=list)
    changed: list[DatedT] = field(default_factory=list)
    removed: list[DatedT] = field(default_factory=list)

    def end(self, row: DatedT, last_day: date) -> None:
        """In force until ``last_day``; a row that would end before it began is taken away."""
        if row.start_on > last_day:
            self.removed.append(row)
        else:
            row.end_on = last_day
            self.changed.append(row)

    def write(self) -> None:
        """What ends goes first: the database allows one open row of a kind."""
        for removed in batches([row.pk for row in self.removed]):
            self.model.objects.filter(pk__in=removed).delete()
        self.model.objects.bulk_update(self.changed, self.columns, batch_size=500)
        self.model.objects.bulk_create(self.added, batch_size=BATCH)


def day_before(day: date) -> date:
    return day - timedelta(days=1)
