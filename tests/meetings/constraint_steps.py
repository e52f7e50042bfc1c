"""The same for the steps of a procedure: cases and the row they try."""

from meetings.models import MeetingStep
from tests.meetings.constraint_cases import DAY, Case, Check, Row, Unique
from tests.meetings.constraint_rows import Rows

STEP_CASES: dict[str, Case] = {
    "meeting_step_once": Unique("step", right={"code": "another"}),
    "meeting_step_kind_known": Check("step", {"kind": "party"}, {"kind": "appraisal"}),
    "meeting_step_phase_known": Check("step", {"phase": "never"}, {"phase": "after"}),
    "meeting_step_title_present": Check("step", {"title": ""}, {"title": "事"}),
    "meeting_step_done_by_somebody": Check(
        "step", {"done_on": DAY}, {"done_on": DAY, "done_by": Row("user")}
    ),
}


def step_rows(rows: Rows) -> Rows:
    step = MeetingStep.objects.create(
        meeting=rows["meeting"], kind="organizational_life", code="theme", phase="before", position=1,
        title="确定主题",
    )  # fmt: skip
    return {"step": step}
