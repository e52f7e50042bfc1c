"""Who did what with a paper: the steps of a plan or a record as the timeline shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from branchlife.joined import hand_over
from meetings.models import Meeting
from reviews.enums import Action
from reviews.forms.review import FIELD_LABELS
from reviews.models import Finding, Transition

FORWARD = (
    Action.SUBMIT, Action.FORWARD, Action.APPROVE, Action.ACCEPT, Action.RECORD, Action.ARCHIVE, Action.CLAIM,
    Action.VERIFY, Action.CLOSE, Action.DRAW, Action.CONCLUDE, Action.CLEAR, Action.CONFIRM,
)  # fmt: skip
FOUND = ("id", "reason", "field", "sentence")
BACK = (
    Action.RETURN, Action.HOLD_AGAIN, Action.CANCEL, Action.DROP, Action.REOPEN, Action.CALL_OFF,
    Action.REPORT, Action.RECHECK,
)  # fmt: skip
# What is read of a step beside itself.
READ = ("actor", "desk", "on_behalf_of")

TITLES: Mapping[str, Promise] = {
    Action.CREATE: pgettext_lazy("step taken", "Drafted"),
    Action.SUBMIT: pgettext_lazy("step taken", "Handed in"),
    Action.WITHDRAW: pgettext_lazy("step taken", "Withdrawn"),
    Action.APPROVE: pgettext_lazy("step taken", "Approved"),
    Action.RETURN: pgettext_lazy("step taken", "Returned: redo the paper"),
    Action.HOLD_AGAIN: pgettext_lazy("step taken", "Returned: hold again"),
    Action.RECORD: pgettext_lazy("step taken", "Record written"),
    Action.ACCEPT: pgettext_lazy("step taken", "Record accepted"),
    Action.CANCEL: pgettext_lazy("step taken", "Cancelled"),
    Action.ARCHIVE: pgettext_lazy("step taken", "Archived"),
    Action.CLAIM: pgettext_lazy("step taken", "Reported as done"),
    Action.VERIFY: pgettext_lazy("step taken", "Verified and closed"),
    Action.REOPEN: pgettext_lazy("step taken", "Reopened"),
    Action.REVOKE: pgettext_lazy("step taken", "Revoked"),
    Action.FORWARD: pgettext_lazy("step taken", "Agreed to and passed on"),
    Action.AMEND: pgettext_lazy("step taken", "Taken up for amendment"),
    Action.TAKE_BACK: pgettext_lazy("step taken", "Amendment withdrawn"),
    Action.DISCARD: pgettext_lazy("step taken", "Amendment dropped"),
    Action.CLOSE: pgettext_lazy("step taken", "Closed"),
    Action.DROP: pgettext_lazy("step taken", "Left out of the amended plan"),
    Action.DRAW: pgettext_lazy("step taken", "Drawn"),
    Action.CALL_OFF: pgettext_lazy("step taken", "Called off"),
    Action.START: pgettext_lazy("step taken", "Visits begun"),
    Action.CONCLUDE: pgettext_lazy("step taken", "Inspection closed"),
    Action.BEGIN: pgettext_lazy("step taken", "Visit begun"),
    Action.REPORT: pgettext_lazy("step taken", "Findings handed over"),
    Action.CLEAR: pgettext_lazy("step taken", "Nothing found, closed"),
    Action.RECHECK: pgettext_lazy("step taken", "Re-checked: not all put right"),
    Action.CONFIRM: pgettext_lazy("step taken", "Re-checked: all put right, closed"),
}


def record_steps(meeting: Meeting) -> list[Transition]:
    """The steps of a record in their order, each with its findings and its actor. One query."""
    columns = {f"found_{name}": F(f"findings__{name}") for name in FOUND}
    rows = meeting.transitions.select_related(*READ).annotate(**columns)
    steps: dict[int, Transition] = {}
    found: dict[int, list[Finding]] = {}
    for row in rows.order_by("at", "id", "findings__id"):
        steps.setdefault(row.pk, row)
        found.setdefault(row.pk, [])
        if row.found_id:
            facts = {name: getattr(row, f"found_{name}") for name in FOUND}
            found[row.pk].append(Finding(transition_id=row.pk, **facts))
    for step in steps.values():
        hand_over(step, "findings", found[step.pk])
    return list(steps.values())


def timeline_of(transitions: Iterable[Transition], waiting_for: str = "") -> list[dict[str, Any]]:
    """The steps in their order (read with ``READ`` and ``findings``); ``waiting_for`` is what comes next."""
    steps = [
        {
            "kind": "met" if step.action in FORWARD else "overdue" if step.action in BACK else "info",
            "title": step_title(step),
            "at": step.at,
            "who": who_took(step),
            "opinion": opinion_of(step),
        }
        for step in transitions
    ]
    return [*steps, {"kind": "open", "title": waiting_for}] if waiting_for else steps


def step_title(step: Transition) -> str:
    """Said of the past: handed in, returned, approved."""
    if step.action == Action.CREATE and step.rectification_id:
        return pgettext("step taken", "Raised")
    if step.action == Action.CREATE and step.inspection_id:
        return pgettext("step taken", "Opened, sums published")
    if step.action == Action.CREATE and step.visit_id:
        return pgettext("step taken", "Drawn")
    if step.action == Action.SUBMIT and step.round > 1:
        return _("Handed in again (round %(round)s)") % {"round": step.round}
    return str(TITLES[Action(step.action)])


def who_took(step: Transition) -> str:
    """The name; of a decision also the desk, and whose seat it was."""
    if step.actor is None:
        return _("by itself")
    who = step.actor.name
    if step.on_behalf_of:
        who = _("%(name)s for %(other)s") % {"name": who, "other": step.on_behalf_of.name}
    return f"{step.desk.name} · {who}" if step.desk else who


def opinion_of(step: Transition) -> str:
    """The comment, and each finding on a line of its own."""
    return "\n".join([*([step.comment] if step.comment else []), *map(finding_line, step.findings.all())])


def finding_line(finding: Finding) -> str:
    place = str(FIELD_LABELS.get(finding.field, finding.field))
    if finding.item:
        names = {"item": finding.item.theme, "field": place}
        place = pgettext("item and its field", "“%(item)s”, %(field)s") % names
    facts = {"reason": finding.get_reason_display(), "place": place, "sentence": finding.sentence}
    return pgettext("finding", "%(reason)s · %(place)s: %(sentence)s") % facts
