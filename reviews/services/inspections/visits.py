"""A visit: who goes, and what they find."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import Appointment, Organization
from meetings.models.dated import on_day
from meetings.models.organization import STEP
from meetings.scope import SUBTREE_ROLES
from meetings.services.notices import tell
from meetings.services.workdays import read_calendar
from reviews.enums import Action, InspectionState, RectificationSource, VisitSection, VisitState
from reviews.inspection_rules import assigns_visit, is_inspector
from reviews.models import Inspection, Rectification, Visit, VisitAnswer
from reviews.services.inspections.questions import USUAL_CAUSE, question_words, questions_for
from reviews.services.rectification import ItemTerms, due_by_rule, on_working_day, raise_item
from reviews.services.workflow import StaleState, perform

# After the last item's day, so many working days until somebody comes back.
RECHECK_AFTER = 5


@dataclass(frozen=True)
class AnswerDraft:
    """What the inspectors say to one question; ``note`` and ``cause`` with a no."""

    answer: str
    note: str = ""
    cause: str = ""


def possible_inspectors(visit: Visit, day: date) -> QuerySet[User]:
    """People with a post in the organization that inspects, above or below it; nobody of the branch."""
    top, branch = visit.inspection.organization, visit.organization
    above = [top.path[:end] for end in range(STEP, len(top.path) + 1, STEP)]
    seats = Appointment.objects.on(day).filter(role__in=SUBTREE_ROLES).exclude(organization=branch)
    near = seats.filter(Q(organization__path__startswith=top.path) | Q(organization__path__in=above))
    of_branch = Appointment.objects.on(day).filter(organization=branch).values("user")
    members = branch.memberships.filter(on_day(day)).exclude(member__user=None).values("member__user")
    people = User.objects.filter(pk__in=near.values("user"), is_active=True)
    return people.exclude(pk__in=of_branch).exclude(pk__in=members).order_by("name", "pk")


@transaction.atomic
def assign_visit(
    *,
    visit: Visit,
    version: int,
    inspectors: Sequence[User],
    day: date | None,
    actor: User,
    now: datetime | None = None,
) -> None:
    """Name who goes and, if known, when. Raises StaleState, PermissionDenied, ValidationError."""
    now = now or timezone.now()
    if not assigns_visit(actor, visit):
        raise PermissionDenied
    _check_assignment(visit, inspectors, day, timezone.localdate(now))
    _claim(visit, version, day=day)
    before = set(visit.inspectors.values_list("pk", flat=True))
    visit.inspectors.set(inspectors)
    chosen = {each.pk for each in inspectors}
    record_event(
        actor=actor, action="visit.assign", subject=visit, chain=visit.organization.chain, now=now,
        difference={"inspectors": [sorted(before), sorted(chosen)], "day": day.isoformat() if day else None},
    )  # fmt: skip
    values = {"organization": visit.organization.name, "subject": visit.inspection.purpose}
    tell(
        people=chosen - before - {actor.pk}, code="visit.assign", values=values, url=f"/visits/{visit.pk}/",
        now=now,
    )  # fmt: skip


def _check_assignment(visit: Visit, inspectors: Sequence[User], day: date | None, today: date) -> None:
    allowed = set(possible_inspectors(visit, today).values_list("pk", flat=True))
    if not inspectors or not {each.pk for each in inspectors} <= allowed:
        raise ValidationError({"inspectors": _("Name inspectors who are not of the branch.")})
    if day and not visit.inspection.starts_on <= day <= visit.inspection.ends_on:
        raise ValidationError({"day": _("The day lies outside the inspection.")})


def _claim(visit: Visit, version: int, **columns: object) -> None:
    """Compare and set, so that two writers do not overwrite each other."""
    unchanged = Visit.objects.filter(pk=visit.pk, version=version, state=visit.state)
    if not unchanged.update(version=F("version") + 1, **columns):
        raise StaleState
    visit.refresh_from_db(fields=["version", *columns])


@transaction.atomic
def begin_visit(*, visit: Visit, version: int, actor: User, now: datetime | None = None) -> None:
    """On the spot: the checklist is made from the rule book as it stands today."""
    now = now or timezone.now()
    if visit.version != version:
        raise StaleState
    today = timezone.localdate(now)
    perform(visit, Action.BEGIN, actor=actor, columns={"day": today}, now=now)
    VisitAnswer.objects.bulk_create(
        VisitAnswer(visit=visit, section=each.section, code=each.code, facts=each.facts, position=position)
        for position, each in enumerate(questions_for(visit.organization, today), 1)
    )
    _start_round(visit.inspection, actor, now)


def _start_round(inspection: Inspection, actor: User, now: datetime) -> None:
    """With the first visit; whoever begins another one in the same moment has nothing left to do."""
    try:
        with transaction.atomic():
            if inspection.state == InspectionState.DRAWN:
                perform(inspection, Action.START, actor=actor, now=now)
    except StaleState:
        inspection.refresh_from_db(fields=["state", "version"])


@transaction.atomic
def save_answers(
    *,
    visit: Visit,
    version: int,
    answers: Mapping[int, AnswerDraft],
    summary: str,
    actor: User,
    now: datetime | None = None,
) -> None:
    """The checklist as far as it is filled in, by question. Raises StaleState, PermissionDenied,
    ValidationError when a no does not say what is wrong."""
    if not is_inspector(actor, visit):
        raise PermissionDenied
    if visit.state != VisitState.CHECKING:
        raise StaleState
    _claim(visit, version, summary=summary)
    rows = list(visit.answers.all())
    for row in rows:
        _write(row, answers.get(row.pk, AnswerDraft(row.answer, row.note, row.cause)))
    VisitAnswer.objects.bulk_update(rows, ["answer", "note", "cause"])
    record_event(
        actor=actor, action="visit.answers", subject=visit, chain=visit.organization.chain, now=now,
        difference={f"{row.section}.{row.code}": row.answer for row in rows if row.answer},
    )  # fmt: skip


def _write(row: VisitAnswer, draft: AnswerDraft) -> None:
    row.answer, row.note, row.cause = draft.answer, draft.note, ""
    if row.is_fault:
        row.cause = draft.cause or USUAL_CAUSE[row.section]
        if not row.note:
            raise ValidationError({f"note_{row.pk}": _("Say what is wrong.")})


def recheck_by_rule(branch: Organization, today: date) -> date:
    """Some working days after what is found today has to be put right."""
    due = due_by_rule(branch, today)
    return read_calendar([today.year, today.year + 1]).after(due, RECHECK_AFTER)


@transaction.atomic
def finish_visit(
    *, visit: Visit, actor: User, recheck_on: date | None = None, now: datetime | None = None
) -> list[Rectification]:
    """Hand over what was found: each no becomes an item to put right, and a day is set for the re-check. A
    visit without a no is closed. Raises ValidationError naming what is still open."""
    now = now or timezone.now()
    if not is_inspector(actor, visit):
        raise PermissionDenied
    rows = list(visit.answers.all())
    _check_complete(rows)
    faults = [row for row in rows if row.is_fault]
    checked = {"checked_by": actor, "checked_at": now}
    if not faults:
        perform(visit, Action.CLEAR, actor=actor, comment=visit.summary, columns=checked, now=now)
        return []
    checked["recheck_on"] = recheck_day(visit, recheck_on, timezone.localdate(now))
    perform(visit, Action.REPORT, actor=actor, comment=visit.summary, columns=checked, now=now)
    return [_raise(visit, row, actor, now) for row in faults]


def _check_complete(rows: Iterable[VisitAnswer]) -> None:
    left = [question_words(row.section, row.code, row.facts)[0] for row in rows if not row.answer]
    if left:
        sentence = _("Not answered yet: %(question)s (%(n)s in all).") % {"question": left[0], "n": len(left)}
        raise ValidationError(sentence)


def recheck_day(visit: Visit, day: date | None, today: date) -> date:
    """The day that was chosen, moved to a working day, or the usual one. Raises ValidationError."""
    if day is None:
        return recheck_by_rule(visit.organization, today)
    if day <= today:
        raise ValidationError({"recheck_on": _("The re-check comes after today.")})
    return on_working_day(day, read_calendar([day.year]))


def _raise(visit: Visit, row: VisitAnswer, actor: User, now: datetime) -> Rectification:
    kind = row.code if row.section in (VisitSection.OWED, VisitSection.PROCEDURE) else ""
    item = raise_item(
        organization=visit.organization, source=RectificationSource.INSPECTION, actor=actor, now=now,
        terms=ItemTerms(problem=row.note, cause=row.cause, kind=kind), commissioned=True,
    )  # fmt: skip
    VisitAnswer.objects.filter(pk=row.pk).update(item=item)
    return item


@transaction.atomic
def call_off_visit(
    *, visit: Visit, version: int, reason: str, actor: User, now: datetime | None = None
) -> None:
    if visit.version != version:
        raise StaleState
    perform(visit, Action.CALL_OFF, actor=actor, comment=reason, now=now)
