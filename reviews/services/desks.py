"""On whose desk a paper lies: placed there by each step, and asked by pages, notices and reminders."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from branchlife.models import User
from meetings.enums import DeadlineSubject, MeetingState, OrganizationKind, Period, Role
from meetings.models import Appointment, Meeting, Organization
from meetings.models.organization import STEP
from meetings.services.rulebook.effective import RuleBook
from meetings.services.rulebook.limits import PLAN_OF, Limits
from reviews.enums import Action, Paper, PlanState, Route, Task
from reviews.models import Plan, ReviewChain, Stay, Transition
from reviews.rules import desk_of, remember_desk, writer_of

# States in which the branch has the paper on its own desk. A meeting on the calendar is no paper yet.
WITH_WRITERS: dict[str, tuple[str, ...]] = {
    "plan": (PlanState.DRAFT, PlanState.RETURNED, PlanState.AMENDED),
    "meeting": (MeetingState.HELD, MeetingState.RETURNED, MeetingState.HOLD_AGAIN),
}
REVIEW_LIMIT = {"plan": DeadlineSubject.PLAN_REVIEW, "meeting": DeadlineSubject.RECORD_REVIEW}
# Which kinds of organizations a route goes over, in the order of the way up.
STOPS: dict[Route, tuple[OrganizationKind, ...]] = {
    Route.DIRECT: (OrganizationKind.COMMITTEE,),
    Route.STEPWISE: (OrganizationKind.GENERAL_BRANCH, OrganizationKind.COMMITTEE),
    Route.GENERAL_BRANCH: (OrganizationKind.GENERAL_BRANCH,),
}


# What is read of a stay beside itself where its people are asked for.
RELATED = ("plan", "meeting", "organization", "last", "branch")


@dataclass(frozen=True)
class Keeper:
    """Somebody on whose desk a paper lies; ``lent_by`` is whose seat it is, ``until`` its last day then."""

    user_id: int
    name: str
    lent_by: str = ""
    until: date | None = None


@dataclass(frozen=True)
class HeldSeat:
    """A secretary's or reviewer's seat in force, with who stands in for its owner just now."""

    user_id: int
    name: str
    role: str
    organization_id: int
    path: str
    deputies: tuple[Keeper, ...] = ()


def place_on_desk(*, paper: Plan | Meeting, transition: Transition, now: datetime) -> Stay | None:
    """Take the paper from the desk where it lay and put it where the step leads; None: on nobody's.

    Call after the state has changed, in the same transaction.
    """
    left = desk_of(paper)
    # A clock that was set back must not stop the step.
    Stay.objects.open().filter(**_is(paper)).update(until=Greatest(F("since"), now))
    remember_desk(paper, None)
    kind = paper._meta.model_name
    if transition.action == Action.FORWARD:
        return _pass_on(paper, left, now)
    if transition.action == Action.SUBMIT and transition.actor:
        return _put_before_reviewers(paper, chain_of(paper, transition.actor, now), transition.actor, now)
    if paper.state in WITH_WRITERS[str(kind)]:
        due_on = _writing_due(paper, transition)
        return _open(paper, paper.organization, now, task=Task.WRITE, due_on=due_on)
    return None


def chain_of(paper: Plan | Meeting, submitter: User, now: datetime) -> list[Organization]:
    """The desks the paper goes over, the nearest first; at least one.

    Those of the route in force that have a reviewer for it; where none has, the nearest place above that
    has one, else the nearest committee.
    """
    day = timezone.localdate(now)
    above = _way_up(paper.organization)
    staffed = {o.path for o in above if o.path in _staffed(above, paper, submitter, day)}
    stops = STOPS[route_for(paper, day)]
    found = [_first(above, kind, staffed) for kind in stops]
    chain = [each for each in found if each]
    if chain:
        return chain
    anybody = [each for each in above if each.path in staffed]
    committees = [each for each in above if each.kind == OrganizationKind.COMMITTEE]
    return [*anybody, *committees, above[-1]][:1]


def route_for(paper: Plan | Meeting, day: date) -> Route:
    code = Paper.PLAN if isinstance(paper, Plan) else Paper.RECORD
    book = RuleBook.read(ReviewChain.objects.filter(code=code), day, day)
    rule = book.at(code, paper.organization.path, day)
    return Route(rule.route) if rule and rule.is_active else ReviewChain.DEFAULT


def _way_up(branch: Organization) -> list[Organization]:
    """The branch and what lies above it, the nearest first."""
    paths = [branch.path[:end] for end in range(STEP, len(branch.path) + 1, STEP)]
    return sorted(Organization.objects.filter(path__in=paths), key=lambda each: each.path, reverse=True)


def _first(above: Sequence[Organization], kind: str, staffed: set[str]) -> Organization | None:
    return next((each for each in above if each.kind == kind and each.path in staffed), None)


def _staffed(above: Sequence[Organization], paper: Plan | Meeting, submitter: User, day: date) -> set[str]:
    """Places with a reviewer who is neither the writer nor the one who leads the branch."""
    seats = Appointment.objects.on(day).filter(user__is_active=True)
    leading = seats.filter(role=Role.SECRETARY, organization=paper.organization).values("user")
    free = seats.filter(role=Role.REVIEWER, organization__in=above).exclude(user__in=leading)
    others = free.exclude(user__in=[pk for pk in (submitter.pk, writer_of(paper)) if pk])
    return set(others.values_list("organization__path", flat=True))


def _put_before_reviewers(
    paper: Plan | Meeting, chain: Sequence[Organization], submitter: User, now: datetime
) -> Stay:
    ahead = [each.pk for each in chain[1:]]
    return _open(
        paper, chain[0], now, task=Task.REVIEW, step=1, last=chain[-1], ahead=ahead, handed_in_by=submitter,
        due_on=_review_due(paper, chain[0], now),
    )  # fmt: skip


def _pass_on(paper: Plan | Meeting, left: Stay | None, now: datetime) -> Stay | None:
    if left is None or left.last is None:
        return None
    following = Organization.objects.filter(pk=left.ahead[0]).first() if left.ahead else None
    place = following or left.last
    return _open(
        paper, place, now, task=Task.REVIEW, step=left.step + 1, last=left.last, ahead=left.ahead[1:],
        handed_in_by=left.handed_in_by, due_on=_review_due(paper, place, now),
    )  # fmt: skip


def _open(paper: Plan | Meeting, place: Organization, now: datetime, **facts: object) -> Stay:
    stay: Stay = Stay.objects.create(
        **_is(paper), branch=paper.organization, organization=place, since=now, **facts
    )
    remember_desk(paper, stay)
    return stay


def open_first_desk(*, plan: Plan, now: datetime) -> Stay:
    """A new draft lies with those who write it."""
    return _open(plan, plan.organization, now, task=Task.WRITE, due_on=_plan_due(plan))


def _is(paper: Plan | Meeting) -> dict[str, Plan | Meeting]:
    return {str(paper._meta.model_name): paper}


def _review_due(paper: Plan | Meeting, place: Organization, now: datetime) -> date | None:
    """Every desk has its own days, by the limit in force at its place."""
    return _due(REVIEW_LIMIT[str(paper._meta.model_name)], place, timezone.localdate(now))


def _writing_due(paper: Plan | Meeting, transition: Transition) -> date | None:
    """The first writing has a limit in the rule book; corrections have none."""
    if isinstance(paper, Plan):
        return _plan_due(paper) if paper.state == PlanState.DRAFT else None
    if transition.action != Action.RECORD:
        return None
    return _due(DeadlineSubject.RECORD, paper.organization, paper.day)


def _plan_due(plan: Plan) -> date | None:
    subject = PLAN_OF.get(Period(plan.period))
    return _due(subject, plan.organization, plan.period_start) if subject else None


def _due(subject: DeadlineSubject, place: Organization, start: date) -> date | None:
    """The day is kept with the desk, so nothing remembered counts it."""
    limit = Limits.read_anew().limit(subject, place.path, start)
    return limit.due_on if limit else None


def keepers_of(stay: Stay, day: date) -> list[Keeper]:
    """Who may work on the paper there: the branch's secretaries, or the desk's reviewers and who stands
    in for them."""
    return keepers_at([stay], day)[stay.pk]


def keepers_at(stays: Iterable[Stay], day: date) -> dict[int, list[Keeper]]:
    """By stay: its people (read the stays with ``RELATED``). One query, however many stays."""
    stays = list(stays)
    seats = _seats_at({o.path for stay in stays for o in (stay.organization, stay.branch)}, day)
    return {stay.pk: list(_keepers(stay, seats)) for stay in stays}


def _seats_at(paths: set[str], day: date) -> list[HeldSeat]:
    """Every secretary's and reviewer's seat at these places and above them."""
    above = {path[:end] for path in paths for end in range(STEP, len(path) + 1, STEP)}
    seats = Appointment.objects.on(day).filter(
        role__in=(Role.SECRETARY, Role.REVIEWER), user__is_active=True, organization__path__in=above
    )
    in_force = {"start_on__lte": day, "end_on__gte": day, "revoked_at__isnull": True}
    lent = FilteredRelation(
        "delegations", condition=Q(**{f"delegations__{name}": value for name, value in in_force.items()})
    )
    rows = seats.annotate(lent=lent).order_by("user__name", "pk", "lent__pk").values_list(
        "pk", "user", "user__name", "role", "organization", "organization__path",
        "lent__deputy", "lent__deputy__name", "lent__deputy__is_active", "lent__end_on",
    )  # fmt: skip
    return [_held_seat(list(group)) for _pk, group in groupby(rows, key=itemgetter(0))]


def _held_seat(rows: Sequence[tuple[Any, ...]]) -> HeldSeat:
    _pk, user, name, role, place, path, *_lent = rows[0]
    deputies = (Keeper(row[6], row[7], name, row[9]) for row in rows if row[8])
    return HeldSeat(user, name, role, place, path, tuple(deputies))


def _keepers(stay: Stay, seats: Sequence[HeldSeat]) -> Iterator[Keeper]:
    leading = [s for s in seats if s.role == Role.SECRETARY and s.organization_id == stay.branch_id]
    if stay.task == Task.WRITE:
        yield from (Keeper(seat.user_id, seat.name) for seat in leading)
        return
    paper = stay.plan or stay.meeting
    assert paper is not None  # the database refuses a stay of nothing
    barred = {seat.user_id for seat in leading} | {writer_of(paper), stay.handed_in_by_id}
    for seat in seats:
        if seat.user_id not in barred and _is_of(seat, stay):
            people = (Keeper(seat.user_id, seat.name), *seat.deputies)
            yield from (each for each in people if each.user_id not in barred)


def _is_of(seat: HeldSeat, stay: Stay) -> bool:
    """The same rule as ``reviews.rules`` keeps for one user."""
    here = seat.role == Role.REVIEWER and stay.organization.path.startswith(seat.path)
    return here and (stay.is_last or not (stay.last and stay.last.path.startswith(seat.path)))


def slow_reviews(as_of: date) -> list[Stay]:
    """Papers still on a reviewer's desk after its last day, the longest late first: for reminders.
    ``keepers_at`` says whom to remind."""
    late = Stay.objects.overdue(as_of).under_review()
    return list(late.select_related(*RELATED).order_by("due_on", "pk"))
