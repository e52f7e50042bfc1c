"""Papers that wait: the slow reviewer is reminded, too."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.enums import DeadlineSubject, MeetingState
from meetings.ladder import Ladder
from meetings.models import Meeting
from meetings.reminding import Facts, Horizon, Matter, People, Source, register, wordings
from meetings.services.rulebook.effective import read_deadlines
from reviews.enums import Action
from reviews.models import Plan, Transition

PLAN_REVIEW, RECORD_REVIEW = "plan_review", "record_review"
# One working day before the limit, weekly after it, and soon to those above.
USUAL = Ladder(before=(1,), above=(3, 6))


def _plans_waiting(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    plans = Plan.objects.waiting() if only is None else Plan.objects.waiting().filter(pk__in=only)
    rows = plans.order_by().values_list(
        "pk", "organization_id", "organization__path", "author_id", "submitted_at"
    )
    return waiting(DeadlineSubject.PLAN_REVIEW, rows, horizon)


def _records_waiting(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    records = Meeting.objects.filter(state=MeetingState.SUBMITTED)
    if only is not None:
        records = records.filter(pk__in=only)
    steps = Transition.objects.filter(meeting=OuterRef("pk"), action=Action.SUBMIT).order_by("-at")
    rows = (
        records.order_by()
        .annotate(handed_in=Subquery(steps.values("at")[:1]))
        .values_list("pk", "organization_id", "organization__path", "recorded_by_id", "handed_in")
    )
    return waiting(DeadlineSubject.RECORD_REVIEW, rows, horizon)


def waiting(code: str, rows: Iterable, horizon: Horizon) -> Iterator[Matter]:
    """By the limit in force where and when the paper was handed in; nobody decides on a paper of their own."""
    found = [(*row, timezone.localdate(at)) for *row, at in rows if at]
    days = [row[-1] for row in found] or [horizon.today]
    limits = read_deadlines(min(days), max(days))
    for pk, organization, path, author, day in found:
        limit = limits.at(code, path, day)
        if limit and limit.is_active:
            due_on = limit.due_on(day, horizon.calendar)
            yield Matter(pk, due_on, organization, path, None, author)


def nearest_reviewers(seats: People, matter: Matter) -> set[int]:
    """Those nearest to the branch first; the organization above them hears of it when it is late."""
    return next(iter(seats.above(matter)), set())


def plan_facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    plans = Plan.objects.select_related("organization").in_bulk([matter.subject for matter in matters])
    found = {}
    for matter in matters:
        if plan := plans.get(matter.subject):
            values = {"bearer": plan.organization.name, "period": plan.span.code}
            values["due_on"] = matter.due_on.isoformat()
            found[matter] = Facts(values, reverse("plan_detail", args=[plan.pk]))
    return found


def record_facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    rows = Meeting.objects.select_related("organization").prefetch_related("parts")
    meetings = rows.in_bulk([matter.subject for matter in matters])
    found = {}
    for matter in matters:
        if meeting := meetings.get(matter.subject):
            values = {"bearer": meeting.organization.name, "kinds": ",".join(meeting.kinds)}
            values |= {"day": meeting.day.isoformat(), "due_on": matter.due_on.isoformat()}
            found[matter] = Facts(values, reverse("meeting_detail", args=[meeting.pk]))
    return found


register(
    Source(
        code=PLAN_REVIEW,
        title=_("Plan that waits for review"),
        due=_plans_waiting,
        responsible=nearest_reviewers,
        facts=plan_facts,
        ladder=USUAL,
        wordings=wordings(
            due=_("The plan of %(bearer)s for %(period)s waits for your review until %(due_on)s."),
            overdue=_("The plan of %(bearer)s for %(period)s waits for review; it was due by %(due_on)s."),
            escalated=_(
                "The plan of %(bearer)s for %(period)s has waited for review since before %(due_on)s."
            ),
        ),
    )
)
register(
    Source(
        code=RECORD_REVIEW,
        title=_("Record that waits for review"),
        due=_records_waiting,
        responsible=nearest_reviewers,
        facts=record_facts,
        ladder=USUAL,
        wordings=wordings(
            due=_("%(bearer)s: the record of %(kinds)s of %(day)s waits for your review until %(due_on)s."),
            overdue=_("%(bearer)s: the record of %(kinds)s of %(day)s waits for review; due by %(due_on)s."),
            escalated=_(
                "%(bearer)s: the record of %(kinds)s of %(day)s has waited for review since before %(due_on)s."
            ),
        ),
    )
)
