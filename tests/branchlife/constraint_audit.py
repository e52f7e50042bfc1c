"""Cases and rows for the constraints of the audit trail, tried with all others in tests/meetings."""

from branchlife.models import AuditEvent, AuditHead
from tests.branchlife.trail import write
from tests.meetings.constraint_cases import Case, Check, Unique
from tests.meetings.constraint_rows import Rows

AUDIT_CASES: dict[str, Case] = {
    "audit_number_once_a_chain": Unique("event", right={"number": 2}),
    "audit_head_sealed": Check("head", {"number": 2, "seal": ""}, {"number": 2, "seal": "00"}),
}


def audit_rows(rows: Rows) -> Rows:
    event: AuditEvent = write(None, rows["user"])
    return {"event": event, "head": AuditHead.objects.get(pk=event.chain)}
