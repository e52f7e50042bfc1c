"""Importing a roster: a snapshot of who belongs where on the day of the import.

Facts of a person that the sheet leaves empty stay as they are. Group, posts and standing are taken
as the sheet shows them if it has the column at all. From when they hold: see decision 5.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.enums import PostTitle
from meetings.models import Member, Organization
from meetings.pinyin import name_key
from meetings.services.imports.people import People
from meetings.services.imports.places import Groups, Places
from meetings.services.imports.roster_plan import FACTS, Person, RosterPlan
from meetings.services.imports.snapshot import Snapshot
from meetings.workbooks.problems import BadValue, CellNote
from meetings.workbooks.rosters import RosterRow
from meetings.workbooks.table import Reading
from meetings.workbooks.words import PROBATIONARY


def plan_roster(reading: Reading[RosterRow], *, places: Places, today: date) -> RosterPlan:
    """Compare every row with what is known and collect the differences.

    Unknown branches, members of other administrators and second secretaries become errors of the
    reading; their rows are left out.
    """
    return _Planner(reading, places, today).plan()


class _Planner:
    def __init__(self, reading: Reading[RosterRow], places: Places, today: date) -> None:
        self._reading, self._places, self._today = reading, places, today
        self._branches = self._find_branches()
        touched = list(dict.fromkeys(self._branches.values()))
        self._people = People(touched, {row.id_number for row in reading.rows}, today)
        self._plan = RosterPlan(touched=touched)
        self._groups = Groups(touched)
        self._snapshot = Snapshot(self._plan, reading, self._people, self._groups, today)

    def plan(self) -> RosterPlan:
        persons = self._with_one_secretary(list(self._persons()))
        for person in persons:
            self._take_over(person)
        if not self._reading.errors:
            self._tell_who_is_missing(persons)
        return self._plan

    def _find_branches(self) -> dict[int, Organization]:
        """Per row the branch; rows without one are refused."""
        known: dict[str, Organization | BadValue] = {}
        branches: dict[int, Organization] = {}
        for row in self._reading.rows:
            if row.branch not in known:
                known[row.branch] = self._branch(row.branch)
            found = known[row.branch]
            if isinstance(found, BadValue):
                self._reading.refuse(row.row, "branch", str(found))
            else:
                branches[row.row] = found
        return branches

    def _branch(self, text: str) -> Organization | BadValue:
        try:
            return self._places.branch(text)
        except BadValue as problem:
            return problem

    def _persons(self) -> Iterator[Person]:
        """The rows that can be imported, each with its member. A new member is not saved yet."""
        taken: dict[int, int] = {}
        for row in self._reading.rows:
            branch = self._branches.get(row.row)
            if branch is None or self._names_dissolved_group(row, branch):
                continue
            try:
                member = self._people.find(row, branch)
            except BadValue as problem:
                self._reading.refuse(row.row, "name", str(problem))
                continue
            if member is None:
                yield Person(row, branch, Member(), is_new=True)
            elif self._may_change(row, member, taken):
                yield Person(row, branch, member, is_new=False)

    def _names_dissolved_group(self, row: RosterRow, branch: Organization) -> bool:
        group = self._groups.find(branch, row.group) if row.group else None
        if group is None or group.dissolved_on is None:
            return False
        why = _("“%(name)s” was dissolved on %(day)s") % {
            "name": group.name,
            "day": date_format(group.dissolved_on),
        }
        self._reading.refuse(row.row, "group", why)
        return True

    def _may_change(self, row: RosterRow, member: Member, taken: dict[int, int]) -> bool:
        membership = self._people.open.get(member.pk)
        if membership and membership.organization not in self._places:
            why = _("this person is a member of a branch that you do not administer")
            self._reading.refuse(row.row, "id_number", why)
            return False
        first = taken.setdefault(member.pk, row.row)
        if first != row.row:
            self._reading.refuse(row.row, "name", _("the same person stands in row %(row)s") % {"row": first})
            return False
        return self._dates_agree(row, member)

    def _dates_agree(self, row: RosterRow, member: Member) -> bool:
        """What the sheet says must fit what it leaves empty and we know already."""
        merged = {name: getattr(member, name) for name in FACTS} | self._differences(row, member)
        joined, full, born = merged["joined_on"], merged["full_member_on"], merged["born_on"]
        if full and full < joined:
            why = _("lies after %(day)s, since when this person is known as a full member")
            self._reading.refuse(row.row, "joined_on", why % {"day": date_format(full)})
        elif born and born >= joined:
            self._reading.refuse(row.row, "joined_on", _("lies before the date of birth"))
        else:
            return True
        return False

    def _with_one_secretary(self, persons: list[Person]) -> list[Person]:
        """Refuse whoever would be a second secretary of a branch."""
        if not self._reading.has("post"):
            return persons
        named = {person.member.pk for person in persons if not person.is_new}
        holders = {
            branch: _("already has a secretary, %(name)s") % {"name": name}
            for branch, (member_id, name) in self._people.secretaries.items()
            if member_id not in named
        }
        return [person for person in persons if self._is_only_secretary(person, holders)]

    def _is_only_secretary(self, person: Person, holders: dict[int, str]) -> bool:
        if PostTitle.SECRETARY not in person.row.posts:
            return True
        if why := holders.get(person.branch.pk):
            self._reading.refuse(person.row.row, "post", _("the branch %(why)s") % {"why": why})
            return False
        holders[person.branch.pk] = _("has its secretary in row %(row)s") % {"row": person.row.row}
        return True

    def _take_over(self, person: Person) -> None:
        differences = self._differences(person.row, person.member)
        for name, value in differences.items():
            setattr(person.member, name, value)
        person.member.name_key = name_key(person.member.name)
        moved = self._snapshot.take(person)
        if person.is_new:
            self._plan.new.append(person.member)
            self._plan.created += 1
            return
        if differences:
            self._plan.changed.append(person.member)
        if differences or moved:
            self._plan.updated += 1
        else:
            self._plan.unchanged += 1

    def _differences(self, row: RosterRow, member: Member) -> dict[str, object]:
        """What the row says otherwise than we know. An empty cell says nothing."""
        said = {name: getattr(row, name) for name in FACTS if getattr(row, name)}
        if row.category == PROBATIONARY:
            said["full_member_on"] = None
        elif row.full_is_assumed and member.full_member_on:
            del said["full_member_on"]
        if self._reading.has("is_leading_cadre"):
            said["is_leading_cadre"] = row.is_leading_cadre
        return {name: value for name, value in said.items() if not _says_the_same(row, member, name, value)}

    def _tell_who_is_missing(self, persons: list[Person]) -> None:
        named = {person.member.pk for person in persons if not person.is_new}
        for branch in self._plan.touched:
            if missing := len(self._people.members_of(branch) - named):
                why = _(
                    "%(branch)s: %(count)s members known here are not in the sheet; they stay as they are."
                )
                message = why % {"branch": branch.name, "count": missing}
                self._reading.warnings.append(CellNote(self._reading.header.row, "", message))


def _says_the_same(row: RosterRow, member: Member, name: str, value: object) -> bool:
    known = getattr(member, name)
    if name in row.months_only and isinstance(known, date) and isinstance(value, date):
        return (known.year, known.month) == (value.year, value.month)
    return bool(known == value)
