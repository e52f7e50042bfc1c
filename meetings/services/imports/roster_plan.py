"""What the import of a roster will write."""

from dataclasses import dataclass, field

from meetings.models import Member, Membership, Organization, PartyGroup, Post, Standing
from meetings.services.imports.batches import SIZE
from meetings.services.imports.dated import DatedChanges
from meetings.workbooks.rosters import RosterRow

FACTS = ("name", "gender", "ethnicity", "born_on", "id_number", "phone", "joined_on", "full_member_on")
MEMBER_COLUMNS = (*FACTS, "name_key", "is_leading_cadre")


@dataclass
class RosterPlan:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    touched: list[Organization] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    years_counted: set[int] = field(default_factory=set)
    groups: list[PartyGroup] = field(default_factory=list)
    new: list[Member] = field(default_factory=list)
    changed: list[Member] = field(default_factory=list)
    memberships: DatedChanges[Membership] = field(
        default_factory=lambda: DatedChanges(Membership, ("end_on", "organization", "group"))
    )
    posts: DatedChanges[Post] = field(default_factory=lambda: DatedChanges(Post))
    standings: DatedChanges[Standing] = field(default_factory=lambda: DatedChanges(Standing))

    def write(self) -> None:
        PartyGroup.objects.bulk_create(self.groups, batch_size=SIZE)
        Member.objects.bulk_update(self.changed, MEMBER_COLUMNS, batch_size=500)
        Member.objects.bulk_create(self.new, batch_size=SIZE)
        for changes in (self.memberships, self.posts, self.standings):
            changes.write()


@dataclass
class Person:
    """A row whose branch is known, with the member it speaks of."""

    row: RosterRow
    branch: Organization
    member: Member
    is_new: bool
