"""What the page of one meeting shows, and how much of it the reader may see."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branchlife.models import User
from branchlife.templatetags.dates import cn_date, cn_datetime, weekday
from meetings.elements import (
    Missing,
    blocking,
    element_count,
    lacks_reason,
    missing_among,
    missing_on_the_page,
    warnings,
)
from meetings.enums import ACCEPTED_STATES, MeetingState, Presence
from meetings.forms.checklists import ChecklistForm
from meetings.models import Attendance, Meeting, MeetingStep, Resolution
from meetings.rules import (
    answers_for,
    can_see_attendance,
    can_tick_steps,
    can_write_record,
    keeps_record_of,
)
from meetings.scope import scope_of
from meetings.services.attendance import Summary, summarize
from meetings.services.checklists import steps_of
from meetings.services.record import facts_of
from meetings.services.vote_counts import attendance_is_taken
from meetings.services.vote_ground import ground_of
from meetings.views.panels import meeting_panels
from reviews.enums import Action
from reviews.forms.review import ReturnForm, StepForm
from reviews.models import Finding
from reviews.rules import marks_case
from reviews.views.closed_record import closed_record
from reviews.views.desk_line import desk_line
from reviews.views.loop_panels import loop_panels
from reviews.views.timeline import record_steps, timeline_of
from reviews.workflow import RECORD_FIELDS, steps_open_to

RETURNS = (Action.RETURN, Action.HOLD_AGAIN)


@dataclass
class Fact:
    """One line of the description list, with what the reviewer found there."""

    field: str
    label: str
    value: Any
    wide: bool = False
    findings: list[Finding] = dataclasses.field(default_factory=list)


class MeetingSheet:
    """Reads everything once. An ordinary member gets the basics and the own row, never the others'."""

    def __init__(self, meeting: Meeting, user: User) -> None:
        self.meeting, self.user = meeting, user
        self.in_full = can_see_attendance(user, meeting)
        rows = meeting.attendances.select_related("member").order_by("member__name_key", "member_id")
        own = rows.filter(member=scope_of(user).member_id)
        # On the calendar nobody has come yet and nothing has happened to the record.
        written = meeting.state != MeetingState.SCHEDULED
        self.rows: list[Attendance] = list(rows if self.in_full else own) if written else []
        self.transitions = record_steps(meeting) if self.in_full and written else []
        self.steps = steps_open_to(user, meeting)

    def context(self, return_form: ReturnForm | None = None) -> dict[str, Any]:
        meeting, beside = self.meeting, self._beside()
        return {
            "meeting": meeting,
            "sheet": self,
            "facts": self._pinned(self._basics()),
            "record_facts": self._pinned(self._record_facts()) if self.in_full else [],
            "attendance_findings": [f for f in self.findings if f.field == "attendance"],
            "summary": self._summary() if self.in_full and self.rows else None,
            **self._course(),
            "plan_item": getattr(meeting, "plan_item", None) if self.in_full else None,
            "opens_plan": answers_for(self.user, meeting.organization),  # not a group's leader
            "steps": self.steps,
            "is_due": meeting.day <= timezone.localdate(),
            "today": timezone.localdate(),
            "step_form": StepForm(initial={"version": meeting.version}),
            "return_form": return_form or self.return_form(),
            **self._rights(),
            **beside,
        }

    @cached_property
    def panels(self) -> dict[str, Any]:
        return meeting_panels(self.meeting, self.user)

    @property
    def votes(self) -> list[Resolution]:
        """Of what was held, for those who may see it in full."""
        return [resolution for resolution, _verdict in self.panels["votes"]]

    def _summary(self) -> Summary:
        """What is to be held again decided nothing."""
        meeting = self.meeting
        if not attendance_is_taken(meeting):
            return summarize(self.rows, None)
        ground = ground_of(meeting, kinds=meeting.kinds, day=meeting.day, on_list=self.votes, is_written=True)
        return summarize(self.rows, ground)

    def _beside(self) -> dict[str, Any]:
        """What stands next to the record itself."""
        return {
            "panels": self.panels,
            "loop": loop_panels(self),
            "checklist": ChecklistForm(steps=self.procedure) if self.in_full else None,
        }

    def _course(self) -> dict[str, Any]:
        """Who did what, and with whom the record lies now; for those who may see it in full."""
        if not self.in_full:
            return {"timeline": [], "desk": None}
        timeline = timeline_of(self.transitions, self.waiting_for)
        return {"timeline": timeline, "desk": desk_line(self.meeting, self.user)}

    def _rights(self) -> dict[str, Any]:
        keeps = keeps_record_of(self.user, self.meeting)
        return {
            "closed": closed_record(self.meeting, self.user) if self.in_full else None,
            "can_mark": self.in_full and marks_case(self.user, self.meeting),
            "was_returned": any(step.action in RETURNS for step in self.transitions),
            "can_tick": can_tick_steps(self.user, self.meeting),
            "can_record": can_write_record(self.user, self.meeting),
            "can_move": keeps and self.meeting.state == MeetingState.SCHEDULED,
        }

    def return_form(self, data: Any = None) -> ReturnForm | None:
        if Action.RETURN not in self.steps:
            return None
        return ReturnForm(data, version=self.meeting.version, fields=RECORD_FIELDS)

    @cached_property
    def findings(self) -> list[Finding]:
        """Those of the latest return, until the record is accepted."""
        if self.meeting.state in ACCEPTED_STATES:
            return []
        returns = [step for step in self.transitions if step.action in RETURNS]
        return list(returns[-1].findings.all()) if returns else []

    @property
    def noted(self) -> list[Attendance]:
        """Those to be read one by one: who was not simply there; an ordinary member's own row."""
        return [row for row in self.rows if not self.in_full or row.presence != Presence.PRESENT]

    @property
    def simply_present(self) -> list[Attendance]:
        return [row for row in self.rows if self.in_full and row.presence == Presence.PRESENT]

    @property
    def days_late(self) -> int:
        """Whole days between the event and the first record of it; shown openly."""
        at = self.meeting.recorded_at
        return (timezone.localdate(at) - self.meeting.day).days if at else 0

    @cached_property
    def procedure(self) -> list[MeetingStep]:
        return steps_of(self.meeting)

    @cached_property
    def missing(self) -> list[Missing]:
        facts = facts_of(self.meeting)
        unexplained = [
            row.member.name for row in self.rows if lacks_reason(row.presence, row.reason, row.hard_bound)
        ]
        known = self.in_full and not self.panels["ahead"]
        return missing_among(vars(facts), unexplained) + missing_on_the_page(
            self.meeting, facts.kinds, self.votes if known else None, self.procedure
        )

    @property
    def blocking(self) -> list[Missing]:
        return blocking(self.missing)

    @property
    def warnings(self) -> list[Missing]:
        return warnings(self.missing)

    @property
    def element_count(self) -> int:
        return element_count(self.meeting.kinds)

    @property
    def waiting_for(self) -> str:
        return {
            MeetingState.SCHEDULED: _("Waiting to be held and recorded"),
            MeetingState.HELD: _("Waiting for the branch to hand in the record"),
            MeetingState.SUBMITTED: _("Waiting for the review"),
            MeetingState.RETURNED: _("Waiting for the branch to correct it"),
            MeetingState.HOLD_AGAIN: _("Waiting to be held again"),
        }.get(MeetingState(self.meeting.state), "")

    def _basics(self) -> list[Fact]:
        meeting = self.meeting
        return [
            Fact("kinds", _("Kind of meeting"), meeting.kinds_label),
            Fact("branch", _("Branch"), _bearer(meeting)),
            Fact("day", _("Day"), f"{cn_date(meeting.day)} {weekday(meeting.day)}"),
            Fact("starts", _("Time"), _times(meeting)),
            Fact("place", _("Place"), meeting.place),
            Fact("chair", _("Chair"), meeting.chair),
            Fact("theme", _("Theme"), meeting.theme, wide=True),
        ]

    def _record_facts(self) -> list[Fact]:
        meeting = self.meeting
        found = [
            Fact("problem", _("Problem to solve"), meeting.problem),
            Fact("category", _("Content category"), meeting.get_category_display()),
        ]
        if meeting.spent is not None:
            found.append(Fact("spent", _("Spent (yuan)"), str(meeting.spent)))
        if meeting.recorded_at:
            found += [
                Fact("recorder", _("Recorder"), meeting.recorder),
                Fact("recorded", _("Recorded"), cn_datetime(meeting.recorded_at)),
                Fact("content", _("What was said and done"), meeting.content, wide=True),
                Fact("decisions", _("Decisions"), meeting.decisions, wide=True),
            ]
        elsewhere = facts_of(meeting).counts_for
        if elsewhere:
            found.append(Fact("counts_for", _("Counts for"), _year(elsewhere)))
        return found

    def _pinned(self, facts: list[Fact]) -> list[Fact]:
        for fact in facts:
            fact.findings = [finding for finding in self.findings if finding.field == fact.field]
        return facts


def _bearer(meeting: Meeting) -> str:
    return (
        f"{meeting.organization.name} · {meeting.group.name}" if meeting.group else meeting.organization.name
    )


def _times(meeting: Meeting) -> str:
    clock = [f"{moment:%H:%M}" for moment in (meeting.starts, meeting.ends) if moment]
    return "–".join(clock)


def _year(day: date) -> str:
    return pgettext("a year standing alone", "%(year)s") % {"year": day.year}
