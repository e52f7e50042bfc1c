"""What the page of one plan shows: where it stands, its lines, who has it, what was found."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from branchlife.models import User
from branchlife.templatetags.dates import cn_day
from meetings.enums import ACCEPTED_STATES, DISCHARGING, MeetingState
from reviews.enums import PLAN_IN_FORCE, Action, PlanState
from reviews.forms.review import FIELD_LABELS, ReturnForm, StepForm
from reviews.models import Finding, Plan, PlanItem, Transition
from reviews.rules import can_edit_plan, desk_of, marks_case
from reviews.views.desk_line import desk_line
from reviews.views.timeline import READ, timeline_of
from reviews.workflow import PLAN_FIELDS, steps_open_to

STATE_KINDS = {
    PlanState.DRAFT: "neutral",
    PlanState.SUBMITTED: "info",
    PlanState.RETURNED: "overdue",
    PlanState.APPROVED: "met",
    PlanState.AMENDED: "due",
    PlanState.CLOSED: "met",
}
# After these nothing of an earlier return is left to mend.
SETTLING = (Action.RETURN, Action.APPROVE, Action.DISCARD)
MEETING_KINDS = {
    MeetingState.SCHEDULED: "neutral",
    MeetingState.HELD: "due",
    MeetingState.SUBMITTED: "info",
    MeetingState.RETURNED: "overdue",
    MeetingState.HOLD_AGAIN: "overdue",
    MeetingState.ACCEPTED: "met",
    MeetingState.ARCHIVED: "met",
    MeetingState.CANCELLED: "none",
}


@dataclass
class Line:
    """One item of the plan with the state of its meeting and what was found at it."""

    number: int
    item: PlanItem
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return MEETING_KINDS[MeetingState(self.item.meeting.state)] if self.item.meeting else "neutral"

    @property
    def label(self) -> str:
        return (
            self.item.meeting.get_state_display() if self.item.meeting else pgettext("plan item", "Planned")
        )


class PlanSheet:
    """Reads everything once; templates ask only for attributes."""

    def __init__(self, plan: Plan, user: User) -> None:
        self.plan, self.user = plan, user
        self.items = list(plan.items.select_related("group", "meeting").prefetch_related("parts"))
        findings = Prefetch("findings", Finding.objects.select_related("item"))
        self.transitions = list(plan.transitions.select_related(*READ).prefetch_related(findings))
        self.steps = steps_open_to(user, plan)

    def context(self, return_form: ReturnForm | None = None) -> dict[str, Any]:
        plan = self.plan
        return {
            "plan": plan,
            "state_kind": STATE_KINDS[PlanState(plan.state)],
            "stations": self.stations(),
            "lines": self.lines(),
            "plan_findings": [self._shown(f) for f in self.findings() if f.item_id is None],
            "timeline": timeline_of(self.transitions, self.waiting_for()),
            "desk": desk_line(plan, self.user),
            "steps": self.steps,
            "can_edit": can_edit_plan(self.user, plan),
            "can_mark": marks_case(self.user, plan),
            "step_form": StepForm(initial={"version": plan.version}),
            "return_form": return_form or self.return_form(),
        }

    def return_form(self, data: Any = None) -> ReturnForm | None:
        if Action.RETURN not in self.steps:
            return None
        return ReturnForm(data, version=self.plan.version, fields=PLAN_FIELDS, items=self.items)

    def findings(self) -> list[Finding]:
        """Those of the latest return, until the plan is approved."""
        decisions = [step for step in self.transitions if step.action in SETTLING]
        returned = decisions and decisions[-1].action == Action.RETURN
        return list(decisions[-1].findings.all()) if returned else []

    def lines(self) -> list[Line]:
        lines = {item.pk: Line(number, item) for number, item in enumerate(self.items, 1)}
        for finding in self.findings():
            if finding.item_id in lines:
                lines[finding.item_id].findings.append(self._shown(finding))
        return list(lines.values())

    def _shown(self, finding: Finding) -> dict[str, Any]:
        place = FIELD_LABELS.get(finding.field, finding.field)
        facts = {"place": place, "sentence": finding.sentence}
        sentence = pgettext("finding", "%(place)s: %(sentence)s") % facts
        return {"reason": finding.get_reason_display(), "sentence": sentence}

    def waiting_for(self) -> str:
        return {
            PlanState.SUBMITTED: _("Waiting for the review"),
            PlanState.RETURNED: _("Waiting for the branch to correct it"),
            PlanState.AMENDED: _("Waiting for the branch to hand in the amendment"),
        }.get(PlanState(self.plan.state), "")

    def stations(self) -> list[dict[str, Any]]:
        approved = self.plan.state in PLAN_IN_FORCE
        submitted = self.plan.state == PlanState.SUBMITTED
        written = approved or submitted
        return [
            _station(pgettext("station", "Plan"), self._plan_note(), written, now=not written),
            _station(pgettext("station", "Review"), self._review_note(), approved, now=submitted),
            *self._life_stations(approved),
        ]

    def _life_stations(self, approved: bool) -> list[dict[str, Any]]:
        every = sum(not _is_cancelled(item) for item in self.items)
        held, accepted = self._count(DISCHARGING), self._count(ACCEPTED_STATES)
        done = approved and held >= every
        held_note = _("%(held)s of %(all)s held") % {"held": held, "all": every}
        accepted_note = _("%(accepted)s of %(all)s records accepted") % {"accepted": accepted, "all": every}
        checked = done and accepted >= every
        return [
            _station(pgettext("station", "Do"), held_note, done, now=approved and not done),
            _station(pgettext("station", "Check"), accepted_note, checked, now=done and not checked),
        ]

    def _count(self, states: tuple[MeetingState, ...]) -> int:
        return sum(bool(item.meeting) and item.meeting.state in states for item in self.items)

    def _plan_note(self) -> str:
        last = self._last(Action.SUBMIT)
        if self.plan.is_editable or last is None:
            since = self.transitions[-1].at if self.transitions else self.plan.created_at
            return _("With the branch's secretary since %(day)s") % {"day": cn_day(since)}
        returns = sum(step.action == Action.RETURN for step in self.transitions)
        handed_in = _("Handed in %(day)s") % {"day": cn_day(last.at)}
        if not returns:
            return handed_in
        again = ngettext("returned %(n)s time", "returned %(n)s times", returns) % {"n": returns}
        return f"{handed_in} · {again}"

    def _review_note(self) -> str:
        approval, desk = self._last(Action.APPROVE), desk_of(self.plan)
        if self.plan.state in PLAN_IN_FORCE and approval:
            return _("Approved %(day)s · %(name)s") % {
                "day": cn_day(approval.at),
                "name": approval.actor.name,
            }
        if self.plan.state != PlanState.SUBMITTED:
            return _("Not handed in")
        facts = {"day": cn_day(desk.since if desk else self.plan.submitted_at)}
        if Action.RETURN in self.steps:
            return _("With you since %(day)s") % facts
        place = desk.organization.name if desk else _("the committee")
        return _("With %(place)s since %(day)s") % (facts | {"place": place})

    def _last(self, action: Action) -> Transition | None:
        return next((step for step in reversed(self.transitions) if step.action == action), None)


def _is_cancelled(item: PlanItem) -> bool:
    return bool(item.meeting) and item.meeting.state == MeetingState.CANCELLED


def _station(label: str, note: str, done: bool, *, now: bool) -> dict[str, Any]:
    return {"label": label, "note": note, "state": "done" if done else "now" if now else "next"}
