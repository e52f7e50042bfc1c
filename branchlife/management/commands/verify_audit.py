import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branchlife.audit_check import AuditReport
from branchlife.verification import verify_trail

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Proves the audit trail: seals, chains, heads, anchors, their copies outside the database, triggers."
        " Exit 1 with the first broken place when anything was changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--anchors", type=Path, help="copies of the anchors; default: AUDIT_ANCHOR_FILE")
        parser.add_argument("--no-progress", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["anchors"] and not options["anchors"].exists():
            raise CommandError(f"There is no file {options['anchors']}.")
        began = time.monotonic()
        progress = None if options["no_progress"] else self._progress
        report = verify_trail(progress=progress, copies=options["anchors"])
        seconds = time.monotonic() - began
        if options["format"] == "json":
            self.stdout.write(json.dumps(asdict(report) | {"seconds": round(seconds, 2)}, ensure_ascii=False))
        else:
            self._tell(report, seconds)
        if report.faults:
            raise CommandError(f"The audit trail is broken at {report.faults[0]}.")

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"{done:,} of {total:,} events ({done * 100 // total} %)")

    def _tell(self, report: AuditReport, seconds: float) -> None:
        for fault in report.faults[:SHOWN]:
            self.stderr.write(f"BROKEN {fault}")
        for note in report.notes[:SHOWN]:
            self.stderr.write(f"note: {note}")
        self.stdout.write(
            f"{report.events} events in {report.chains} chains, {report.anchors} anchors,"
            f" {len(report.faults)} faults, {seconds:.1f} s"
        )
