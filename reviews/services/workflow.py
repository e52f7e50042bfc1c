"""The only writer of states: look up the table, ask the predicate, compare and set, append the step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.services.archive import put_away, record_digest, whole_content
from meetings.services.moved import tell_called_off
from meetings.services.obligations import recount_branch
from reviews.enums import DECISIONS, Action, RectificationState
from reviews.models import Finding, Inspection, Plan, PlanItem, Rectification, Transition, Visit
from reviews.rules import desk_of, seat_lent_by
from reviews.services.desks import place_on_desk
from reviews.services.notices import tell_of_transition
from reviews.services.reminders import resolve_about
from reviews.services.snapshots import KEPT, take_snapshot
from reviews.workflow import Opinion, Step, table_for

Subject = Plan | Meeting | Rectification | Inspection | Visit

PLAN_COLUMNS: Mapping[str, dict[str, object]] = {
    Action.SUBMIT: {"round": F("round") + 1},
    Action.AMEND: {"edition": F("edition") + 1},
    Action.DISCARD: {"edition": F("edition") - 1},
}


class StaleState(Exception):
    """Somebody else moved the subject first, or it is no longer where this step begins."""


@dataclass(frozen=True)
class FindingDraft:
    """A reason for returning something, pinned to a field (and to an item of a plan)."""

    reason: str
    field: str
    sentence: str
    item: PlanItem | None = None


@transaction.atomic
def perform(
    subject: Subject,
    action: Action,
    *,
    actor: User | None,
    comment: str = "",
    findings: Sequence[FindingDraft] = (),
    columns: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> Transition:
    """Take one step of the table. ``columns`` of the subject are written together with its state. Nobody
    (``actor=None``) is the clock, which takes only the steps the table leaves to it.

    Raises StaleState when the step does not begin where the subject is or somebody was faster,
    PermissionDenied when it is not this user's to take, ValidationError when the opinion is missing.
    The subject's ``version`` as it was read decides who was first; on success it is brought up to date.
    """
    now = now or timezone.now()
    step = _find_step(subject, action)
    if not (step.by_clock if actor is None else step.allowed(actor, subject)):
        _refuse(subject)
    _require_opinion(step, comment, findings)
    before, place = subject.state, _place(subject, action, actor)
    moved = _extra_columns(subject, action, step.to_state, actor, comment, now) | dict(columns or {})
    _compare_and_set(subject, step.to_state, moved)
    transition = _append(subject, action, before, actor, now, comment, findings, place)
    _follow(subject, transition, now)
    if isinstance(subject, Meeting):
        recount_branch(organization=subject.organization, days=_days(subject))
    _audit(transition, subject, actor, now)
    resolve_about(subject, now=now)
    tell_of_transition(transition=transition, now=now)
    if isinstance(subject, Meeting) and subject.state == MeetingState.CANCELLED:
        tell_called_off(meeting=subject, actor=actor, now=now)
    return transition


def _find_step(subject: Subject, action: Action) -> Step:
    step = table_for(subject).get((subject.state, action))
    if step is None:
        raise StaleState
    return step


def _refuse(subject: Subject) -> NoReturn:
    """Whoever looked at an older state is told that somebody was faster, not that it is forbidden."""
    as_read = type(subject).objects.filter(pk=subject.pk, state=subject.state, version=subject.version)
    raise PermissionDenied if as_read.exists() else StaleState


def _require_opinion(step: Step, comment: str, findings: Sequence[FindingDraft]) -> None:
    if step.opinion is Opinion.FINDINGS and not findings:
        raise ValidationError(_("Say what is wrong: a return names at least one finding."))
    if step.opinion is Opinion.REQUIRED and not comment.strip():
        raise ValidationError({"comment": _("Please give the reason.")})
    if step.opinion is Opinion.EVIDENCE and not comment.strip():
        raise ValidationError({"comment": _("Please say what was done and what shows it.")})


def _compare_and_set(subject: Subject, to_state: str, columns: dict[str, object]) -> None:
    """Works alike on every database; row locks would be void on SQLite."""
    unchanged = type(subject).objects.filter(pk=subject.pk, state=subject.state, version=subject.version)
    if not unchanged.update(state=to_state, version=F("version") + 1, **columns):
        raise StaleState
    subject.refresh_from_db(fields=["state", "version", *columns])


def _extra_columns(
    subject: Subject, action: Action, to_state: str, actor: User | None, comment: str, now: datetime
) -> dict[str, object]:
    """What goes with a step: who brought the subject where it is, and when."""
    if isinstance(subject, Plan):
        return PLAN_COLUMNS.get(action, {}) | ({"submitted_at": now} if action == Action.SUBMIT else {})
    if not isinstance(subject, Rectification):
        return {}
    if to_state == RectificationState.CLAIMED:
        said = {"claimed_by": actor, "claimed_at": now, "evidence": comment.strip()}
        return said | {"round": F("round") + 1}
    closed = to_state == RectificationState.CLOSED
    return {"verified_by": actor if closed else None, "verified_at": now if closed else None}


def _follow(subject: Subject, transition: Transition, now: datetime) -> None:
    """What a paper said, and on whose desk it lies now; nothing else is a paper."""
    if not isinstance(subject, Plan | Meeting):
        return
    if transition.action in KEPT:
        take_snapshot(paper=subject, transition=transition)
    place_on_desk(paper=subject, transition=transition, now=now)


def _place(subject: Subject, action: Action, actor: User | None) -> dict[str, int | None]:
    """Of a decision: on whose desk it is taken, and from whose seat if it was lent."""
    if actor is None or action not in DECISIONS or not isinstance(subject, Plan | Meeting):
        return {}
    desk = desk_of(subject)
    return {
        "desk_id": desk.organization_id if desk else None,
        "on_behalf_of_id": seat_lent_by(actor, subject),
    }


def _append(
    subject: Subject,
    action: Action,
    before: str,
    actor: User | None,
    now: datetime,
    comment: str,
    findings: Sequence[FindingDraft],
    place: dict[str, int | None],
) -> Transition:
    transition = Transition.objects.create(
        **{str(subject._meta.model_name): subject},
        action=action,
        from_state=before,
        to_state=subject.state,
        round=_round(subject, action),
        actor=actor,
        at=now,
        comment=comment.strip(),
        **place,
    )
    Finding.objects.bulk_create(
        Finding(transition=transition, item=f.item, reason=f.reason, field=f.field, sentence=f.sentence)
        for f in findings
    )
    return transition


def _round(subject: Subject, action: Action) -> int:
    """How often the paper was handed in, this time included; what is not handed in has no rounds."""
    if isinstance(subject, Inspection | Visit):
        return 0
    if not isinstance(subject, Meeting):
        return subject.round
    before = subject.transitions.filter(action=Action.SUBMIT).count()
    return before + (action == Action.SUBMIT)


def _days(meeting: Meeting) -> set[date]:
    return {meeting.day, *meeting.parts.values_list("counts_for", flat=True)}


def _audit(transition: Transition, subject: Subject, actor: User | None, now: datetime) -> None:
    difference: dict[str, Any] = {"state": [transition.from_state, transition.to_state]}
    if isinstance(subject, Meeting):
        difference |= _kept(subject, actor, now)
    record_event(
        actor=actor,
        action=f"{subject._meta.model_name}.{transition.action}",
        subject=subject,
        chain=subject.organization.chain,
        difference=difference,
        now=now,
    )


def _kept(meeting: Meeting, actor: User | None, now: datetime) -> dict[str, Any]:
    """What the trail keeps of the record itself: when it is accepted and when it is put away."""
    if meeting.state == MeetingState.ACCEPTED:
        return {"record": record_digest(whole_content(meeting))}
    if meeting.state == MeetingState.ARCHIVED:
        return {"digest": put_away(meeting=meeting, actor=actor, now=now).digest}
    return {}
