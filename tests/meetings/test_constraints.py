"""The database itself refuses what must not be, whatever the code above it does.

For every named constraint a row is changed (or copied) past all Python: the fault is refused in the
constraint's name, and the nearest thing that is right is accepted. A new constraint without a line fails.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from branchlife.models import Job
from meetings.models import (
    Attendance,
    CalendarYear,
    Deadline,
    Letter,
    Meeting,
    MeetingPart,
    Notice,
    Obligation,
    Reminder,
    Requirement,
    Standing,
)
from reviews.models import Finding, Plan, PlanItem, PlanItemPart, Transition
from tests.world import World, build_world

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = date(2026, 11, 20)
APPS = ("branchlife", "meetings", "reviews")
EARLIER = date(2000, 1, 1)
Rows = dict[str, models.Model]
Values = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """Change the row named ``row``: ``wrong`` is refused, ``right`` is not."""

    row: str
    wrong: Values
    right: Values


@dataclass(frozen=True)
class Unique:
    """Copy the row named ``row``: a copy with ``wrong`` is refused, one with ``right`` is not."""

    row: str
    right: Values
    wrong: Values = field(default_factory=dict)


class Row:
    """Stands for another row in a table of values that is written before there is a database."""

    def __init__(self, name: str) -> None:
        self.name = name


def rule_cases(model: str) -> dict[str, Check | Unique]:
    """What every kind of rule keeps, national and local."""
    past = {"valid_from": EARLIER, "valid_to": date(2000, 1, 2)}
    local, later = f"local_{model}", {"version": 99, "valid_from": DAY}
    return {
        f"{model}_valid_to_after_from": Check(model, {"valid_to": EARLIER}, {"valid_to": date(2019, 1, 1)}),
        f"{model}_confidence_known": Check(model, {"confidence": "rumour"}, {"confidence": "digest"}),
        f"{model}_national_version_unique": Unique(model, wrong=past, right={**past, "version": 99}),
        f"{model}_local_version_unique": Unique(local, wrong=past, right={**past, "version": 99}),
        f"{model}_national_open_once": Unique(model, wrong=later, right={**later, "valid_to": DAY}),
        f"{model}_local_open_once": Unique(local, wrong=later, right={"owner": Row("other_committee")}),
        f"{model}_national_start_once": Unique(
            model, wrong={"version": 99, "valid_to": DAY}, right={**later, "valid_to": DAY}
        ),
        f"{model}_local_start_once": Unique(
            local, wrong={"version": 99, "valid_to": DAY}, right={**later, "valid_to": DAY}
        ),
    }


CASES: dict[str, Check | Unique] = {
    "job_state_known": Check("job", {"state": "lost"}, {"state": "failed"}),
    "job_steps_within_total": Check("job", {"steps_done": 4}, {"steps_done": 3}),
    "organization_kind_known": Check("branch", {"kind": "club"}, {"kind": "joint_branch"}),
    "organization_name_present": Check("branch", {"name": ""}, {"name": "一"}),
    "organization_dissolved_after_founded": Check(
        "branch", {"dissolved_on": date(2015, 7, 1)}, {"dissolved_on": date(2015, 7, 2)}
    ),
    "organization_term_years_sensible": Check("branch", {"term_years": 11}, {"term_years": 5}),
    "organization_name_unique_among_siblings": Unique(
        "branch", right={"path": "00020009"}, wrong={"path": "00010009"}
    ),
    "group_name_unique_in_branch": Unique("group", right={"organization": Row("small_branch")}),
    "group_name_present": Check("group", {"name": ""}, {"name": "一"}),
    "group_dissolved_after_founded": Check(
        "group", {"dissolved_on": date(2015, 7, 1)}, {"dissolved_on": date(2015, 7, 2)}
    ),
    "appointment_ends_after_start": Check("seat", {"end_on": EARLIER}, {"end_on": date(2020, 1, 1)}),
    "appointment_role_known": Check("seat", {"role": "king"}, {"role": "reviewer"}),
    "appointment_group_leaders_only_have_group": Check("seat", {"role": "group_leader"}, {"group": None}),
    "appointment_open_once": Unique("seat", right={"end_on": DAY}),
    "appointment_group_open_once": Unique("group_seat", right={"group": Row("group2")}),
    "member_name_present": Check("member", {"name": ""}, {"name": "𬭎"}),
    "member_full_after_joining": Check(
        "member", {"full_member_on": date(2009, 12, 31)}, {"full_member_on": date(2010, 1, 1)}
    ),
    "member_born_before_joining": Check(
        "member", {"born_on": date(2010, 1, 1)}, {"born_on": date(2009, 12, 31)}
    ),
    "member_id_number_unique": Unique(
        "numbered", right={"user": None, "id_number": ""}, wrong={"user": None}
    ),
    "membership_ends_after_start": Check("membership", {"end_on": EARLIER}, {"end_on": date(2016, 1, 1)}),
    "membership_one_open_per_member": Unique(
        "membership", wrong={"start_on": DAY}, right={"start_on": DAY, "end_on": DAY}
    ),
    "membership_one_start_per_day": Unique(
        "membership", wrong={"end_on": DAY}, right={"end_on": DAY, "start_on": date(2016, 1, 2)}
    ),
    "standing_ends_after_start": Check("standing", {"end_on": EARLIER}, {"end_on": DAY}),
    "standing_kind_known": Check("standing", {"kind": "tired"}, {"kind": "mobile"}),
    "standing_one_open_of_a_kind": Unique("standing", right={"kind": "abroad"}),
    "post_ends_after_start": Check("post", {"end_on": EARLIER}, {"end_on": DAY}),
    "post_title_known": Check("post", {"title": "boss"}, {"title": "deputy"}),
    "post_one_secretary_at_a_time": Unique(
        "post",
        wrong={"member": Row("other_member")},
        right={"member": Row("other_member"), "title": "deputy"},
    ),
    "post_held_once": Unique("second_post", right={"end_on": DAY}),
    "attendance_once_per_meeting": Unique("attendance", right={"member": Row("other_member")}),
    "attendance_presence_known": Check("attendance", {"presence": "asleep"}, {"presence": "late"}),
    "attendance_excuse_has_reason": Check(
        "attendance", {"presence": "excused"}, {"presence": "excused", "reason": "病假"}
    ),
    "meeting_state_known": Check("meeting", {"state": "dreamt", "recorded_at": NOW}, {"state": "cancelled"}),
    "meeting_theme_present": Check("meeting", {"theme": ""}, {"theme": "学"}),
    "meeting_category_known": Check("meeting", {"category": "fun"}, {"category": "theory"}),
    "meeting_ends_after_start": Check("meeting", {"ends": time(15)}, {"ends": time(15, 1)}),
    "meeting_record_time_known_when_held": Check(
        "meeting", {"state": "held"}, {"state": "held", "recorded_at": NOW}
    ),
    "meeting_part_kind_once": Unique("meeting_part", right={"kind": "lecture"}),
    "meeting_part_kind_known": Check("meeting_part", {"kind": "party"}, {"kind": "group"}),
    "requirement_kind_known": Check("requirement", {"kind": "party"}, {"kind": "group"}),
    "requirement_period_known": Check("requirement", {"period": "week"}, {"period": "half"}),
    "requirement_bearer_known": Check("requirement", {"bearer": "nobody"}, {"bearer": "group"}),
    "requirement_condition_known": Check(
        "requirement", {"condition": "rain"}, {"condition": "has_committee"}
    ),
    "requirement_minimum_positive": Check("requirement", {"minimum": 0}, {"minimum": 1}),
    **rule_cases("requirement"),
    **rule_cases("deadline"),
    "deadline_code_known": Check("local_deadline", {"code": "lunch"}, {"code": "handbook"}),
    "deadline_unit_known": Check("deadline", {"unit": "moons"}, {"unit": "days"}),
    "deadline_amount_sensible": Check("deadline", {"amount": 0}, {"amount": 366}),
    "deadline_day_has_month": Check("plan_deadline", {"month": None}, {"month": 24}),
    "deadline_day_of_a_period": Check(
        "local_deadline",
        {"unit": "day_of_month", "month": 1},
        {"unit": "day_of_month", "month": 1, "code": "handbook"},
    ),
    "calendar_year_sensible": Check("calendar_year", {"year": 1949}, {"year": 1950}),
    "obligation_once_per_branch": Unique("obligation", right={"kind": "lecture"}),
    "obligation_once_per_group": Unique("group_obligation", right={"group": Row("group2")}),
    "obligation_needs_one": Check("obligation", {"needed": 0}, {"needed": 2}),
    "obligation_dates_in_order": Check(
        "obligation", {"due_on": date(2026, 11, 29)}, {"due_on": date(2026, 12, 5)}
    ),
    "obligation_waiver_explained": Check(
        "obligation",
        {"waived_at": NOW, "waived_by": Row("user"), "waiver_reason": ""},
        {"waived_at": NOW, "waived_by": Row("user"), "waiver_reason": "防汛"},
    ),
    "letter_state_known": Check("letter", {"state": "superseded"}, {"state": "dead"}),
    "letter_sent_has_time": Check("letter", {"state": "sent"}, {"state": "sent", "sent_at": NOW}),
    "letter_claim_has_lease": Check(
        "letter", {"state": "claimed"}, {"state": "finalizing", "lease_until": NOW}
    ),
    "reminder_announced_once": Unique("reminder", right={"falls_on": EARLIER}),
    "reminder_state_known": Check("reminder", {"state": "claimed"}, {"state": "dead"}),
    "reminder_stage_known": Check("reminder", {"stage": "early"}, {"stage": "overdue"}),
    "reminder_by_mail_has_letter": Check(
        "reminder", {"channel": "email"}, {"channel": "email", "letter": Row("letter")}
    ),
    "reminder_sent_has_time": Check("reminder", {"state": "sent"}, {"state": "sent", "sent_at": NOW}),
    "plan_state_known": Check("plan", {"state": "burnt"}, {"state": "draft"}),
    "plan_period_known": Check("plan", {"period": "week"}, {"period": "year"}),
    "plan_period_in_order": Check("plan", {"period_end": EARLIER}, {"period_end": date(2026, 10, 1)}),
    "plan_submitted_has_time": Check(
        "plan", {"state": "submitted"}, {"state": "submitted", "submitted_at": NOW}
    ),
    "plan_once_per_period": Unique("plan", right={"organization": Row("small_branch")}),
    "plan_item_theme_present": Check("plan_item", {"theme": ""}, {"theme": "学"}),
    "plan_item_category_known": Check("plan_item", {"category": "fun"}, {"category": "criticism"}),
    "plan_item_part_once": Unique("plan_item_part", right={"kind": "lecture"}),
    "plan_item_part_kind_known": Check("plan_item_part", {"kind": "party"}, {"kind": "group"}),
    "transition_has_one_subject": Check("transition", {"meeting": Row("meeting")}, {"comment": "好"}),
    "transition_action_known": Check("transition", {"action": "jump"}, {"action": "approve"}),
    "finding_reason_known": Check("finding", {"reason": "ugly"}, {"reason": "untrue"}),
    "finding_says_something": Check("finding", {"sentence": ""}, {"sentence": "缺地点"}),
}


def own_constraints() -> dict[str, type[models.Model]]:
    found = (model for app in APPS for model in apps.get_app_config(app).get_models())
    return {constraint.name: model for model in found for constraint in model._meta.constraints}


def test_every_constraint_is_tried() -> None:
    assert set(CASES) == set(own_constraints())


def test_every_constraint_is_named_for_what_it_keeps() -> None:
    assert [name for name in own_constraints() if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses_the_fault_and_nothing_else(name: str, rows: Rows) -> None:
    case, model = CASES[name], own_constraints()[name]
    assert isinstance(rows[case.row], model)
    attempt = change if isinstance(case, Check) else add_copy
    with pytest.raises(IntegrityError) as refusal:
        attempt_now(attempt, rows, case.row, case.wrong)
    assert is_about(str(refusal.value), name, model)
    attempt_now(attempt, rows, case.row, case.right)


def attempt_now(attempt: Callable[..., None], rows: Rows, row: str, values: Values) -> None:
    real = {key: rows[value.name] if isinstance(value, Row) else value for key, value in values.items()}
    with transaction.atomic():
        attempt(rows[row], real)
        transaction.set_rollback(True)


def change(row: models.Model, values: Values) -> None:
    assert type(row)._base_manager.filter(pk=row.pk).update(**values) == 1


def add_copy(row: models.Model, values: Values) -> None:
    twin = copy.copy(row)
    twin.pk = None
    twin._state = copy.copy(row._state)
    twin._state.adding = True
    for key, value in values.items():
        setattr(twin, key, value)
    # Past every save() and full_clean().
    type(row)._base_manager.bulk_create([twin])


def is_about(message: str, name: str, model: type[models.Model]) -> bool:
    """SQLite names the columns of a unique index instead of the index."""
    if name in message:
        return True
    constraint = next(each for each in model._meta.constraints if each.name == name)
    if connection.vendor != "sqlite" or not isinstance(constraint, models.UniqueConstraint):
        return False
    table = model._meta.db_table
    columns = (f"{table}.{model._meta.get_field(each).column}" for each in constraint.fields)
    return message == f"UNIQUE constraint failed: {', '.join(columns)}"


@pytest.fixture
def rows() -> Rows:
    world = build_world()
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
    reminder = Reminder.objects.create(
        obligation=obligation, recipient=world.secretary, stage="due_soon", falls_on=DAY, channel="in_app",
        planned_at=NOW,
    )  # fmt: skip
    letter = Letter.objects.create(
        recipient=world.secretary, message_id="<1@localhost>", planned_at=NOW, next_attempt_at=NOW
    )
    Notice.objects.create(recipient=world.secretary, reminder=reminder, code="due", created_at=NOW)
    limit = {"code": "record", "amount": 3, "unit": "working_days", "confidence": "local"}
    return {
        "deadline": Deadline.objects.get(owner=None, code="record"),
        "plan_deadline": Deadline.objects.get(owner=None, code="quarter_plan"),
        "local_deadline": Deadline.objects.create(
            owner=world.committee, valid_from=date(2026, 1, 1), **limit
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
        "reminder": reminder,
        "letter": letter,
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
