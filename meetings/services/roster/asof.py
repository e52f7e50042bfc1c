"""The roster as it was on any day: who belonged to a branch, in which standing, with which post."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from meetings.enums import WITHOUT_VOTE, PostTitle
from meetings.models import Member, Membership, Organization, PartyGroup, Post, Standing
from meetings.models.dated import on_day
from meetings.models.member import full_before

RANK = {title: place for place, title in enumerate(PostTitle.values)}


@dataclass(frozen=True)
class Numbers:
    """How many belonged to a branch on a day; voters are those with a vote at a meeting held on it."""

    members: int = 0
    full: int = 0
    voters: int = 0

    @property
    def probationary(self) -> int:
        return self.members - self.full


@dataclass(frozen=True)
class RosterLine:
    """One member of a branch on a day."""

    member: Member
    group: PartyGroup | None
    is_full: bool
    is_full_before: bool
    posts: list[Post]
    standings: list[Standing]

    @property
    def has_vote(self) -> bool:
        return self.is_full_before and all(standing.kind not in WITHOUT_VOTE for standing in self.standings)


def roster_on(*, organization: Organization, day: date) -> list[RosterLine]:
    """The members of a branch on that day: who holds a post first, then by name. Three queries."""
    rows = Membership.objects.on(day).filter(organization=organization)
    found = list(rows.select_related("member", "group").order_by("member__name_key", "member_id"))
    posts: dict[int, list[Post]] = defaultdict(list)
    for post in posts_on(organization, day):
        posts[post.member_id].append(post)
    standings: dict[int, list[Standing]] = defaultdict(list)
    for standing in Standing.objects.on(day).filter(member__in=[row.member_id for row in found]):
        standings[standing.member_id].append(standing)
    lines = [
        RosterLine(
            member=row.member,
            group=row.group,
            is_full=row.member.is_full_on(day),
            is_full_before=row.member.is_full_before(day),
            posts=posts[row.member_id],
            standings=standings[row.member_id],
        )
        for row in found
    ]
    return sorted(lines, key=lambda line: min([RANK[post.title] for post in line.posts], default=len(RANK)))


def posts_on(organization: Organization, day: date) -> list[Post]:
    """The secretary first."""
    rows = Post.objects.on(day).filter(organization=organization).select_related("member")
    return sorted(rows, key=lambda post: (RANK[post.title], post.start_on, post.pk))


def numbers_of(lines: Collection[RosterLine]) -> Numbers:
    return Numbers(len(lines), sum(line.is_full for line in lines), sum(line.has_vote for line in lines))


def numbers_on(*, organizations: Collection[int], day: date) -> dict[int, Numbers]:
    """By branch (its id); branches without members are left out. One query."""
    full = Q(member__full_member_on__lte=day)
    suspended = Standing.objects.filter(on_day(day), member=OuterRef("member"), kind__in=WITHOUT_VOTE)
    rows = (
        Membership.objects.on(day)
        .filter(organization__in=organizations)
        .annotate(suspended=Exists(suspended))
        .order_by()
        .values("organization")
        .annotate(
            members=Count("pk"),
            full=Count("pk", filter=full),
            voters=Count("pk", filter=full_before(day, "member__") & Q(suspended=False)),
        )
    )
    return {row["organization"]: Numbers(row["members"], row["full"], row["voters"]) for row in rows}
