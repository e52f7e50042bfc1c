"""What waits for a reviewer: plans and records that were handed in and that this person may decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import DeadlineSubject, MeetingState, Role
from meetings.models import Meeting, Organization, with_parts
from meetings.scope import scope_of
from meetings.services.rulebook.limits import Limit, Limits
from reviews.enums import Action
from reviews.models import Plan, Transition
from reviews.models.stay import waits_for
from reviews.services.plans import agree_to_plan
from reviews.services.workflow import StaleState


@dataclass(frozen=True)
class Refusal:
    """A plan of a batch that was not approved, and why."""

    plan: Plan
    reason: str


@dataclass(frozen=True)
class BatchResult:
    approved: tuple[Plan, ...]
    refused: tuple[Refusal, ...]


def plans_to_review(user: User) -> QuerySet[Plan]:
    """Oldest first, with the number of lines."""
    waiting = Plan.objects.reviewable_by(user).select_related("organization")
    return waiting.annotate(item_count=Count("items")).order_by("submitted_at", "pk")


def plans_once_waiting(user: User) -> QuerySet[Plan]:
    """Plans a reviewer may name though they wait no more, one that was withdrawn included; never a draft that
    was not handed in yet."""
    handed_in = Transition.objects.filter(plan=OuterRef("pk"), action=Action.SUBMIT)
    mine = scope_of(user).within("organization__", (Role.REVIEWER,))
    return Plan.objects.filter(mine, Exists(handed_in)).select_related("organization")


def records_to_review(user: User) -> QuerySet[Meeting]:
    """Submitted records on this user's desk; not one's own, nor of a branch one leads. Oldest first."""
    waiting = Meeting.objects.filter(state=MeetingState.SUBMITTED)
    mine = waiting.filter(waits_for(user, paper="meeting", writer="recorded_by"))
    handed_in = Transition.objects.filter(meeting=OuterRef("pk"), action=Action.SUBMIT).order_by("-at")
    return (
        mine.annotate(submitted_at=Subquery(handed_in.values("at")[:1]))
        .select_related("organization", "group")
        .prefetch_related("parts")
        .order_by("submitted_at", "pk")
    )


def first_records(user: User, most: int) -> list[Meeting]:
    """The oldest of ``records_to_review`` with their kinds. One query."""
    first = records_to_review(user).values("pk")[:most]
    return with_parts(records_to_review(user).prefetch_related(None).filter(pk__in=first))


def branches_to_review(user: User) -> QuerySet[Organization]:
    within = scope_of(user).within(roles=(Role.REVIEWER,))
    branches: QuerySet[Organization] = Organization.objects.branches().filter(within)
    return branches.order_by("path")


@dataclass(frozen=True)
class Wait:
    """How long a paper has waited, in working days, and until when it is to be decided (None: no limit).

    ``since`` is None where nobody knows. What came on Friday has waited no working day on Sunday, and yet did
    not come today.
    """

    days: int
    limit: Limit | None
    is_late: bool
    since: date | None = None
    is_of_today: bool = False


def wait_of(paper: Plan | Meeting, limits: Limits, now: datetime | None = None) -> Wait:
    """Of a paper with its ``submitted_at``, as the lists above read it. A reviewer's delay is a deadline, too."""
    if paper.submitted_at is None:  # type: ignore[union-attr]
        return Wait(0, None, is_late=False)
    today, since = timezone.localdate(now), timezone.localdate(paper.submitted_at)  # type: ignore[union-attr]
    subject = DeadlineSubject.PLAN_REVIEW if isinstance(paper, Plan) else DeadlineSubject.RECORD_REVIEW
    limit = limits.limit(subject, paper.organization.path, since)
    is_late = limit is not None and limit.is_late(today)
    return Wait(limits.waited(since, today), limit, is_late, since, is_of_today=since == today)


def first_to_review(user: User, most: int, limits: Limits) -> list[Plan | Meeting]:
    """Plans and records in one list with their ``wait``, those first that wait longest. What nobody knows since
    when it waits comes last. Three queries."""
    papers: list[Any] = [*plans_to_review(user)[:most], *first_records(user, most)]
    papers.sort(key=lambda paper: (paper.submitted_at is None, paper.submitted_at or timezone.now()))
    for paper in papers[:most]:
        paper.wait = wait_of(paper, limits)
    return papers[:most]


def approve_plans(*, plans: Sequence[Plan], actor: User, now: datetime | None = None) -> BatchResult:
    """Say yes to each plan in a transaction of its own: one that cannot be approved holds up no other.

    The ``version`` of each plan must be the one the reviewer saw.
    """
    approved: list[Plan] = []
    refused: list[Refusal] = []
    for plan in plans:
        try:
            agree_to_plan(plan=plan, actor=actor, now=now)
        except StaleState:
            refused.append(Refusal(plan, _("Someone was faster, or the plan has changed since you saw it.")))
        except PermissionDenied:
            refused.append(Refusal(plan, _("It is your own plan or not yours to review.")))
        except ValidationError as error:
            refused.append(Refusal(plan, " ".join(error.messages)))
        else:
            approved.append(plan)
    return BatchResult(tuple(approved), tuple(refused))
