import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from meetings.management.arguments import read_day
from meetings.models import Obligation
from meetings.services.reconcile import Difference, Fault, Reconciliation, reconcile

FORMATS = ("table", "json")


class Command(BaseCommand):
    help = (
        "Compares the ledger with the rules, the structure and the records, and prints every line that differs. "
        "Exit code 1 while something differs and is not repaired."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair", action="store_true", help="bring the ledger in line; print what was wrong"
        )
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day (today)")
        parser.add_argument("--format", default="table", metavar="|".join(FORMATS))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] not in FORMATS:
            raise CommandError(f"--format: {options['format']!r} is neither table nor json.")
        found = reconcile(as_of=read_day(options["as_of"]), repair=options["repair"])
        with translation.override("zh-hans"):
            self.stdout.write(as_json(found) if options["format"] == "json" else as_table(found))
        number = len(found.differences)
        if number and not found.repaired:
            lines = "1 ledger line differs" if number == 1 else f"{number} ledger lines differ"
            raise CommandError(f"{lines}; run again with --repair.")


def as_json(found: Reconciliation) -> str:
    report = {
        "as_of": found.as_of,
        "lines": found.lines,
        "organizations": found.organizations,
        "behind": found.behind,
        "drift": len(found.differences),
        "repaired": found.repaired and bool(found.differences),
        "differences": [
            {"fault": each.fault, **place_of(each.line), "stored": each.stored, "right": each.right}
            for each in found.differences
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=1, default=str)


def as_table(found: Reconciliation) -> str:
    lines = [describe(each) for each in found.differences]
    if found.behind:
        lines.append(
            f"{found.behind} of {found.organizations} ledgers do not reach {found.as_of} yet: "
            "run generate_obligations."
        )
    counts = ", ".join(f"{found.counts[fault]} {fault}" for fault in Fault if found.counts[fault])
    ending = f" ({counts})" if counts else ""
    repaired = "; repaired" if found.repaired and counts else ""
    lines.append(f"{len(found.differences)} of {found.lines} ledger lines differ{ending}{repaired}.")
    return "\n".join(lines)


def place_of(line: Obligation) -> dict[str, Any]:
    return {
        "organization": line.organization.name,
        "group": line.group.name if line.group else "",
        "kind": line.kind,
        "period": line.span.code,
    }


def describe(wrong: Difference) -> str:
    """Such as 办公室党支部 2026-05 主题党日: counted 2, should be 0."""
    line = wrong.line
    bearer = f"{line.organization.name} {line.group.name}" if line.group else line.organization.name
    place = f"{bearer} {line.span.code} {line.get_kind_display()}"
    match wrong.fault:
        case Fault.MISSING:
            return f"{place}: missing, {line.needed} owed by {line.due_on}"
        case Fault.STALE:
            return f"{place}: in the ledger, not owed"
    values = [f"{name} {wrong.stored[name]}, should be {wrong.right[name]}" for name in wrong.right]
    return f"{place}: {'; '.join(values)}"
