"""Importing a ledger: every row becomes a meeting that was held, with the attendance of its day.

The committee's own ledger is taken as accepted: nobody is asked to submit again what was handed in on
paper. The source says that it was imported, and the time of recording is the time of the import.
"""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.enums import (
    Audience,
    MeetingKind,
    MeetingState,
    Presence,
    RecordSource,
    audience_of,
    kinds_held_by,
)
from meetings.models import Attendance, Meeting, MeetingPart, Organization, PartyGroup
from meetings.services.attendance import Deviation, Expected
from meetings.services.imports.due import Rolls
from meetings.services.imports.known import Key, KnownMeetings, why_left_alone
from meetings.services.imports.ledger_plan import Event, LedgerPlan
from meetings.services.imports.places import Groups, Places
from meetings.services.imports.years import (
    counts_elsewhere,
    day_counted,
    names_last_year,
    parts_to_move,
    year_fault,
)
from meetings.services.record import not_begun
from meetings.workbooks.ledgers import LedgerRow
from meetings.workbooks.problems import BadValue
from meetings.workbooks.table import Reading


def plan_ledger(
    reading: Reading[LedgerRow], *, places: Places, actor: User | None, now: datetime
) -> LedgerPlan:
    """Compare every row with the meetings that are known and collect what is missing or differs.

    Unknown branches, groups and absentees, kinds that a branch does not hold, years for which a meeting
    cannot count, and days on which the branch did not exist, become errors of the reading; their rows
    are left out.
    """
    return _Planner(reading, places, actor, now).plan()


