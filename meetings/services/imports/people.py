"""Finding the members that the rows of a roster speak of."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _

from meetings.enums import PostTitle
from meetings.models import Member, Membership, Organization, Post, Standing
from meetings.services.imports.batches import batches
from meetings.workbooks.problems import BadValue
from meetings.workbooks.rosters import RosterRow


class People:
    """The members of some branches, whoever else a roster names by ID number, and what holds of them today
    or is open."""

    def __init__(self, branches: Collection[Organization], id_numbers: Collection[str], today: date) -> None:
        self.open: dict[int, Membership] = {}
        self._members_of: dict[int, set[int]] = defaultdict(set)
        self.posts: dict[int, list[Post]] = defaultdict(list)
        self.standings: dict[int, list[Standing]] = defaultdict(list)
        self.starts: dict[int, set[date]] = defaultdict(set)
        self.branches_with_posts: set[int] = set()
        self.secretaries: dict[int, tuple[int, str]] = {}  # per branch: member, name
        self._by_id_number: dict[str, Member] = {}
        self._by_name: dict[tuple[int, str], list[Member]] = defaultdict(list)
        members = self._read_members(branches, id_numbers)
        self._read_dated(members, today)
        self._read_committees(branches)
        for member in members.values():
            self._index(member)

    @staticmethod
    def _read_members(branches: Collection[Organization], id_numbers: Collection[str]) -> dict[int, Member]:
        found: dict[int, Member] = {}
        for batch in batches([branch.pk for branch in branches]):
            here = Membership.objects.filter(organization__in=batch, end_on=None)
            found.update(
                (member.pk, member) for member in Member.objects.filter(pk__in=here.values("member"))
            )
        for numbers in batches([number for number in id_numbers if number]):
            found.update((member.pk, member) for member in Member.objects.filter(id_number__in=numbers))
        return found

    def _read_dated(self, members: Iterable[int], today: date) -> None:
        keys = list(members)
        for batch in batches(keys):
            for membership in Membership.objects.filter(member__in=batch).select_related("organization"):
                self.starts[membership.member_id].add(membership.start_on)
                if membership.end_on is None:
                    self.open[membership.member_id] = membership
                    self._members_of[membership.organization_id].add(membership.member_id)
            for post in Post.objects.filter(member__in=batch, end_on=None):
                self.posts[post.member_id].append(post)
            for standing in Standing.objects.filter(member__in=batch).exclude(end_on__lt=today):
                self.standings[standing.member_id].append(standing)

    def _read_committees(self, branches: Collection[Organization]) -> None:
        for batch in batches([branch.pk for branch in branches]):
            posts = Post.objects.filter(organization__in=batch)
            self.branches_with_posts.update(posts.values_list("organization_id", flat=True).distinct())
            secretaries = posts.filter(title=PostTitle.SECRETARY, end_on=None)
            for branch, member, name in secretaries.values_list(
                "organization_id", "member_id", "member__name"
            ):
                self.secretaries[branch] = (member, name)

    def _index(self, member: Member) -> None:
        if member.id_number:
            self._by_id_number[member.id_number] = member
        if membership := self.open.get(member.pk):
            self._by_name[membership.organization_id, member.name].append(member)

    def find(self, row: RosterRow, branch: Organization) -> Member | None:
        """By ID number; else by name and date of birth in the branch. Raises BadValue for several."""
        if known := self._by_id_number.get(row.id_number):
            return known
        alike = [
            member
            for member in self._by_name[branch.pk, row.name]
            if not (row.id_number and member.id_number) and _may_be_born(member.born_on, row.born_on)
        ]
        if len(alike) > 1:
            raise BadValue(
                _("“%(name)s” may be one of several members; give the ID number") % {"name": row.name}
            )
        return alike[0] if alike else None

    def members_of(self, branch: Organization) -> set[int]:
        return self._members_of[branch.pk]


def _may_be_born(one: date | None, other: date | None) -> bool:
    """Two dates of birth that may be the same; a roster often gives only the month."""
    return one is None or other is None or (one.year, one.month) == (other.year, other.month)
