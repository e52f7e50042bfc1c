"""Posts in a branch: who holds which from when to when."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import PostTitle
from meetings.models import Member, Membership, Organization, Post
from meetings.services.roster.changes import (
    ONE_DAY,
    check_exists,
    check_not_future,
    check_order,
    follow_ledger,
    lock_people,
    lock_places,
    record_change,
    refuse,
)


@transaction.atomic
def give_post(
    *,
    member: Member,
    organization: Organization,
    title: PostTitle,
    day: date,
    last_day: date | None = None,
    actor: User | None,
    now: datetime | None = None,
) -> Post:
    """A post from a day on, or for a time that is over.

    Raises ValidationError when the member was not in the branch all that time, held the same post in a
    part of it, or when the branch would have two secretaries on one day.
    """
    check_not_future(day, now)
    check_order(day, last_day)
    if last_day:
        check_not_future(last_day, now, "last_day")
    lock_people(member)
    lock_places(organization)
    check_exists(organization, day, last_day)
    check_belongs(member, organization, day, last_day)
    _check_free(member, organization, title, day, last_day)
    post = Post.objects.create(
        member=member, organization=organization, title=title, start_on=day, end_on=last_day
    )
    record_change(
        action="post.give", subject=post, places=[organization], actor=actor, now=now,
        difference={"member": member.name, "post": title, "from": day, "to": last_day},
    )  # fmt: skip
    follow_ledger(places=[organization], since=day, now=now)
    return post


@transaction.atomic
def end_post(*, post: Post, last_day: date, actor: User, now: datetime | None = None) -> Post:
    """The last day of a post. Raises ValidationError for a day to come, before the post began, or when
    it has ended already."""
    check_not_future(last_day, now, "last_day")
    lock_places(post.organization)
    post = Post.objects.select_related("member", "organization").get(pk=post.pk)
    if post.end_on:
        raise refuse("", _("The post ended on %(day)s.") % {"day": date_format(post.end_on)})
    check_order_of(post.start_on, last_day)
    post.end_on = last_day
    post.save(update_fields=["end_on"])
    record_change(
        action="post.end", subject=post, places=[post.organization], actor=actor, now=now,
        difference={"member": post.member.name, "post": post.title, "to": last_day},
    )  # fmt: skip
    follow_ledger(places=[post.organization], since=last_day, now=now)
    return post


def check_order_of(start: date, last_day: date) -> None:
    if last_day < start:
        sentence = _("It began on %(day)s; the last day cannot lie before.")
        raise refuse("last_day", sentence % {"day": date_format(start)})


def overlapping(day: date, last_day: date | None) -> Q:
    """Rows in force on at least one day from ``day`` to ``last_day`` (or until further notice)."""
    lasts = Q(end_on=None) | Q(end_on__gte=day)
    return lasts & Q(start_on__lte=last_day) if last_day else lasts


def check_belongs(member: Member, organization: Organization, day: date, last_day: date | None) -> None:
    """In the branch from ``day`` to ``last_day``, whatever the groups."""
    rows = Membership.objects.filter(overlapping(day, last_day), member=member, organization=organization)
    reached, missing = day, True
    for row in rows.order_by("start_on"):
        if row.start_on > reached:
            break
        if row.end_on is None or (last_day and row.end_on >= last_day):
            missing = False
            break
        reached = row.end_on + ONE_DAY
    if missing:
        sentence = _("%(name)s was not in %(branch)s all that time.")
        raise refuse("day", sentence % {"name": member.name, "branch": organization.name})


def _check_free(
    member: Member, organization: Organization, title: PostTitle, day: date, last_day: date | None
) -> None:
    held = Post.objects.filter(overlapping(day, last_day), organization=organization, title=title)
    if title != PostTitle.SECRETARY:
        held = held.filter(member=member)
    if (post := held.select_related("member").order_by("start_on").first()) is not None:
        raise refuse("title", _taken(post))


def _taken(post: Post) -> str:
    """陈军自2020年1月1日起任书记 …"""
    values = {
        "name": post.member.name,
        "post": post.get_title_display(),
        "from": date_format(post.start_on),
        "to": date_format(post.end_on) if post.end_on else "",
    }
    if post.end_on:
        return _("%(name)s is %(post)s from %(from)s to %(to)s; the two times overlap.") % values
    return _("%(name)s has been %(post)s since %(from)s; the two times overlap.") % values
