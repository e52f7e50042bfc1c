"""Branch, group, posts and standings of a member: from what they were to what the roster shows."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from meetings.enums import WITHOUT_VOTE, StandingKind
from meetings.models import Membership, Organization, PartyGroup, Post, Standing
from meetings.services.imports.dated import day_before
from meetings.services.imports.people import People
from meetings.services.imports.places import Groups
from meetings.services.imports.roster_plan import Person, RosterPlan
from meetings.workbooks.rosters import FLAGS, RosterRow
from meetings.workbooks.table import Reading


class Snapshot:
    """Adds to a plan what the row of a person changes in the dated rows."""

    def __init__(
        self, plan: RosterPlan, reading: Reading[RosterRow], people: People, groups: Groups, today: date
    ) -> None:
        self._plan, self._reading, self._people, self._groups = plan, reading, people, groups
        self._today = today
        self._settled = {branch.pk for branch in plan.touched if people.members_of(branch)}
        self._kinds = set(StandingKind) if reading.has("standing") else set()
        self._kinds |= {kind for name, kind in FLAGS.items() if reading.has(name)}

    def take(self, person: Person) -> bool:
        """Whether anything changes."""
        # Each is done: no short cut.
        changes = [self._membership(person), self._posts(person), self._standings(person)]
        return any(changes)

    def _membership(self, person: Person) -> bool:
        current = self._people.open.get(person.member.pk) if not person.is_new else None
        if current is None:
            self._begin(person, self._first_day(person), self._group(person))
            return True
        if current.organization_id != person.branch.pk:
            self._transfer(person, current)
            return True
        return self._reading.has("group") and self._change_group(person, current, self._group(person))

    def _first_day(self, person: Person) -> date:
        """Without a day of transfer, from joining; somebody who left and came back, from today."""
        if not person.is_new and (starts := self._people.starts[person.member.pk]):
            day = self._today
            while day in starts:
                day += timedelta(days=1)
            return day
        return max(person.row.transferred_in_on or person.member.joined_on, person.member.joined_on)

    def _begin(self, person: Person, day: date, group: PartyGroup | None) -> None:
        self._plan.memberships.added.append(
            Membership(member=person.member, organization=person.branch, group=group, start_on=day)
        )

    def _transfer(self, person: Person, current: Membership) -> None:
        """To another branch on the day the sheet gives, or today; posts in the old branch end."""
        left, day = current.organization_id, person.row.transferred_in_on
        day = day if day and current.start_on < day <= self._today else self._today
        if current.start_on >= day:
            current.organization, current.group = person.branch, self._group(person)
            self._plan.memberships.changed.append(current)
        else:
            self._plan.memberships.end(current, day_before(day))
            self._begin(person, day, self._group(person))
        for post in self._people.posts[person.member.pk]:
            if post.organization_id == left:
                self._plan.posts.end(post, day_before(day))

    def _change_group(self, person: Person, current: Membership, group: PartyGroup | None) -> bool:
        if current.group_id is None and group is None:
            return False
        if group is not None and group.pk is not None and current.group_id == group.pk:
            return False
        if current.group_id is None or current.start_on >= self._today:
            # Not known before: nothing ends.
            current.group = group
            self._plan.memberships.changed.append(current)
        else:
            self._plan.memberships.end(current, day_before(self._today))
            self._begin(person, self._today, group)
        return True

    def _group(self, person: Person) -> PartyGroup | None:
        """The group of the row; one that is not known yet is added."""
        name, branch = person.row.group, person.branch
        if not name:
            return None
        group = self._groups.find(branch, name)
        if group is None:
            group = PartyGroup(organization=branch, name=name, founded_on=self._group_founded_on(branch))
            self._groups.add(group)
            self._plan.groups.append(group)
        return group

    def _group_founded_on(self, branch: Organization) -> date:
        """As old as the branch on its first roster; later ones are founded on the day they appear."""
        return self._today if branch.pk in self._settled else branch.founded_on

    def _posts(self, person: Person) -> bool:
        if not self._reading.has("post"):
            return False
        held = [] if person.is_new else self._people.posts[person.member.pk]
        held = [post for post in held if post.organization_id == person.branch.pk]
        titles = {post.title for post in held}
        begun = [title for title in person.row.posts if title not in titles]
        ended = [post for post in held if post.title not in person.row.posts]
        self._plan.posts.added += [
            Post(
                member=person.member,
                organization=person.branch,
                title=title,
                start_on=self._post_since(person),
            )
            for title in begun
        ]
        for post in ended:
            self._plan.posts.end(post, day_before(self._today))
        return bool(begun or ended)

    def _post_since(self, person: Person) -> date:
        """Since the term began, or joining if that is later; where posts are known already, today."""
        if person.branch.pk in self._people.branches_with_posts:
            return self._today
        arrived = max(person.row.transferred_in_on or person.member.joined_on, person.member.joined_on)
        return max(person.branch.term_start_on or arrived, arrived)

    def _standings(self, person: Person) -> bool:
        known_rows = [] if person.is_new else self._people.standings[person.member.pk]
        known = {standing.kind for standing in known_rows}
        since = self._first_day(person) if person.is_new else self._today
        named = [kind for kind in person.row.standings if kind not in known]
        begun = [kind for kind in named if self._may_begin(person, StandingKind(kind))]
        self._plan.standings.added += [
            Standing(member=person.member, kind=kind, start_on=since) for kind in begun
        ]
        ended = [
            standing
            for standing in known_rows
            if standing.end_on is None
            and standing.kind in self._kinds
            and standing.kind not in person.row.standings
        ]
        lifted = [standing for standing in ended if self._end_standing(person, standing)]
        return bool(begun or lifted)

    def _may_begin(self, person: Person, kind: StandingKind) -> bool:
        """Rights are suspended by a dated decision, never because a roster mentions it."""
        if kind not in WITHOUT_VOTE:
            return True
        why = _(
            "“%(standing)s” rests on a decision and is not begun by a roster; enter it on the member's page"
        )
        self._warn(person, kind, why)
        return False

    def _end_standing(self, person: Person, standing: Standing) -> bool:
        """A suspension rests on a decision; a roster that does not mention it does not lift it."""
        if standing.kind in WITHOUT_VOTE:
            why = _("“%(standing)s” rests on a decision and is not ended by a roster")
            self._warn(person, StandingKind(standing.kind), why)
            return False
        self._plan.standings.end(standing, day_before(self._today))
        return True

    def _warn(self, person: Person, kind: StandingKind, why: str) -> None:
        """At the cell that tells of it: in a column of its own, or in the one for every standing."""
        own = next((name for name, ticked in FLAGS.items() if ticked == kind), "standing")
        is_own = kind in person.row.ticked or not self._reading.has("standing")
        column = own if is_own else "standing"
        self._reading.warn(person.row.row, column, why % {"standing": kind.label})
