"""How many members a branch has and who leads it, for the pages that show branches."""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from meetings.enums import PostTitle
from meetings.models import Membership, Post

RANK = {title: place for place, title in enumerate(PostTitle.values)}


def member_count(day: date) -> Coalesce:
    """Members on a day, as a column of a query over organizations."""
    return _count(Membership.objects.on(day))


def full_member_count(day: date) -> Coalesce:
    """Those of them who are full members."""
    return _count(Membership.objects.on(day).filter(member__full_member_on__lte=day))


def _count(memberships: QuerySet[Membership]) -> Coalesce:
    own = memberships.filter(organization=OuterRef("pk")).order_by().values("organization")
    return Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0)


def posts_of(organization_ids: Collection[int], day: date) -> dict[int, list[Post]]:
    """By branch: the posts held on a day, the secretary first. One query."""
    rows = Post.objects.on(day).filter(organization__in=organization_ids).select_related("member")
    found: dict[int, list[Post]] = {each: [] for each in organization_ids}
    for post in sorted(rows, key=lambda post: (RANK[post.title], post.pk)):
        found[post.organization_id].append(post)
    return found


def secretary_name(posts: Collection[Post]) -> str:
    return next((post.member.name for post in posts if post.title == PostTitle.SECRETARY), "")
