"""The committee's judgement of a held meeting by its steps, and what leaders saw who sat in."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import Meeting
from meetings.services.checklists import steps_of
from meetings.services.notices import tell
from reviews.enums import FAULTY, Cause, RectificationSource, Verdict
from reviews.models import Evaluation, EvaluationMark, SitInNote
from reviews.rules import evaluates_meeting, is_held, sits_in
from reviews.services.notices import secretaries_of
from reviews.services.rectification import ItemTerms, raise_item
from reviews.services.workflow import StaleState

PRESET = Path(__file__).resolve().parent.parent / "presets" / "evaluation.json"
FORMAT = "branchlife-evaluation/1"


@dataclass(frozen=True)
class JudgedStep:
    """One line of the sheet; ``done`` is what the branch says about it."""

    kind: str
    code: str
    position: int
    title: str
    done: bool | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.code}"


@dataclass(frozen=True)
class MarkDraft:
    step: JudgedStep
    verdict: str
    sentence: str = ""
    to_rectify: bool = False


def steps_to_judge(meeting: Meeting) -> list[JudgedStep]:
    """The steps of the meeting's own procedure; a kind without one is judged by four general ones."""
    own = [
        JudgedStep(step.kind, step.code, step.position, step.title, step.is_done)
        for step in steps_of(meeting)
    ]
    return own or general_steps()


@cache
def general_steps() -> list[JudgedStep]:
    content = json.loads(PRESET.read_text(encoding="utf-8"))
    if content.get("format") != FORMAT:
        raise ValueError(f"format must be {FORMAT}")
    return [JudgedStep("", each["code"], n, each["title"]) for n, each in enumerate(content["steps"], 1)]


@transaction.atomic
def evaluate_meeting(
    *,
    meeting: Meeting,
    version: int,
    marks: Sequence[MarkDraft],
    comment: str = "",
    actor: User,
    now: datetime | None = None,
) -> Evaluation:
    """Write the judgement, or the later one over the earlier; faults that are ticked become items to put right.

    ``version`` is that of the judgement the page was made from, 0 for none. Raises PermissionDenied,
    StaleState, ValidationError.
    """
    if not evaluates_meeting(actor, meeting):
        raise PermissionDenied
    if not is_held(meeting):
        raise ValidationError(_("Only a meeting that was held can be judged."))
    now = now or timezone.now()
    evaluation = _claim(meeting, version, actor, comment.strip(), now)
    written = [_write(evaluation, mark) for mark in marks]
    evaluation.marks.exclude(pk__in=[mark.pk for mark in written]).delete()
    for mark, draft in zip(written, marks, strict=True):
        if draft.to_rectify and draft.verdict in FAULTY:
            _raise(meeting, mark, actor, now)
    record_event(
        actor=actor, action="meeting.evaluate", subject=meeting, chain=meeting.organization.chain, now=now,
        difference={draft.step.key: draft.verdict for draft in marks},
    )  # fmt: skip
    _tell(meeting, actor, now)
    return evaluation


def _claim(meeting: Meeting, version: int, actor: User, comment: str, now: datetime) -> Evaluation:
    """Of two who judge at once the second is told."""
    said = {"evaluator": actor, "comment": comment, "at": now}
    if version == 0:
        try:
            with transaction.atomic():
                return Evaluation.objects.create(meeting=meeting, **said)
        except IntegrityError:
            raise StaleState from None
    unchanged = Evaluation.objects.filter(meeting=meeting, version=version)
    if not unchanged.update(version=F("version") + 1, **said):
        raise StaleState
    return Evaluation.objects.get(meeting=meeting)


def _write(evaluation: Evaluation, draft: MarkDraft) -> EvaluationMark:
    step = draft.step
    faulty = draft.verdict in FAULTY
    if faulty and not draft.sentence.strip():
        raise ValidationError(_("“%(step)s”: say what is wrong.") % {"step": step.title})
    mark, _new = EvaluationMark.objects.update_or_create(
        evaluation=evaluation, kind=step.kind, code=step.code,
        defaults={
            "position": step.position, "title": step.title, "verdict": draft.verdict,
            "sentence": draft.sentence.strip() if faulty else "",
        },
    )  # fmt: skip
    return mark


def _raise(meeting: Meeting, mark: EvaluationMark, actor: User, now: datetime) -> None:
    kinds = meeting.kinds
    terms = ItemTerms(
        problem=f"{mark.title}：{mark.sentence}"[:300],
        cause=Cause.UNCLEAR if mark.verdict == Verdict.PARTLY else Cause.MISSING,
        kind=mark.kind or (kinds[0] if kinds else ""),
    )
    raise_item(
        organization=meeting.organization, source=RectificationSource.EVALUATION, meeting=meeting, terms=terms,
        mark=mark, actor=actor, now=now,
    )  # fmt: skip


def _tell(meeting: Meeting, actor: User, now: datetime) -> None:
    people: Iterable[int] = secretaries_of(meeting.organization, timezone.localdate(now)) - {actor.pk}
    values = {"organization": meeting.organization.name, "subject": meeting.theme}
    tell(people=people, code="meeting.evaluate", values=values, url=f"/meetings/{meeting.pk}/", now=now)


@transaction.atomic
def note_sit_in(
    *, meeting: Meeting, leader: str, text: str, actor: User, now: datetime | None = None
) -> SitInNote:
    """What somebody from above saw at the meeting; the writer's later text replaces the earlier."""
    if not sits_in(actor, meeting):
        raise PermissionDenied
    if not is_held(meeting):
        raise ValidationError(_("Only a meeting that was held can be judged."))
    now = now or timezone.now()
    note, _new = SitInNote.objects.update_or_create(
        meeting=meeting, author=actor, defaults={"leader": leader.strip(), "text": text.strip(), "at": now}
    )
    record_event(
        actor=actor, action="meeting.sit_in", subject=meeting, chain=meeting.organization.chain, now=now
    )
    return note
