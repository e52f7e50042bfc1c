from typing import Any

from django.core.management.base import BaseCommand, CommandError

from branchlife.audit_check import check_audit

SHOWN = 20


class Command(BaseCommand):
    """First turn: form and order only. Tampering is found once the events are chained by hashes."""

    help = "Checks that every audit event is well-formed and in order of time; exit 1 when one is not."

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_audit()
        for fault in report.faults[:SHOWN]:
            self.stderr.write(str(fault))
        counts = f"{report.events} events in {report.chains} chains, {len(report.faults)} faults"
        if report.faults:
            raise CommandError(counts)
        self.stdout.write(counts)
