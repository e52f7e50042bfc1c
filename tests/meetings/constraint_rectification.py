"""The same for what has to be put right: cases and the rows they try."""

from reviews.models import Rectification, RectificationNote, RectificationNotice
from tests.meetings.constraint_cases import DAY, EARLIER, NOW, Case, Check, Row, Unique
from tests.meetings.constraint_rows import Rows
from tests.world import World

CLAIM = {"claimed_by": Row("user"), "claimed_at": NOW, "evidence": "已改"}
SEEN = {"verified_by": Row("reviewer"), "verified_at": NOW}

RECTIFICATION_CASES: dict[str, Case] = {
    "rectification_state_known": Check("item", {"state": "lost"}, {"state": "revoked"}),
    "rectification_source_known": Check("item", {"source": "rumour"}, {"source": "report"}),
    "rectification_cause_known": Check("item", {"cause": "fate"}, {"cause": "late"}),
    "rectification_kind_known": Check("item", {"kind": "party"}, {"kind": "general"}),
    "rectification_openness_known": Check("item", {"openness": "world"}, {"openness": "branch"}),
    "rectification_problem_present": Check("item", {"problem": ""}, {"problem": "事"}),
    "rectification_source_has_origin": Check(
        "item", {"source": "meeting"}, {"source": "meeting", "meeting": Row("meeting")}
    ),
    "rectification_claim_complete": Check("item", {"claimed_by": Row("user")}, CLAIM),
    "rectification_claimed_by_somebody": Check("item", {"state": "claimed"}, {"state": "claimed", **CLAIM}),
    "rectification_closed_when_verified": Check(
        "item", {"state": "closed", **CLAIM}, {"state": "closed", **CLAIM, **SEEN}
    ),
    "rectification_verified_by_another": Check(
        "item",
        {"state": "closed", **CLAIM, **SEEN, "verified_by": Row("user")},
        {"state": "closed", **CLAIM, **SEEN},
    ),
    "notice_number_once_a_year": Unique("notice", right={"number": 2}),
    "notice_says_the_occasion": Check("notice", {"occasion": ""}, {"occasion": "检查"}),
    "notice_reply_after_issue": Check("notice", {"reply_by": EARLIER}, {"reply_by": DAY}),
    "notice_from_above": Check("notice", {"issuer": Row("branch")}, {"issuer": Row("other_committee")}),
    "rectification_note_says_something": Check("item_note", {"text": ""}, {"text": "已约定时间"}),
    "rectification_note_once_a_meeting": Unique("item_note", right={"meeting": None}),
}


def rectification_rows(world: World, rows: Rows) -> Rows:
    item = Rectification.objects.create(
        organization=world.branch, source="hand", cause="missing", problem="缺席原因未写", due_on=DAY,
        raised_by=world.reviewer, raised_at=NOW,
    )  # fmt: skip
    note = RectificationNote.objects.create(
        item=item, meeting=rows["meeting"], text="正在补", author=world.secretary, at=NOW
    )
    notice = RectificationNotice.objects.create(
        issuer=world.committee, organization=world.branch, year=2026, number=1, occasion="检查", issued_on=DAY,
        reply_by=DAY, issued_by=world.reviewer,
    )  # fmt: skip
    return {"item": item, "item_note": note, "reviewer": world.reviewer, "notice": notice}
