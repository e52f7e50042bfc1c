"""Going over the whole trail, and noting in it what was found, for the audit officer's page."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, transaction
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.audit_check import AuditReport, Progress, check_audit
from branchlife.models import AuditEvent

log = logging.getLogger(__name__)
# The clock asks at every start of a worker as well; once a day is enough.
DAILY = timedelta(hours=20)


def last_verification() -> AuditEvent | None:
    """What was found when somebody last went over the whole trail."""
    return AuditEvent.objects.filter(action="audit.verify").order_by("-pk").first()


def verify_trail(*, progress: Progress | None = None, copies: Path | None = None) -> AuditReport:
    """See ``check_audit``. A database that takes no more is verified all the same."""
    report = check_audit(progress=progress, copies=copies)
    last = AuditEvent.objects.order_by("-pk").first()
    if last is not None:
        found = {"events": report.events, "chains": report.chains, "faults": len(report.faults)}
        try:
            with transaction.atomic():
                record_event(actor=None, action="audit.verify", subject=last, difference=found)
        except DatabaseError as error:
            log.error("The result of the verification is not in the trail: %s", error)
    return report


def verify_daily(*, now: datetime | None = None) -> AuditReport | None:
    """Nothing when it was done within the day. What is wrong goes to the log, word for word."""
    last = last_verification()
    if last and last.at > (now or timezone.now()) - DAILY:
        return None
    report = verify_trail()
    for fault in report.faults:
        log.critical("The audit trail is broken: %s", fault)
    return report