class _Planner:
    def __init__(
        self, reading: Reading[LedgerRow], places: Places, actor: User | None, now: datetime
    ) -> None:
        self._reading, self._places, self._actor, self._now = reading, places, actor, now
        self._branches = self._find_branches()
        touched = list(dict.fromkeys(self._branches.values()))
        days = [row.day for row in reading.rows]
        self._plan = LedgerPlan(touched=touched, years={day.year for day in days})
        self._groups, self._rolls = Groups(touched), Rolls(touched)
        self._known = KnownMeetings(touched, days)

    def plan(self) -> LedgerPlan:
        events: dict[Key, Event] = {}
        for row in self._reading.rows:
            event = self._event(row)
            if event is None:
                continue
            first = events.setdefault(event.key, event).row.row
            if first != row.row:
                self._reading.refuse(
                    row.row, "day", _("the same meeting stands in row %(row)s") % {"row": first}
                )
        for event in events.values():
            self._take_over(event, events.keys())
        return self._plan

    def _find_branches(self) -> dict[str, Organization]:
        """Per name the branch; rows without one are refused."""
        branches: dict[str, Organization] = {}
        problems: dict[str, str] = {}
        for row in self._reading.rows:
            if row.branch not in branches and row.branch not in problems:
                try:
                    branches[row.branch] = self._places.branch(row.branch)
                except BadValue as problem:
                    problems[row.branch] = str(problem)
            if row.branch in problems:
                self._reading.refuse(row.row, "branch", problems[row.branch])
        return branches

    def _event(self, row: LedgerRow) -> Event | None:
        branch = self._branches.get(row.branch)
        if branch is None or not self._existed(row, branch, "day") or not self._holds(row, branch):
            return None
        if fault := not_begun(row.day, row.starts, timezone.localtime(self._now)):
            self._reading.refuse(row.row, "starts", fault)
            return None
        if fault := year_fault(row):
            self._reading.refuse(row.row, "counts_for", fault)
            return None
        group = self._groups.find(branch, row.group) if row.group else None
        if row.group and group is None:
            why = _("“%(branch)s” has no group called “%(name)s”") % {
                "branch": branch.name,
                "name": row.group,
            }
            self._reading.refuse(row.row, "group", why)
            return None
        if group and not self._existed(row, group, "group"):
            return None
        due = self._rolls.due(branch, group, row.kinds, row.day)
        deviations = self._deviations(row, branch, due)
        return None if deviations is None else Event(row, branch, group, due, deviations)

    def _existed(self, row: LedgerRow, bearer: Organization | PartyGroup, column: str) -> bool:
        if row.day < bearer.founded_on:
            why = _("“%(name)s” was founded on %(day)s") % {
                "name": bearer.name,
                "day": date_format(bearer.founded_on),
            }
        elif bearer.dissolved_on and row.day >= bearer.dissolved_on:
            why = _("“%(name)s” was dissolved on %(day)s")
            why %= {"name": bearer.name, "day": date_format(bearer.dissolved_on)}
        else:
            return True
        self._reading.refuse(row.row, column, why)
        return False

    def _holds(self, row: LedgerRow, branch: Organization) -> bool:
        """What only a group holds may stand here, too: its row names the group."""
        held = {kind for in_group in (False, True) for kind in kinds_held_by(branch.kind, in_group=in_group)}
        if not (others := [str(MeetingKind(kind).label) for kind in row.kinds if kind not in held]):
            return True
        why = _("“%(branch)s” does not hold this: %(kinds)s is for the organization above")
        self._reading.refuse(row.row, "kinds", why % {"branch": branch.name, "kinds": enumerated(others)})
        return False

    def _deviations(
        self, row: LedgerRow, branch: Organization, due: list[Expected]
    ) -> dict[int, Deviation] | None:
        """By member who was not there; None if somebody named cannot be told."""
        deviations: dict[int, Deviation] = {}
        problems = []
        for absence in row.absences:
            alike = [person.member for person in due if person.member.name == absence.name]
            if len(alike) == 1:
                presence = Presence.EXCUSED if absence.is_excused else Presence.ABSENT
                deviations[alike[0].pk] = Deviation(presence, absence.reason)
            else:
                problems.append(self._why_not(absence.name, row, branch, several=bool(alike)))
        if problems:
            self._reading.refuse(row.row, "absences", "；".join(problems))
            return None
        return deviations

    def _why_not(self, name: str, row: LedgerRow, branch: Organization, *, several: bool) -> str:
        values = {"name": name, "branch": branch.name}
        if several:
            return _("several members are called “%(name)s”") % values
        if any(membership.member.name == name for membership in self._rolls.members_on(branch, row.day)):
            return _("“%(name)s” was not due at this meeting") % values
        return _("“%(name)s” was not a member of “%(branch)s” on that day") % values

    def _take_over(self, event: Event, named: Collection[Key]) -> None:
        self._compare_counts(event)
        known = self._known.held(event.key)
        if known and (why := why_left_alone(known)):
            self._reading.warn(event.row.row, "day", why)
            self._plan.unchanged += 1
            return
        self._tell_of_last_year(event, known)
        if known is None:
            self._tell_of_another(event, named)
            self._add(event)
        elif self._change(known, event):
            self._plan.updated += 1
        else:
            self._plan.unchanged += 1

    def _tell_of_another(self, event: Event, named: Collection[Key]) -> None:
        """Two meetings of a kind on one day are rare: more often one was written down twice."""
        if (other := self._known.alike(event.key, named)) is None:
            return
        why = _(
            "a meeting of this kind, “%(theme)s”, is here for that day already; this row adds another: "
            "leave it out if it is the same"
        )
        self._reading.warn(event.row.row, "day", why % {"theme": other.theme})

    def _add(self, event: Event) -> None:
        row, plan = event.row, self._plan
        meeting = Meeting(
            organization=event.branch, group=event.group, theme=event.theme, day=row.day, starts=row.starts,
            state=MeetingState.ACCEPTED, source=RecordSource.IMPORT, recorded_at=self._now,
            recorded_by=self._actor, **self._facts(event),
        )  # fmt: skip
        plan.meetings.append(meeting)
        parts = [
            MeetingPart(meeting=meeting, kind=kind, counts_for=day_counted(row, kind)) for kind in row.kinds
        ]
        plan.parts += parts
        plan.years_counted |= {part.counts_for.year for part in parts}
        plan.attendances += [_attendance(meeting, event, person) for person in event.due]
        plan.created += 1

    def _facts(self, event: Event) -> dict[str, object]:
        row = event.row
        return {
            "ends": row.ends,
            "place": row.place,
            "chair_id": self._person(event, "chair"),
            "recorder_id": self._person(event, "recorder"),
            "content": row.content,
            "decisions": row.decisions,
        }

    def _person(self, event: Event, column: str) -> int | None:
        """The member of the branch called so; anybody else is not recorded, and told."""
        name = getattr(event.row, column)
        rolls = self._rolls.members_on(event.branch, event.row.day)
        alike = [membership.member_id for membership in rolls if membership.member.name == name]
        if name and len(alike) != 1:
            why = _("“%(name)s” is not one member of the branch; the field stays empty") % {"name": name}
            self._reading.warn(event.row.row, column, why)
        return alike[0] if len(alike) == 1 else None

    def _change(self, known: Meeting, event: Event) -> bool:
        """Take over facts and absences of a row imported before; duty and vote stay frozen."""
        differing = {
            name: value for name, value in self._facts(event).items() if getattr(known, name) != value
        }
        for name, value in differing.items():
            setattr(known, name, value)
        rows = known.attendances.all()
        changed = [row for row in rows if _deviates(row, event.deviations.get(row.member_id))]
        self._plan.changed_attendances += changed
        self._tell_who_is_not_in(event, {row.member_id for row in rows})
        if differing:
            self._plan.changed.append(known)
        return any((differing, changed, self._move(known, event.row)))

    def _move(self, known: Meeting, row: LedgerRow) -> bool:
        """To the year the row gives; a row that gives none says nothing."""
        moved = [] if row.counts_for is None else parts_to_move(known, row)
        for part in moved:
            self._plan.years_counted |= {row.day.year, row.day.year - 1}
            part.counts_for = day_counted(row, part.kind)
        self._plan.changed_parts += moved
        return bool(moved)

    def _tell_of_last_year(self, event: Event, known: Meeting | None) -> None:
        row = event.row
        if row.counts_for or not names_last_year(row) or (known and counts_elsewhere(known)):
            return
        why = _("names last year, but the meeting counts for %(year)s: fill in “%(column)s” if it should not")
        names = {"year": row.day.year, "column": self._reading.columns["counts_for"].heading}
        self._reading.warn(row.row, "theme", why % names)

    def _tell_who_is_not_in(self, event: Event, recorded: Collection[int]) -> None:
        """Who was due stays as it was first written; somebody the roster learnt of later is not in it."""
        missing = event.deviations.keys() - recorded
        if names := [person.member.name for person in event.due if person.member.pk in missing]:
            why = _(
                "the attendance of this record is closed and %(names)s is not in it: change it on its page"
            )
            self._reading.warn(event.row.row, "absences", why % {"names": enumerated(names)})

    def _compare_counts(self, event: Event) -> None:
        """Figures follow from the records; where the sheet counts otherwise, somebody should look."""
        ours = {"expected": len(event.due), "present": len(event.due) - len(event.deviations)}
        for column, count in ours.items():
            written = getattr(event.row, column)
            if written is not None and written != count:
                why = _("the sheet says %(written)s, by the roster of that day it is %(count)s")
                self._reading.warn(event.row.row, column, why % {"written": written, "count": count})
        if event.group and audience_of(list(event.row.kinds)) != Audience.GROUP:
            self._reading.warn(event.row.row, "group", _("held by a group, it does not count for the branch"))


def _attendance(meeting: Meeting, event: Event, person: Expected) -> Attendance:
    deviation = event.deviations.get(person.member.pk, Deviation(Presence.PRESENT))
    return Attendance(
        meeting=meeting,
        member=person.member,
        organization=event.branch,
        day=event.row.day,
        presence=deviation.presence,
        reason=deviation.reason,
        hard_bound=person.hard_bound,
        has_vote=person.has_vote,
        source=RecordSource.IMPORT,
    )


def _deviates(row: Attendance, deviation: Deviation | None) -> bool:
    """Bring one row in line; tells whether it differed."""
    said = deviation or Deviation(Presence.PRESENT)
    if (row.presence, row.reason) == (said.presence, said.reason):
        return False
    row.presence, row.reason = said.presence, said.reason
    return True
