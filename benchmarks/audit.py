"""Appending to the audit trail, each event in a transaction of its own, and proving the whole of it."""

import time

from django.db import transaction

APPENDED = 3_000
PROVED = 100_000
BATCH = 500
CHAINS = 20


def run() -> list[tuple[str, str, str]]:
    from branchlife.audit_check import check_audit
    from branchlife.models import AuditEvent, User

    user = User.objects.order_by("pk").first() or User.objects.create(username="bench", name="bench")
    seconds = _append(user, APPENDED)
    rows = [("append, one transaction each", f"{APPENDED}", f"{APPENDED / seconds:.0f}")]
    for _batch in range(AuditEvent.objects.count(), PROVED, BATCH):
        # Short ones: PostgreSQL keeps each version of a chain's head until its transaction ends.
        with transaction.atomic():
            _append(user, BATCH)
    began, told = time.perf_counter(), []
    report = check_audit(progress=lambda done, total: told.append(done))
    seconds = time.perf_counter() - began
    assert not report.faults, report.faults
    assert len(told) == report.events // 5000  # it says how far it is
    return [*rows, ("verify", f"{report.events}", f"{report.events / seconds:.0f}")]


def _append(user: object, number: int) -> float:
    from branchlife.audit import record_event

    began = time.perf_counter()
    for count in range(number):
        record_event(
            actor=user, action="bench.event", subject=user, chain=f"organization:{count % CHAINS}",
            difference={"count": count, "day": "2026-11-20"},
        )  # fmt: skip
    return time.perf_counter() - began
