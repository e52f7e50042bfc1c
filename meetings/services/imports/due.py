"""Who was due at the meetings of many branches on many days, read once.

The same rule as ``services.attendance.expected_at``, for a whole ledger instead of one event.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from meetings.enums import NOT_HARD_BOUND, WITHOUT_VOTE, Audience, audience_of
from meetings.models import Membership, Organization, PartyGroup, Post, Standing
from meetings.services.attendance import Expected
from meetings.services.imports.batches import batches


class Rolls:
    """The members of some branches with everything dated about them."""

    def __init__(self, branches: Collection[Organization]) -> None:
        self._memberships: dict[int, list[Membership]] = defaultdict(list)
        self._posts: dict[tuple[int, int], list[Post]] = defaultdict(list)  # branch, member
        self._standings: dict[int, list[Standing]] = defaultdict(list)
        for batch in batches([branch.pk for branch in branches]):
            rows = Membership.objects.filter(organization__in=batch).select_related("member", "group")
            for row in rows.order_by("member__name_key", "member_id"):
                self._memberships[row.organization_id].append(row)
            for post in Post.objects.filter(organization__in=batch):
                self._posts[post.organization_id, post.member_id].append(post)
            for standing in Standing.objects.filter(member__memberships__organization__in=batch).distinct():
                self._standings[standing.member_id].append(standing)

    def members_on(self, branch: Organization, day: date) -> list[Membership]:
        return [row for row in self._memberships[branch.pk] if row.holds_on(day)]

    def due(
        self, branch: Organization, group: PartyGroup | None, kinds: Collection[str], day: date
    ) -> list[Expected]:
        """The people expected at such an event on that day, by name."""
        audience = audience_of(list(kinds))
        rows = self.members_on(branch, day)
        if audience == Audience.COMMITTEE:
            rows = [row for row in rows if self._holds_post(row, day)]
        elif group is not None:
            rows = [row for row in rows if row.group_id == group.pk]
        return [self._expected(row, day) for row in rows]

    def _holds_post(self, row: Membership, day: date) -> bool:
        return any(post.holds_on(day) for post in self._posts[row.organization_id, row.member_id])

    def _expected(self, row: Membership, day: date) -> Expected:
        kinds = {standing.kind for standing in self._standings[row.member_id] if standing.holds_on(day)}
        return Expected(
            member=row.member,
            group_name=row.group.name if row.group else "",
            is_full=row.member.is_full_on(day),
            hard_bound=kinds.isdisjoint(NOT_HARD_BOUND),
            has_vote=row.member.is_full_before(day) and kinds.isdisjoint(WITHOUT_VOTE),
        )
