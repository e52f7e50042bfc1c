"""How many ledger lines became what: the figures of a cell, a row or a page."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter

from django.db.models import Count, F, Q

from meetings.rates import percent

UNMET = Q(counted__lt=F("needed"))
BINDING = Q(waived_at__isnull=True)


def conditions(as_of: date) -> dict[str, Q]:
    """What `meetings.models.obligation.status_of` says of a line, as conditions of a query.

    ``waiting`` is a part of ``met``: held often enough, but fewer records are accepted than needed.
    """
    begun = Q(period_start__lte=as_of)
    met = ~UNMET & begun
    return {
        "met": met,
        "waiting": met & Q(accepted__lt=F("needed")),
        "overdue": UNMET & BINDING & Q(due_on__lt=as_of),
        "open": UNMET & BINDING & begun & Q(due_on__gte=as_of),
        "waived": UNMET & ~BINDING & begun,
        "upcoming": ~begun,
    }


def owed(as_of: date) -> Q:
    """The lines ``Tally.owed`` counts."""
    known = conditions(as_of)
    return known["met"] | known["overdue"] | known["open"]


def tally_columns(as_of: date) -> dict[str, Count]:
    """Aggregates for a query over obligations, named as the fields of ``Tally``."""
    return {name: Count("pk", filter=condition) for name, condition in conditions(as_of).items()}


@dataclass(frozen=True, slots=True)
class Tally:
    met: int = 0
    waiting: int = 0
    overdue: int = 0
    open: int = 0
    waived: int = 0
    upcoming: int = 0

    @property
    def owed(self) -> int:
        """Lines whose period has begun and that nobody waived: the base of the rate."""
        return self.met + self.overdue + self.open

    @property
    def rate(self) -> str:
        return percent(self.met, self.owed)

    @property
    def state(self) -> str:
        """The one word for all of them together: the worst that is true of any."""
        for name in ("overdue", "open", "waiting", "met", "upcoming", "waived"):
            if getattr(self, name):
                return name
        return "none"

    def __add__(self, other: "Tally") -> "Tally":
        return total((self, other))


NUMBERS = attrgetter(*(field.name for field in fields(Tally)))


def total(tallies: Iterable[Tally]) -> Tally:
    return Tally(*map(sum, zip(*map(NUMBERS, tallies), strict=True)))
