"""The procedure checklist a meeting carries: given when it is put on the calendar, ticked by its keeper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import Meeting, MeetingStep
from meetings.procedures import ProcedureStep, steps_for
from meetings.rules import can_tick_steps


class StepsChanged(Exception):
    """Somebody else has ticked or written the same step meanwhile."""


@dataclass(frozen=True)
class StepTick:
    """What a step is to say; ``version`` is the one the writer saw. ``done_on=None`` takes the tick away."""

    kind: str
    code: str
    version: int
    done_on: date | None = None
    note: str = ""


def steps_of(meeting: Meeting) -> list[MeetingStep]:
    """The checklist as it is stored; one never written yet (an imported meeting's) as it would be."""
    stored = list(meeting.steps.select_related("done_by"))
    return stored or [_fresh(meeting, step) for step in steps_for(meeting.kinds)]


@transaction.atomic
def give_steps(*, meeting: Meeting, kinds: Iterable[str]) -> None:
    """Give a meeting the steps of its kinds. What was ticked or noted stays, even of a kind that is gone."""
    wanted = steps_for(kinds)
    known = {step.key: step for step in meeting.steps.all()}
    left = set(known) - {(step.kind, step.code) for step in wanted}
    if left:
        gone = [known[key].pk for key in left]
        meeting.steps.filter(pk__in=gone).untouched().delete()
    new = [_fresh(meeting, step) for step in wanted if (step.kind, step.code) not in known]
    if new:
        # Two first ticks at once: the other one's rows are as good.
        MeetingStep.objects.bulk_create(new, ignore_conflicts=True)


@transaction.atomic
def tick_steps(
    *, meeting: Meeting, ticks: Iterable[StepTick], actor: User, now: datetime | None = None
) -> int:
    """Write the ticks that differ from what is stored; returns how many did.

    Raises PermissionDenied, ValidationError for a day to come, StepsChanged when somebody was faster.
    """
    if not can_tick_steps(actor, meeting):
        raise PermissionDenied
    now = now or timezone.now()
    give_steps(meeting=meeting, kinds=meeting.kinds)
    stored = {step.key: step for step in meeting.steps.all()}
    changed = [
        _write(stored[tick.kind, tick.code], tick, actor, timezone.localdate(now))
        for tick in ticks
        if (tick.kind, tick.code) in stored and _differs(stored[tick.kind, tick.code], tick)
    ]
    if changed:
        record_event(
            actor=actor, action="meeting.steps", subject=meeting, chain=meeting.organization.chain, now=now,
            difference=dict(changed),
        )  # fmt: skip
    return len(changed)


def _differs(step: MeetingStep, tick: StepTick) -> bool:
    return (step.done_on, step.note) != (tick.done_on, tick.note)


def _write(step: MeetingStep, tick: StepTick, actor: User, today: date) -> tuple[str, list[str | None]]:
    """What the step says now, for the trail. Who ticked it stays when only the note changes."""
    if tick.done_on and tick.done_on > today:
        raise ValidationError(_("%(day)s has not come yet.") % {"day": date_format(tick.done_on)})
    by = step.done_by_id if step.done_on == tick.done_on else actor.pk
    unchanged = MeetingStep.objects.filter(pk=step.pk, version=tick.version)
    if not unchanged.update(
        done_on=tick.done_on, done_by=by if tick.done_on else None, note=tick.note, version=F("version") + 1
    ):
        raise StepsChanged
    days = [day.isoformat() if day else None for day in (step.done_on, tick.done_on)]
    return f"{step.kind}.{step.code}", days


def _fresh(meeting: Meeting, step: ProcedureStep) -> MeetingStep:
    return MeetingStep(
        meeting=meeting, kind=step.kind, code=step.code, phase=step.phase, position=step.position,
        title=step.title,
    )  # fmt: skip
