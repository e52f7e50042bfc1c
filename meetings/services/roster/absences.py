"""Months in a row in which somebody never came and never said why: told early, so that help comes in time.

After six such months the branch and the upper organization have a decision to make (Regulations on the
Education and Management of Party Members, article 31). Here months are counted and nothing is concluded.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from meetings.enums import DISCHARGING, Presence
from meetings.models import Attendance, Member, Membership
from meetings.periods import months_later

HELP_FROM = 3  # months
AWAY = Q(presence=Presence.ABSENT, caught_up_on=None)
LOOK_BACK = 12


@dataclass(frozen=True)
class HelpNeeded:
    """A member of a branch, the first of the months in a row, and how many they are."""

    member: Member
    organization_id: int
    since: date
    months: int


def help_needed(*, organizations: Collection[int], as_of: date) -> list[HelpNeeded]:
    """Members of these branches (ids) who were away three or more calendar months in a row, the longest
    first. One query, another where there are any.

    A month counts when coming was a hard duty at least once and every time ended in an unexcused absence;
    presence, lateness, a granted leave or catching up in it ends the row, and so does a month in which
    nothing was expected. Only the present month may still be empty. What happened in an earlier branch
    is not looked at.
    """
    rows = {key: _in_a_row(missed, as_of) for key, missed in _missed_months(organizations, as_of).items()}
    long = {key: months for key, months in rows.items() if len(months) >= HELP_FROM}
    if not long:
        return []
    people = {member for _organization, member in long}
    here = Membership.objects.on(as_of).filter(organization__in=organizations, member__in=people)
    found = [
        HelpNeeded(row.member, row.organization_id, months[-1], len(months))
        for row in here.select_related("member")
        if (months := long.get((row.organization_id, row.member_id)))
    ]
    return sorted(found, key=lambda each: (-each.months, each.member.name_key))


def _missed_months(organizations: Collection[int], as_of: date) -> dict[tuple[int, int], dict[date, bool]]:
    """By branch and member: each month in which coming was a duty, and whether it was missed altogether."""
    first = months_later(as_of.replace(day=1), -LOOK_BACK)
    rows = (
        Attendance.objects.hard_bound()
        .filter(organization__in=organizations, day__range=(first, as_of), meeting__state__in=DISCHARGING)
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values_list("organization", "member", "month")
        .annotate(due=Count("pk"), missed=Count("pk", filter=AWAY))
    )
    found: dict[tuple[int, int], dict[date, bool]] = defaultdict(dict)
    for organization, member, month, due, missed in rows:
        found[organization, member][month] = due == missed
    return found


def _in_a_row(missed: dict[date, bool], as_of: date) -> list[date]:
    """The months missed one after the other up to now, the latest first."""
    month = as_of.replace(day=1)
    if month not in missed:
        month = months_later(month, -1)
    months = []
    while missed.get(month):
        months.append(month)
        month = months_later(month, -1)
    return months
