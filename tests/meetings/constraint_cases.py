"""For every named constraint a fault, and the nearest thing that is right.

Rows are named as in ``constraint_rows``. A new app or a new group of models may bring a module of its own:
``test_constraints`` puts them together.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
DAY = date(2026, 11, 20)
EARLIER = date(2000, 1, 1)
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


Case = Check | Unique


class Row:
    """Stands for another row in a table of values that is written before there is a database."""

    def __init__(self, name: str) -> None:
        self.name = name


def rule_cases(model: str) -> dict[str, Case]:
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


CASES: dict[str, Case] = {
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
    "ledger_year_once": Unique("ledger_year", right={"year": 2027}),
    "ledger_year_sensible": Check("ledger_year", {"year": 1949}, {"year": 1950}),
    "plan_state_known": Check("plan", {"state": "burnt", "submitted_at": NOW}, {"state": "draft"}),
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
    "finding_reason_known": Check("finding", {"reason": "ugly"}, {"reason": "untrue"}),
    "finding_says_something": Check("finding", {"sentence": ""}, {"sentence": "缺地点"}),
}
