"""The same for inspections and their visits: cases and the rows they try."""

from datetime import timedelta

from reviews.models import FrameEntry, Inspection, Visit, VisitAnswer
from tests.meetings.constraint_cases import DAY, NOW, Case, Check, Row, Unique
from tests.meetings.constraint_rows import Rows
from tests.world import World

DRAWN = {"drawn_by": Row("reviewer"), "drawn_at": NOW}
CHECKED = {"checked_by": Row("reviewer"), "checked_at": NOW}

INSPECTION_CASES: dict[str, Case] = {
    "inspection_state_known": Check("inspection", {"state": "lost", **DRAWN}, {"state": "called_off"}),
    "inspection_kind_known": Check("inspection", {"kind": "secret"}, {"kind": "announced"}),
    "inspection_purpose_present": Check("inspection", {"purpose": ""}, {"purpose": "查"}),
    "inspection_period_in_order": Check(
        "inspection", {"ends_on": DAY - timedelta(days=1)}, {"ends_on": DAY}
    ),
    "inspection_number_sensible": Check("inspection", {"number": 0}, {"number": 500}),
    "inspection_cap_sensible": Check("inspection", {"cap": 13}, {"cap": 12}),
    "inspection_drawn_by_somebody": Check("inspection", {"state": "drawn"}, {"state": "drawn", **DRAWN}),
    "inspection_one_undrawn": Unique("inspection", right={"state": "called_off"}),
    "frame_entry_once": Unique("frame_entry", right={"organization": Row("small_branch")}),
    "frame_recency_known": Check(
        "frame_entry", {"recency": "often", "last_visit_on": DAY}, {"recency": "less", "last_visit_on": DAY}
    ),
    "frame_never_visited_has_no_day": Check(
        "frame_entry", {"last_visit_on": DAY}, {"last_visit_on": DAY, "recency": "over_year"}
    ),
    "visit_once_an_inspection": Unique("visit", right={"organization": Row("small_branch")}),
    "visit_state_known": Check("visit", {"state": "lost"}, {"state": "checking"}),
    "visit_checked_by_somebody": Check("visit", {"state": "closed"}, {"state": "closed", **CHECKED}),
    "visit_found_has_recheck": Check(
        "visit", {"state": "mending", **CHECKED}, {"state": "mending", "recheck_on": DAY, **CHECKED}
    ),
    "visit_question_once": Unique("visit_answer", right={"code": "people"}),
    "visit_section_known": Check("visit_answer", {"section": "gossip"}, {"section": "owed"}),
    "visit_answer_known": Check("visit_answer", {"answer": "hm"}, {"answer": "na"}),
    "visit_cause_known": Check("visit_answer", {"cause": "fate"}, {"cause": "late"}),
    "visit_no_is_explained": Check(
        "visit_answer", {"answer": "no", "note": "缺"}, {"answer": "no", "note": "缺", "cause": "late"}
    ),
    "visit_item_of_a_no": Check(
        "visit_answer",
        {"answer": "yes", "item": Row("item")},
        {"answer": "no", "note": "缺", "cause": "late", "item": Row("item")},
    ),
    "transition_inspection_step_known": Check(
        "transition",
        {"plan": None, "inspection": Row("inspection"), "action": "draw", "from_state": "closed",
         "to_state": "drawn"},
        {"plan": None, "inspection": Row("inspection"), "action": "draw", "from_state": "open",
         "to_state": "drawn"},
    ),
    "transition_visit_step_known": Check(
        "transition",
        {"plan": None, "visit": Row("visit"), "action": "confirm", "from_state": "checking",
         "to_state": "closed"},
        {"plan": None, "visit": Row("visit"), "action": "confirm", "from_state": "mending",
         "to_state": "closed"},
    ),
}  # fmt: skip


def inspection_rows(world: World) -> Rows:
    inspection = Inspection.objects.create(
        organization=world.committee, purpose="检查", kind="unannounced", number=1, starts_on=DAY,
        ends_on=DAY + timedelta(days=9), cap=2, seed="5e" * 32, commitment="c", frame_digest="f",
        opened_by=world.reviewer, opened_at=NOW,
    )  # fmt: skip
    entry = FrameEntry.objects.create(
        inspection=inspection, organization=world.branch, recency="never", visits_in_year=0
    )
    visit = Visit.objects.create(inspection=inspection, organization=world.branch, announced=False)
    answer = VisitAnswer.objects.create(visit=visit, section="elements", code="when", position=1)
    return {"inspection": inspection, "frame_entry": entry, "visit": visit, "visit_answer": answer}
