"""What every change of the roster has in common: locks, days that can be, the audit trail, the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.models import Member, Organization, PartyGroup
from meetings.services.gap import kept_years
from meetings.services.obligations import ledger_window, sync_obligations
from meetings.services.record import existence_fault

ONE_DAY = timedelta(days=1)
NAMED = 5  # so many people are named in a sentence; the others are counted


def lock_people(*members: Member) -> None:
    """Whoever changes the same person at the same moment waits here. People are locked before places."""
    _lock(Member, members)


def lock_places(*organizations: Organization) -> None:
    """Posts of a branch are compared with each other, so they change one after the other."""
    _lock(Organization, organizations)


def lock_tree() -> None:
    """Places in the tree are counted from their neighbours: one change of the tree at a time."""
    list(Organization.objects.filter(depth=1).order_by("path").select_for_update().values_list("pk"))


def _lock(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    keys = sorted({row.pk for row in rows})
    found = model._default_manager.filter(pk__in=keys).order_by("pk")
    list(found.select_for_update(no_key=True).values_list("pk"))


def refuse(field: str, sentence: str) -> ValidationError:
    """The error to raise; a field of "" means the whole form."""
    return ValidationError({field: sentence} if field else sentence)


def check_not_future(day: date, now: datetime | None, field: str = "day") -> None:
    if day > timezone.localdate(now):
        raise refuse(field, _("%(day)s has not come yet.") % {"day": date_format(day)})


def check_joined(member: Member, day: date, field: str = "day") -> None:
    if day < member.joined_on:
        sentence = _("%(name)s joined the Party on %(day)s.")
        raise refuse(field, sentence % {"name": member.name, "day": date_format(member.joined_on)})


def check_exists(
    bearer: Organization | PartyGroup, day: date, last_day: date | None = None, field: str = "day"
) -> None:
    """From ``day`` to ``last_day``, or until further notice: then it must not have been dissolved since."""
    last = last_day or bearer.dissolved_on or day
    if fault := existence_fault(bearer, day) or existence_fault(bearer, last):
        raise refuse(field, fault)


def check_order(day: date, last_day: date | None) -> None:
    if last_day and last_day < day:
        raise refuse("last_day", _("The end lies before the beginning."))


def names_of(members: Sequence[Member]) -> str:
    """張三、李四 … and how many more."""
    shown = enumerated(member.name for member in members[:NAMED])
    more = len(members) - NAMED
    return _("%(names)s and %(count)s more") % {"names": shown, "count": more} if more > 0 else shown


def record_change(
    *,
    action: str,
    subject: models.Model,
    places: Sequence[Organization],
    difference: dict[str, Any],
    actor: User | None,
    now: datetime | None,
) -> None:
    """Told in every organization concerned; dates are written as ISO. Chains are locked in one order."""
    told = {name: _plain(value) for name, value in difference.items()}
    for place in sorted(places, key=lambda place: place.chain):
        record_event(actor=actor, action=action, subject=subject, chain=place.chain, difference=told, now=now)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, models.Model) else value


def follow_ledger(*, places: Iterable[Organization], since: date, now: datetime | None) -> None:
    """What these organizations owe from that day on, derived anew and recounted.

    Years before this one are touched only where the organization's ledger of them is kept: a change dated
    back must not call up a past that nobody ever kept.
    """
    own = Organization.objects.filter(pk__in=[place.pk for place in places])
    first, last = ledger_window(timezone.localdate(now))
    for year, kept in _earlier_years(own, since, first):
        sync_obligations(
            organizations=own.filter(pk__in=kept),
            first=max(since, date(year, 1, 1)),
            last=date(year, 12, 31),
        )
    sync_obligations(organizations=own, first=max(since, first), last=last)


def _earlier_years(
    places: QuerySet[Organization], since: date, first: date
) -> Iterator[tuple[int, list[int]]]:
    """Years from ``since`` on and before this one, each with the organizations that keep it."""
    rows = kept_years(places).filter(year__range=(since.year, first.year - 1))
    by_year: dict[int, list[int]] = defaultdict(list)
    for organization, year in rows.values_list("organization", "year"):
        by_year[year].append(organization)
    yield from sorted(by_year.items())


def beginning_of_year(day: date) -> date:
    """A period in which something ends began before it: the longest one with its year."""
    return date(day.year, 1, 1)
