"""One right row of every model that has constraints, by the name that ``constraint_cases`` uses."""

from datetime import date, time

from django.db import models

from branchlife.models import Job
from meetings.models import (
    Attendance,
    CalendarYear,
    Deadline,
    LedgerYear,
    Meeting,
    MeetingPart,
    Obligation,
    Requirement,
    Standing,
)
from reviews.models import Finding, Plan, PlanItem, PlanItemPart, Transition
from tests.meetings.constraint_cases import DAY, NOW
from tests.world import World

Rows = dict[str, models.Model]


def build_rows(world: World) -> Rows:
    rows: Rows = people(world)
    rows |= life(world, rows)
    rows |= papers(world, rows)
    return rows


def people(world: World) -> Rows:
    secretary, second = world.members[0], world.members[1]
    secretary.id_number = "990101198001010017"
    secretary.save()
    return {
        "user": world.secretary,
        "job": Job.objects.create(kind="roster", owner=world.administrator, title="导入", steps_total=3),
        "other_committee": world.other_committee,
        "branch": world.branch,
        "small_branch": world.small_branch,
        "group": world.groups[0],
        "group2": world.groups[1],
        "seat": world.secretary.appointments.get(),
        "group_seat": world.group_leader.appointments.get(),
        "member": second,
        "other_member": world.members[4],
        "numbered": secretary,
        "membership": secretary.memberships.get(),
        "standing": Standing.objects.create(member=secretary, kind="frail", start_on=date(2020, 1, 1)),
        "post": secretary.posts.get(),
        "second_post": second.posts.get(),
    }


def life(world: World, rows: Rows) -> Rows:
    meeting = Meeting.objects.create(organization=world.branch, theme="学习", day=DAY, starts=time(15))
    attendance = Attendance.objects.create(
        meeting=meeting,
        member=rows["member"],
        organization=world.branch,
        day=DAY,
        hard_bound=True,
        has_vote=True,
    )
    requirement = Requirement.objects.get(owner=None, code="theme_day")
    month = {"period": "month", "period_start": date(2026, 11, 1), "period_end": date(2026, 11, 30)}
    owed = {**month, "due_on": date(2026, 11, 30), "needed": 1, "requirement": requirement}
    obligation = Obligation.objects.create(organization=world.branch, kind="theme_day", **owed)
    group = {"organization": world.branch, "group": world.groups[0], "kind": "group"}
    limit = {"code": "record", "amount": 3, "unit": "working_days", "confidence": "local"}
    return {
        "deadline": Deadline.objects.get(owner=None, code="record"),
        "plan_deadline": Deadline.objects.get(owner=None, code="quarter_plan"),
        "local_deadline": Deadline.objects.create(
            owner=world.committee, valid_from=date(2026, 1, 1), **limit
        ),
        "ledger_year": LedgerYear.objects.create(
            organization=world.branch, year=2026, through=date(2026, 12, 31)
        ),
        "calendar_year": CalendarYear.objects.create(year=2030),
        "meeting": meeting,
        "meeting_part": MeetingPart.objects.create(meeting=meeting, kind="theme_day", counts_for=DAY),
        "attendance": attendance,
        "requirement": requirement,
        "local_requirement": Requirement.objects.create(
            owner=world.committee, code="theme_day", kind="theme_day", period="month", bearer="branch",
            minimum=2, confidence="local", valid_from=date(2026, 1, 1),
        ),
        "obligation": obligation,
        "group_obligation": Obligation.objects.create(**group, **owed),
    }  # fmt: skip


def papers(world: World, rows: Rows) -> Rows:
    plan = Plan.objects.create(
        organization=world.branch, period="quarter", period_start=date(2026, 10, 1),
        period_end=date(2026, 12, 31), author=world.secretary,
    )  # fmt: skip
    item = PlanItem.objects.create(plan=plan, day=DAY, theme="学习")
    transition = Transition.objects.create(
        plan=plan, action="return", from_state="submitted", to_state="returned", actor=world.reviewer, at=NOW
    )
    return {
        "plan": plan,
        "plan_item": item,
        "plan_item_part": PlanItemPart.objects.create(item=item, kind="theme_day"),
        "transition": transition,
        "finding": Finding.objects.create(
            transition=transition, reason="missing", field="place", sentence="无"
        ),
    }
