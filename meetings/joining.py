"""When somebody can have joined the Party and become a full member, as far as days tell. Pure."""

from datetime import date

PARTY_FOUNDED = date(1921, 7, 1)
ADULT_YEARS = 18  # Party constitution, article 1
# Party constitution, article 7. From 1969 until the 11th congress there was no probation at all.
PROBATION_MONTHS, PROBATION_SINCE = 12, date(1977, 8, 18)


def is_too_young(born_on: date | None, joined_on: date) -> bool:
    """A minor at joining. Files of honest people say such things, so it is asked about, not forbidden."""
    return born_on is not None and _years(born_on, joined_on) < ADULT_YEARS


def is_too_soon(joined_on: date, full_on: date | None) -> bool:
    """Full before the year of probation was over; by months, because many files tell no more. Asked about."""
    if full_on is None or joined_on < PROBATION_SINCE:
        return False
    return (full_on.year - joined_on.year) * 12 + full_on.month - joined_on.month < PROBATION_MONTHS


def _years(first: date, last: date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
