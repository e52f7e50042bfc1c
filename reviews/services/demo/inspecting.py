"""How the made-up committee inspects: a round of the past whose re-checks are due, and one that goes on."""

import hashlib
from datetime import date, datetime, time, timedelta

from django.db.models import F
from django.utils import timezone

from branchlife.models import User
from reviews.draw import commitment_of, draw, frame_digest
from reviews.enums import (
    Action,
    InspectionKind,
    InspectionState,
    RectificationSource,
    VisitAnswerValue,
    VisitState,
)
from reviews.models import FrameEntry, Inspection, Rectification, Transition, Visit, VisitAnswer
from reviews.services.demo.history import local
from reviews.services.demo.roster import Cast
from reviews.services.inspections.frames import build_frame
from reviews.services.inspections.questions import questions_for
from reviews.services.inspections.rounds import InspectionTerms, draw_inspection, open_inspection
from reviews.services.inspections.visits import assign_visit, possible_inspectors

ONE_DAY = timedelta(days=1)
CAP = 2
# The lot of each round, in the order of the visits: a story needs these branches, an inspection never does that.
# In the past round items were found at the first two: one is reported as done, one was reopened.
PAST = ("hall", "data", "finance")
GOING_ON = ("office", "retired", "hall")
SEEDS = 10_000


def write_inspections(*, cast: Cast, now: datetime) -> None:
    _past_round(cast, now)
    _round_going_on(cast, now)


def _past_round(cast: Cast, now: datetime) -> None:
    """Written as rows, like the items it found, which are told by the stories of their branches."""
    today = timezone.localdate(now)
    start = today - 50 * ONE_DAY
    frame = build_frame(cast.committee, day=start, cap=CAP, grades={})
    branches = _branches(cast, PAST)
    seed = _seed(frame, branches)
    at = local(start - ONE_DAY, time(9, 10))
    number = len(PAST)
    inspection = Inspection.objects.create(
        organization=cast.committee, purpose="组织生活记录明察", kind=InspectionKind.ANNOUNCED, number=number,
        starts_on=start, ends_on=start + 15 * ONE_DAY, cap=CAP, state=InspectionState.VISITING, version=3,
        seed=seed, commitment=commitment_of(seed),
        frame_digest=frame_digest((row.entry for row in frame), number), opened_by=cast.reviewer, opened_at=at,
        drawn_by=cast.reviewer, drawn_at=at + timedelta(minutes=20),
    )  # fmt: skip
    for row in frame:
        row.inspection = inspection
    FrameEntry.objects.bulk_create(frame)
    _told(cast.reviewer, at, inspection, (Action.CREATE, Action.DRAW, Action.START))
    for index, branch in enumerate(branches):
        _past_visit(cast, inspection, branch, start + (3 + index) * ONE_DAY, today)


def _branches(cast: Cast, keys: tuple[str, ...]) -> list[int]:
    return [cast.branches[key].organization.pk for key in keys]


def _seed(frame: list[FrameEntry], wanted: list[int]) -> str:
    """A seed that draws these branches, whatever their numbers are here."""
    entries = [row.entry for row in frame]
    seeds = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(SEEDS))
    keys = {str(branch) for branch in wanted}
    return next(seed for seed in seeds if keys == set(draw(seed, entries, len(wanted))))


def _past_visit(cast: Cast, inspection: Inspection, branch: int, day: date, today: date) -> None:
    """Something was found where items stand that did not come from the branch itself."""
    items = list(
        Rectification.objects.filter(
            organization=branch, from_above=True, finding=None, raised_at__date__gte=day
        ).order_by(F("claimed_at").desc(nulls_last=True), "pk")[:1]
    )
    at = local(day, time(15, 30))
    visit = Visit.objects.create(
        inspection=inspection, organization_id=branch, announced=True, day=day, version=3,
        state=VisitState.MENDING if items else VisitState.CLOSED, checked_by=cast.reviewer, checked_at=at,
        recheck_on=today + 3 * ONE_DAY if items else None, summary="台账齐全，个别环节还不规范",
    )  # fmt: skip
    visit.inspectors.add(cast.reviewer)
    last = Action.REPORT if items else Action.CLEAR
    _told(cast.reviewer, at, visit, (Action.CREATE, Action.BEGIN, last))
    questions = questions_for(visit.organization, day)
    answers = [
        VisitAnswer(
            visit=visit, section=each.section, code=each.code, facts=each.facts, position=position,
            answer=VisitAnswerValue.YES,
        )
        for position, each in enumerate(questions, 1)
    ]  # fmt: skip
    for answer, item in zip(reversed(answers), items, strict=False):
        answer.answer, answer.note, answer.cause = VisitAnswerValue.NO, item.problem, item.cause
        answer.item = item
        Rectification.objects.filter(pk=item.pk).update(source=RectificationSource.INSPECTION)
    VisitAnswer.objects.bulk_create(answers)


def _told(actor: User, at: datetime, subject: Inspection | Visit, actions: tuple[Action, ...]) -> None:
    """The steps the subject took, some minutes apart."""
    states = {
        Action.DRAW: (InspectionState.OPEN, InspectionState.DRAWN),
        Action.START: (InspectionState.DRAWN, InspectionState.VISITING),
        Action.BEGIN: (VisitState.PLANNED, VisitState.CHECKING),
        Action.REPORT: (VisitState.CHECKING, VisitState.MENDING),
        Action.CLEAR: (VisitState.CHECKING, VisitState.CLOSED),
    }
    first = InspectionState.OPEN if isinstance(subject, Inspection) else VisitState.PLANNED
    for minutes, action in enumerate(actions):
        before, after = states.get(action, ("", first))
        Transition.objects.create(
            **{str(subject._meta.model_name): subject}, action=action, from_state=before, to_state=after,
            actor=actor, at=at + timedelta(minutes=20 * minutes),
        )  # fmt: skip


def _round_going_on(cast: Cast, now: datetime) -> None:
    """Unannounced, drawn half an hour ago; the inspectors of one branch are not named yet."""
    today = timezone.localdate(now)
    terms = InspectionTerms(
        purpose="四不两直：组织生活暗访", kind=InspectionKind.UNANNOUNCED, number=len(GOING_ON), starts_on=today,
        ends_on=min(today + 20 * ONE_DAY, date(today.year, 12, 31)), cap=CAP,
    )  # fmt: skip
    begun, branches = now - timedelta(minutes=30), _branches(cast, GOING_ON)
    frame = build_frame(cast.committee, day=timezone.localdate(begun), cap=CAP, grades={})
    inspection = open_inspection(
        organization=cast.committee, terms=terms, actor=cast.reviewer, now=begun, seed=_seed(frame, branches)
    )
    visits = draw_inspection(inspection=inspection, version=1, actor=cast.reviewer, now=begun)
    visits.sort(key=lambda visit: branches.index(visit.organization_id))
    for visit in visits[:-1]:
        people = possible_inspectors(visit, today)
        own = people.filter(pk=cast.reviewer.pk)
        inspectors = list(own or people[:1])
        assign_visit(
            visit=visit,
            version=visit.version,
            inspectors=inspectors,
            day=None,
            actor=cast.reviewer,
            now=begun,
        )
