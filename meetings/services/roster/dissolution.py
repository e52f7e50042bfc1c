"""Organizations that go: dissolved when nobody and nothing is left in them, or merged into another."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchlife.models import User
from meetings.enums import BRANCH_KINDS, MeetingState
from meetings.models import Meeting, Member, Membership, Organization, Post, Transfer
from meetings.services.roster.changes import (
    ONE_DAY,
    beginning_of_year,
    check_exists,
    check_not_future,
    follow_ledger,
    lock_people,
    lock_places,
    lock_tree,
    names_of,
    record_change,
    refuse,
)
from meetings.services.roster.memberships import continue_in, leave_posts
from meetings.services.roster.seats import end_seats


@transaction.atomic
def dissolve_organization(
    *, organization: Organization, day: date, actor: User, now: datetime | None = None
) -> Organization:
    """From that day on the organization is no more and owes nothing, not even for the unfinished period.

    Raises ValidationError while somebody or something still belongs to it: members, organizations below
    it, transfers under way, meetings on or after that day.
    """
    check_not_future(day, now)
    lock_tree()
    lock_places(organization)
    organization = Organization.objects.get(pk=organization.pk)
    check_exists(organization, day - ONE_DAY)
    _check_empty(organization, day)
    organization.dissolved_on = day
    organization.save(update_fields=["dissolved_on"])
    organization.groups.filter(dissolved_on=None, founded_on__lt=day).update(dissolved_on=day)
    Post.objects.filter(organization=organization, end_on=None, start_on__lt=day).update(end_on=day - ONE_DAY)
    record_change(
        action="organization.dissolve", subject=organization, places=[organization],
        difference={"dissolved_on": day}, actor=actor, now=now,
    )  # fmt: skip
    follow_ledger(places=[organization], since=beginning_of_year(day), now=now)
    return organization


def _check_empty(organization: Organization, day: date) -> None:
    for fault in (
        _children_fault(organization),
        _members_fault(organization, day),
        _transfers_fault(organization),
        _meetings_fault(organization, day),
    ):
        if fault:
            raise refuse("", fault)


def _children_fault(organization: Organization) -> str:
    below = Organization.objects.filter(parent_path=organization.path, dissolved_on=None)
    if (number := below.count()) == 0:
        return ""
    sentence = ngettext(
        "%(count)s organization is still below it; move or dissolve it first.",
        "%(count)s organizations are still below it; move or dissolve them first.",
        number,
    )
    return sentence % {"count": number}


def _members_fault(organization: Organization, day: date) -> str:
    rows = Membership.objects.filter(Q(end_on=None) | Q(end_on__gte=day), organization=organization)
    members = list(Member.objects.filter(memberships__in=rows).distinct())
    if not members:
        return ""
    sentence = _("Members belong to it on that day or later: %(names)s. Move them first.")
    return sentence % {"names": names_of(members)}


def _transfers_fault(organization: Organization) -> str:
    waiting = Transfer.objects.open().touching(organization).select_related("member")
    members = [transfer.member for transfer in waiting]
    if not members:
        return ""
    return _("Transfers are under way: %(names)s. Settle them first.") % {"names": names_of(members)}


def _meetings_fault(organization: Organization, day: date) -> str:
    later = Meeting.objects.filter(organization=organization, day__gte=day)
    meeting = later.exclude(state=MeetingState.CANCELLED).order_by("day").first()
    if meeting is None:
        return ""
    sentence = _("“%(theme)s” on %(day)s is in its records; cancel it or choose a later day.")
    return sentence % {"theme": meeting.theme, "day": date_format(meeting.day)}


@transaction.atomic
def merge_organizations(
    *,
    organization: Organization,
    into: Organization,
    day: date,
    actor: User,
    now: datetime | None = None,
) -> int:
    """All members of a branch belong to another one from a day on, and the first is dissolved on it.

    Nobody is without a branch for a day. Returns how many moved. Raises ValidationError as moving and
    dissolving do.
    """
    check_not_future(day, now)
    lock_tree()
    _check_merge(organization, into, day)
    members = list(Member.objects.filter(memberships__organization=organization, memberships__end_on=None))
    lock_people(*members)
    lock_places(organization, into)
    rows = Membership.objects.filter(organization=organization, end_on=None)
    moved = [_move(row, into, day, actor, now) for row in rows.select_related("member")]
    dissolve_organization(organization=organization, day=day, actor=actor, now=now)
    record_change(
        action="organization.merge", subject=organization, places=[organization, into], actor=actor,
        now=now, difference={"into": into.name, "from": day, "members": len(moved)},
    )  # fmt: skip
    follow_ledger(places=[into], since=day, now=now)
    return len(moved)


def _check_merge(organization: Organization, into: Organization, day: date) -> None:
    if organization.pk == into.pk:
        raise refuse("into", _("A branch cannot be merged into itself."))
    if organization.kind not in BRANCH_KINDS or into.kind not in BRANCH_KINDS:
        raise refuse("into", _("Only branches can be merged."))
    check_exists(into, day, field="into")
    if fault := _transfers_fault(organization):
        raise refuse("", fault)


def _move(row: Membership, into: Organization, day: date, actor: User, now: datetime | None) -> Membership:
    old = Organization.objects.get(pk=row.organization_id)
    leave_posts(member=row.member, organization=old, last_day=day - ONE_DAY)
    moved = continue_in(row, organization=into, group=None, day=day)
    end_seats(member=row.member, organization=old, actor=actor, now=now)
    return moved
