"""Where a member belongs: from one group to another, into a branch, out of it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.models import Member, Membership, Organization, PartyGroup, Post, Transfer
from meetings.services.roster.changes import (
    ONE_DAY,
    check_exists,
    check_joined,
    check_not_future,
    follow_ledger,
    lock_people,
    lock_places,
    record_change,
    refuse,
)
from meetings.services.roster.seats import end_seats


def open_membership(member: Member) -> Membership | None:
    """The row in force until further notice, with its branch and group."""
    rows = Membership.objects.filter(member=member, end_on=None)
    return rows.select_related("member", "organization", "group").first()


def membership_in(member: Member, organization: Organization) -> Membership:
    """The open row of a member of this branch. Raises ValidationError for anybody else."""
    row = open_membership(member)
    if row is None or row.organization_id != organization.pk:
        sentence = _("%(name)s is not in %(branch)s now.")
        raise refuse("", sentence % {"name": member.name, "branch": organization.name})
    return row


@transaction.atomic
def change_groups(
    *,
    organization: Organization,
    groups: Mapping[Member, PartyGroup | None],
    day: date,
    actor: User,
    now: datetime | None = None,
) -> int:
    """Put members of one branch into groups from a day on; returns how many changed.

    Raises ValidationError for a day to come or before the present group began, somebody from another
    branch, a group that is not the branch's or did not exist that day.
    """
    check_not_future(day, now)
    lock_people(*groups)
    changed = []
    for member, group in groups.items():
        row = membership_in(member, organization)
        if row.group != group:
            changed.append(_change_group(row, group, day, actor, now))
    if changed:
        follow_ledger(places=[organization], since=day, now=now)
    return len(changed)


def _change_group(
    row: Membership, group: PartyGroup | None, day: date, actor: User, now: datetime | None
) -> Membership:
    check_group(group, row.organization, day)
    difference = {"from": day, "group": [row.group and row.group.name, group and group.name]}
    if row.group:
        end_seats(member=row.member, organization=row.organization, group=row.group, actor=actor, now=now)
    record_change(
        action="membership.group", subject=row.member, places=[row.organization], difference=difference,
        actor=actor, now=now,
    )  # fmt: skip
    if day == row.start_on:
        row.group = group
        row.save(update_fields=["group"])
        return row
    return continue_in(row, organization=row.organization, group=group, day=day)


def check_group(group: PartyGroup | None, organization: Organization, day: date) -> None:
    if group and group.organization_id != organization.pk:
        raise refuse("group", _("The group belongs to another branch."))
    if group:
        check_exists(group, day)


def continue_in(
    row: Membership, *, organization: Organization, group: PartyGroup | None, day: date
) -> Membership:
    """From one row into the next without a day between. Raises ValidationError unless the old one keeps
    at least a day: what was before it stays as it is."""
    if day <= row.start_on:
        sentence = _("%(name)s has been where they are since %(day)s; choose a later day.")
        raise refuse("day", sentence % {"name": row.member.name, "day": date_format(row.start_on)})
    row.end_on = day - ONE_DAY
    row.save(update_fields=["end_on"])
    return Membership.objects.create(member=row.member, organization=organization, group=group, start_on=day)


def leave_posts(*, member: Member, organization: Organization, last_day: date) -> list[Post]:
    """Posts in a branch end with the membership. Raises ValidationError for one that began later."""
    rows = Post.objects.filter(member=member, organization=organization)
    ended = [post for post in rows if post.end_on is None or post.end_on > last_day]
    for post in ended:
        if post.start_on > last_day:
            sentence = _("%(name)s became %(post)s on %(day)s; choose a later day.")
            values = {"name": member.name, "post": post.get_title_display()}
            raise refuse("day", sentence % (values | {"day": date_format(post.start_on)}))
        post.end_on = last_day
        post.save(update_fields=["end_on"])
    return ended


@transaction.atomic
def end_membership(
    *, member: Member, last_day: date, reason: str, actor: User, now: datetime | None = None
) -> Membership:
    """Somebody leaves for good (died, left the Party, went where this system does not reach).

    Posts, standings and roles in the branch end with it; the history stays. Raises ValidationError for a
    day to come or before the present group began, without a reason, or while a transfer is under way.
    """
    check_not_future(last_day, now, "last_day")
    lock_people(member)
    row = open_membership(member)
    if row is None:
        raise refuse("", _("%(name)s is in no branch now.") % {"name": member.name})
    _check_leaving(row, last_day, reason)
    lock_places(row.organization)
    leave_posts(member=member, organization=row.organization, last_day=last_day)
    _end_standings(member, last_day)
    row.end_on, row.ended_because = last_day, reason
    row.save(update_fields=["end_on", "ended_because"])
    end_seats(member=member, organization=row.organization, actor=actor, now=now)
    record_change(
        action="membership.end", subject=member, places=[row.organization], actor=actor, now=now,
        difference={"last_day": last_day, "reason": reason},
    )  # fmt: skip
    follow_ledger(places=[row.organization], since=last_day, now=now)
    return row


def _check_leaving(row: Membership, last_day: date, reason: str) -> None:
    if not reason:
        raise refuse("reason", _("Say why the membership ends."))
    if last_day < row.start_on:
        sentence = _("%(name)s has been where they are since %(day)s; choose a later day.")
        raise refuse("last_day", sentence % {"name": row.member.name, "day": date_format(row.start_on)})
    check_no_open_transfer(row.member)


def check_no_open_transfer(member: Member) -> None:
    if Transfer.objects.open().filter(member=member).exists():
        raise refuse("", _("A transfer of %(name)s is under way; settle it first.") % {"name": member.name})


def _end_standings(member: Member, last_day: date) -> None:
    member.standings.filter(end_on=None, start_on__gt=last_day).delete()
    member.standings.filter(end_on=None).update(end_on=last_day)


@transaction.atomic
def receive_member(
    *,
    member: Member,
    organization: Organization,
    group: PartyGroup | None = None,
    day: date,
    actor: User,
    now: datetime | None = None,
) -> Membership:
    """Somebody who is in no branch now (left earlier and came back) belongs to this one from a day on.

    Raises ValidationError for a day to come, before joining or inside an earlier membership.
    """
    check_not_future(day, now)
    lock_people(member)
    if (row := open_membership(member)) is not None:
        sentence = _("%(name)s is in %(branch)s; that branch proposes a transfer.")
        raise refuse("", sentence % {"name": member.name, "branch": row.organization.name})
    last = member.memberships.order_by("-end_on").first()
    if last and last.end_on and last.end_on >= day:
        sentence = _("%(name)s was in a branch until %(day)s.")
        raise refuse("day", sentence % {"name": member.name, "day": date_format(last.end_on)})
    membership = begin_membership(member, organization, group, day)
    record_change(
        action="membership.begin", subject=member, places=[organization], difference={"from": day},
        actor=actor, now=now,
    )  # fmt: skip
    follow_ledger(places=[organization], since=day, now=now)
    return membership


def begin_membership(
    member: Member, organization: Organization, group: PartyGroup | None, day: date
) -> Membership:
    """A first row, or one after a break. Raises ValidationError where or when nobody can be a member."""
    if not organization.is_branch:
        raise refuse("organization", _("Members belong to branches."))
    check_joined(member, day)
    check_exists(organization, day)
    check_group(group, organization, day)
    return Membership.objects.create(member=member, organization=organization, group=group, start_on=day)
