"""Party groups of a branch."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from branchlife.sessions import end_sessions
from meetings.enums import MeetingState
from meetings.models import Appointment, Meeting, Member, Membership, Obligation, Organization, PartyGroup
from meetings.period_names import period_name
from meetings.rules import dates_back_over_unmet
from meetings.services.gap import kept_years
from meetings.services.roster.changes import (
    ONE_DAY,
    beginning_of_year,
    check_exists,
    check_not_future,
    follow_ledger,
    lock_places,
    names_of,
    record_change,
    refuse,
)


@transaction.atomic
def found_group(
    *, organization: Organization, name: str, day: date, actor: User, now: datetime | None = None
) -> PartyGroup:
    """A group from a day on; it owes its own meetings from its first whole period."""
    check_not_future(day, now)
    lock_places(organization)
    if not organization.is_branch:
        raise refuse("", _("Party groups belong to branches."))
    check_exists(organization, day)
    _check_name(organization, name)
    group = PartyGroup.objects.create(organization=organization, name=name, founded_on=day)
    record_change(
        action="group.found", subject=group, places=[organization], difference={"founded_on": day},
        actor=actor, now=now,
    )  # fmt: skip
    follow_ledger(places=[organization], since=day, now=now)
    return group


@transaction.atomic
def rename_group(*, group: PartyGroup, name: str, actor: User, now: datetime | None = None) -> PartyGroup:
    lock_places(group.organization)
    if group.name == name:
        return group
    _check_name(group.organization, name)
    before, group.name = group.name, name
    group.save(update_fields=["name"])
    record_change(
        action="group.rename", subject=group, places=[group.organization],
        difference={"name": [before, name]}, actor=actor, now=now,
    )  # fmt: skip
    return group


def _check_name(organization: Organization, name: str) -> None:
    if not name:
        raise refuse("name", _("Give the group a name."))
    if organization.groups.filter(name=name).exists():
        raise refuse("name", _("The branch has (or had) a group of this name."))


@transaction.atomic
def dissolve_group(*, group: PartyGroup, day: date, actor: User, now: datetime | None = None) -> PartyGroup:
    """From that day on the group is no more and owes nothing, not even for the unfinished period.

    Raises ValidationError while members are in it, when it met on or after that day, or when periods gone by
    would go with it that were neither met nor waived, unless the actor may decide that.
    """
    check_not_future(day, now)
    lock_places(group.organization)
    group = PartyGroup.objects.select_related("organization").get(pk=group.pk)
    check_exists(group, day - ONE_DAY)
    _check_empty(group, day)
    if not dates_back_over_unmet(actor, group.organization):
        _check_nothing_left_open(group, day, timezone.localdate(now))
    group.dissolved_on = day
    group.save(update_fields=["dissolved_on"])
    _end_leaders(group, day, actor)
    record_change(
        action="group.dissolve", subject=group, places=[group.organization],
        difference={"dissolved_on": day}, actor=actor, now=now,
    )  # fmt: skip
    follow_ledger(places=[group.organization], since=beginning_of_year(day), now=now)
    return group


def _end_leaders(group: PartyGroup, day: date, actor: User) -> None:
    seats = Appointment.objects.filter(group=group, end_on=None, start_on__lt=day)
    for seat in seats.exclude(user=actor).select_related("user"):
        end_sessions(seat.user)
    seats.update(end_on=day - ONE_DAY)


def _check_empty(group: PartyGroup, day: date) -> None:
    rows = Membership.objects.filter(Q(end_on=None) | Q(end_on__gte=day), group=group)
    if members := list(Member.objects.filter(memberships__in=rows).distinct()):
        sentence = _("Members belong to it on that day or later: %(names)s. Move them first.")
        raise refuse("", sentence % {"names": names_of(members)})
    later = Meeting.objects.filter(group=group, day__gte=day).exclude(state=MeetingState.CANCELLED)
    if meeting := later.order_by("day").first():
        sentence = _("“%(theme)s” on %(day)s is in its records; cancel it or choose a later day.")
        values = {"theme": meeting.theme, "day": date_format(meeting.day)}
        raise refuse("day", sentence % values)


def _check_nothing_left_open(group: PartyGroup, day: date, today: date) -> None:
    """A day dated back must not wipe out what was not held. Frozen years keep their lines anyway."""
    frozen = kept_years([group.organization]).filter(is_frozen=True).values_list("year", flat=True)
    lines = Obligation.objects.left_open(today).filter(group=group, period_end__gte=day)
    line = lines.exclude(period_start__year__in=list(frozen)).order_by("period_start", "id").first()
    if line is None:
        return
    sentence = _(
        "“%(group)s” has not met what it owes for %(period)s (%(kind)s), and nobody waived it. Choose a later "
        "day, or ask the upper organization to waive it or to let its administrator dissolve the group."
    )
    values = {"group": group.name, "period": period_name(line.span), "kind": line.get_kind_display()}
    raise refuse("day", sentence % values)
