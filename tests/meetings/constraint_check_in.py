"""The same for checking in by code: cases and the row they try."""

from datetime import date

from meetings.models import CheckIn
from tests.meetings.constraint_cases import DAY, NOW, Case, Check, Unique
from tests.meetings.constraint_rows import Rows

CHECK_IN_CASES: dict[str, Case] = {
    "check_in_once_a_meeting": Unique("check_in", right={"day": date(2026, 11, 21)}),
    "check_in_says_here": Check("check_in", {"presence": "absent"}, {"presence": "late"}),
    "attendance_source_known": Check("attendance", {"source": "camera"}, {"source": "import"}),
    "attendance_self_says_here": Check(
        "attendance", {"source": "self", "presence": "absent"}, {"source": "self", "presence": "late"}
    ),
}


def check_in_rows(rows: Rows) -> Rows:
    made = CheckIn.objects.create(
        meeting=rows["meeting"], member=rows["member"], day=DAY, presence="present", checked_in_at=NOW
    )
    return {"check_in": made}
