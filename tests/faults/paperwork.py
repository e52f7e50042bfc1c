"""Branches with papers to hand in: the forms that browsers send, and what must be true of whatever was written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.test import Client
from django.utils import timezone

from branchlife.audit_check import check_audit
from branchlife.models import AuditEvent, User
from meetings.enums import ACCEPTED_STATES, MeetingState, OrganizationKind, PostTitle, Role
from meetings.models import Attendance, Meeting, Member, Organization, PartyGroup, Post
from meetings.periods import span_of
from meetings.services.obligations import generate_obligations
from meetings.services.reconcile import reconcile
from meetings.services.record import MeetingFacts, schedule_meeting
from reviews.enums import PlanState
from reviews.models import Plan, Transition
from reviews.services.records import log_meeting
from tests.faults.web import cookie_of
from tests.reviews.planning import item_data, sheet_data
from tests.reviews.recording import complete, record_url, step_url
from tests.world import FOUNDED, SINCE, World, appoint, make_member

PEOPLE = 3  # of each branch


@dataclass(frozen=True)
class Paper:
    """One form somebody sends until it is answered; the one-time key makes a second sending harmless."""

    cookie: str
    path: str
    data: dict[str, object]


def found_branches(world: World, number: int) -> list[Organization]:
    """Each with three members, led by the same secretary."""
    branches = []
    for count in range(number):
        facts = {
            "name": f"第{count}党支部", "code": f"3201{count + 50}", "kind": OrganizationKind.BRANCH,
            "founded_on": FOUNDED,
        }  # fmt: skip
        branch = Organization.objects.add_child(Organization.objects.get(pk=world.committee.pk), facts)
        people = [make_member(f"{name}{count}", branch) for name in ("甲", "乙", "丙")]
        Post.objects.create(member=people[0], organization=branch, title=PostTitle.SECRETARY, start_on=SINCE)
        appoint(world.secretary, branch, Role.SECRETARY)
        branches.append(branch)
    generate_obligations(as_of=timezone.localdate())
    return branches


def papers_of(world: World, branches: list[Organization]) -> list[Paper]:
    """Of every branch a plan to hand in, a record to write with its attendance and hand in, a record to accept,
    and a group to found, in turn."""
    secretary, reviewer = cookie_of(world.secretary), cookie_of(world.reviewer)
    return [
        paper
        for branch in branches
        for paper in (
            _plan(secretary, branch),
            _record(world.secretary, secretary, branch),
            _acceptance(world, reviewer, branch),
            _group(secretary, branch),
        )
    ]


def _once() -> dict[str, object]:
    return {"once": str(uuid4())}


def _plan(cookie: str, branch: Organization) -> Paper:
    span = span_of("quarter", timezone.localdate())
    item = item_data(day=span.end.isoformat())
    sheet = sheet_data(item, initial=0, organization=branch.pk, period=span.code, submit="1")
    return Paper(cookie, "/plans/new/", sheet | _once())


def _group(cookie: str, branch: Organization) -> Paper:
    facts = {"name": "第一党小组", "day": timezone.localdate().isoformat()}
    return Paper(cookie, f"/organizations/{branch.pk}/groups/new/", facts | _once())


def _facts(branch: Organization) -> MeetingFacts:
    people = list(Member.objects.filter(memberships__organization=branch).order_by("pk"))
    day = timezone.localdate() - timedelta(days=1)
    return MeetingFacts(
        kinds=("theme_day",), theme="学习", day=day, starts=time(9), ends=time(10), place="会议室",
        chair=people[0], recorder=people[1], content="集体学习。",
    )  # fmt: skip


def _record(secretary: User, cookie: str, branch: Organization) -> Paper:
    facts = MeetingFacts(
        kinds=("lecture",), theme="党课", day=timezone.localdate(), starts=time(9), place="会议室"
    )
    meeting = schedule_meeting(organization=branch, facts=facts, actor=secretary)
    client = Client()
    client.force_login(secretary)
    return Paper(cookie, record_url(meeting), complete(client, meeting, ends="10:00", submit="1") | _once())


def _acceptance(world: World, cookie: str, branch: Organization) -> Paper:
    facts = _facts(branch)
    meeting = schedule_meeting(organization=branch, facts=facts, actor=world.secretary)
    log_meeting(
        meeting=meeting,
        version=meeting.version,
        facts=facts,
        deviations={},
        actor=world.secretary,
        submit=True,
    )
    meeting.refresh_from_db()
    return Paper(cookie, step_url(meeting, "accept"), {"version": meeting.version} | _once())


# --- what must be true at any moment ---------------------------------------------------------------


def half_done() -> list[str]:
    """Whatever is written in part, in a snapshot of its own; nobody writes meanwhile on SQLite."""
    with transaction.atomic():
        return [sentence for part in (_plans, _meetings, _trail, _file) for sentence in part()]


def everything_in_order() -> list[str]:
    """The same, with the ledger and the whole audit trail."""
    ledger = [f"ledger: {wrong}" for wrong in reconcile(as_of=timezone.localdate()).differences]
    return half_done() + ledger + [f"trail: {fault}" for fault in check_audit().faults]


def _plans() -> Iterator[str]:
    handed_in = Transition.objects.filter(plan=OuterRef("pk"), action="submit")
    plans = Plan.objects.annotate(
        lines=Count("items", distinct=True), kept=Count("transitions__snapshot", distinct=True)
    )
    for plan in plans.filter(Q(lines=0) | Q(state=PlanState.DRAFT) | ~Exists(handed_in) | Q(kept=0)):
        yield f"plan {plan.pk}: {plan.state}, {plan.lines} lines, {plan.kept} copies"


def _meetings() -> Iterator[str]:
    steps = Transition.objects.filter(meeting=OuterRef("pk"))
    meetings = Meeting.objects.annotate(
        there=Count("attendances", distinct=True),
        is_handed_in=Exists(steps.filter(action="submit")),
        is_accepted=Exists(steps.filter(action="accept")),
    )
    for meeting in meetings:
        written = meeting.state != MeetingState.SCHEDULED
        right = (PEOPLE if written else 0, written, meeting.state in ACCEPTED_STATES)
        if (meeting.there, meeting.is_handed_in, meeting.is_accepted) != right:
            yield f"meeting {meeting.pk}: {meeting.state}, {meeting.there} people, {meeting.is_handed_in}"
    strays = Attendance.objects.filter(meeting__recorded_at=None).count()
    if strays:
        yield f"{strays} people present at meetings without a record"


def _trail() -> Iterator[str]:
    """A step, a plan and a group have one event each, an event its step."""
    told = AuditEvent.objects.filter(action__in=["plan.submit", "meeting.submit", "meeting.accept"]).count()
    taken = Transition.objects.filter(action__in=["submit", "accept"]).count()
    if told != taken:
        yield f"{taken} steps and {told} events"
    for model, action in ((Plan, "plan.create"), (PartyGroup, "group.found")):
        made, told = model._default_manager.count(), AuditEvent.objects.filter(action=action).count()
        if made != told + (2 if model is PartyGroup else 0):  # two groups stood there before
            yield f"{made} {model.__name__} and {told} events"


def _file() -> Iterator[str]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for question, good in (("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", [])):
            cursor.execute(question)
            if (answer := cursor.fetchall()) != good:
                yield f"{question}: {answer[:3]}"
