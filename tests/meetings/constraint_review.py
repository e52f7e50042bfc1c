"""The same for chains of review, delegations, and on whose desk papers lie: cases and the rows they try."""

from datetime import date, timedelta

from meetings.models import Delegation
from reviews.models import GoodCase, ReviewChain, Stay
from tests.meetings.constraint_cases import DAY, NOW, Case, Check, Row, Unique, rule_cases
from tests.meetings.constraint_rows import Rows
from tests.world import World

LATER = NOW + timedelta(days=1)
REVIEW_CASES: dict[str, Case] = {
    **rule_cases("reviewchain"),
    "reviewchain_code_known": Check("local_reviewchain", {"code": "letter"}, {"code": "plan"}),
    "reviewchain_route_known": Check("reviewchain", {"route": "zigzag"}, {"route": "stepwise"}),
    "delegation_ends_after_start": Check(
        "delegation", {"end_on": DAY - timedelta(days=1)}, {"end_on": DAY}
    ),
    "delegation_to_somebody_else": Check(
        "delegation", {"deputy": Row("reviewer")}, {"deputy": Row("administrator")}
    ),
    "delegation_given_once": Unique("delegation", right={"revoked_at": NOW}),
    "plan_edition_counts_from_one": Check(
        "plan",
        {"edition": 0, "state": "submitted", "submitted_at": NOW},
        {"edition": 1, "state": "submitted", "submitted_at": NOW},
    ),
    "plan_amended_has_edition": Check(
        "plan",
        {"state": "amended", "submitted_at": NOW},
        {"state": "amended", "submitted_at": NOW, "edition": 2},
    ),
    "plan_draft_is_first_edition": Check(
        "plan", {"edition": 2}, {"edition": 2, "state": "approved", "submitted_at": NOW}
    ),
    "plan_item_fixed_day_known": Check("plan_item", {"fixed": "d32"}, {"fixed": "w2-4"}),
    "transition_plan_step_known": Check(
        "transition", {"to_state": "approved"}, {"action": "approve", "to_state": "approved"}
    ),
    "transition_record_step_known": Check(
        "transition",
        {"plan": None, "meeting": Row("meeting"), "action": "accept", "from_state": "held"},
        {"plan": None, "meeting": Row("meeting")},
    ),
    "transition_rectification_step_known": Check(
        "transition",
        {"plan": None, "rectification": Row("item"), "action": "verify", "from_state": "open"},
        {
            "plan": None, "rectification": Row("item"), "action": "claim", "from_state": "open",
            "to_state": "claimed",
        },
    ),
    "stay_has_one_paper": Check(
        "stay",
        {"meeting": Row("meeting"), "until": LATER},
        {"meeting": Row("meeting"), "until": LATER, "plan": None},
    ),
    "stay_ends_after_start": Check("stay", {"until": NOW - timedelta(days=1)}, {"until": NOW}),
    "stay_review_has_end_of_chain": Check(
        "stay", {"task": "review"}, {"task": "review", "step": 1, "last": Row("branch")}
    ),
    "stay_plan_on_one_desk": Unique("stay", right={"until": LATER}),
    "good_case_has_one_source": Check("case", {"meeting": Row("meeting")}, {"withdrawn_at": NOW}),
    "good_case_says_why": Check("case", {"reason": ""}, {"reason": "好"}),
    "good_case_plan_once": Unique("case", right={"withdrawn_at": NOW}),
    "good_case_meeting_once": Unique("meeting_case", right={"withdrawn_at": NOW}),
    "stay_meeting_on_one_desk": Unique("record_stay", right={"until": LATER}),
}  # fmt: skip


def review_rows(world: World, rows: Rows) -> Rows:
    stay = {"branch": world.branch, "organization": world.branch, "task": "write", "since": NOW}
    case = {
        "owner": world.committee, "title": "好", "reason": "好", "lines": [], "marked_by": world.reviewer,
        "marked_at": NOW,
    }  # fmt: skip
    return {
        "reviewchain": ReviewChain.objects.get(owner=None, code="record"),
        "local_reviewchain": ReviewChain.objects.create(
            owner=world.committee, code="record", route="direct", confidence="local",
            valid_from=date(2026, 1, 1),
        ),
        "reviewer": world.reviewer,
        "administrator": world.administrator,
        "delegation": Delegation.objects.create(
            appointment=world.reviewer.appointments.get(), grantor=world.reviewer,
            deputy=world.administrator, start_on=DAY, end_on=DAY, given_at=NOW,
        ),
        "case": GoodCase.objects.create(plan=rows["plan"], **case),
        "meeting_case": GoodCase.objects.create(meeting=rows["meeting"], **case),
        "stay": Stay.objects.create(plan=rows["plan"], **stay),
        "record_stay": Stay.objects.create(meeting=rows["meeting"], **stay),
    }  # fmt: skip
