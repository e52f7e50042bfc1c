import json
import unicodedata
from argparse import ArgumentParser
from collections import defaultdict
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.enums import MeetingKind
from meetings.management.arguments import find_organization, read_day, read_year
from meetings.models import Organization
from meetings.models.obligation import ObligationStatus
from meetings.rates import percent
from meetings.services.obligations import sync_obligations
from reviews.compliance.report import Report, compliance_report, open_and_late

FORMATS = ("table", "json")


class Command(BaseCommand):
    help = "What an organization's branches owed in a year and what they had held by a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--organization", metavar="CODE", help="code or name (names joined by / if needed)"
        )
        parser.add_argument("--year", metavar="YYYY", help="the year (this one)")
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day, may lie in the past (today)")
        parser.add_argument("--format", default="table", metavar="|".join(FORMATS))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] not in FORMATS:
            raise CommandError(f"--format: {options['format']!r} is neither table nor json.")
        year, as_of = read_year(options["year"]), read_day(options["as_of"])
        organization = find_organization(options["organization"])
        _bring_up_to_date(organization, year, as_of)
        report = compliance_report(organization=organization, year=year, as_of=as_of)
        self.stdout.write(as_json(report) if options["format"] == "json" else as_table(report))


def _bring_up_to_date(organization: Organization, year: int, as_of: date) -> None:
    """The clock keeps the ledger of the current year; a question about another one, or before the
    clock first ran, must not be answered with "nothing was owed"."""
    last = date(year, 12, 31)
    sync_obligations(
        organizations=Organization.objects.below(organization),
        first=date(year, 1, 1),
        last=last if year < timezone.localdate().year else min(as_of, last),
    )


def as_json(report: Report) -> str:
    return json.dumps(asdict(report) | {"as_of": report.as_of.isoformat()}, ensure_ascii=False, indent=0)


def as_table(report: Report) -> str:
    """One line a branch, then everything that is still missing."""
    headings = (_("Branch"), _("Met"), _("Rate"), _("Overdue"), _("Open"), _("Attendance"))
    missing = [
        [
            line.branch,
            line.group,
            line.period,
            MeetingKind(line.kind).label,
            ObligationStatus(line.status).label,
        ]
        for line in open_and_late(report)
    ]
    title = _("%(year)s as of %(day)s") % {"year": report.year, "day": date_format(report.as_of)}
    return "\n".join([title, "", *columns([headings, *_branch_rows(report)]), "", *columns(missing)]).rstrip()


def _branch_rows(report: Report) -> list[list[str]]:
    statuses: dict[str, list[str]] = defaultdict(list)
    for line in report.obligations:
        statuses[line.branch].append(line.status)
    return [
        _branch_row(branch, statuses[branch], report)
        for branch in dict.fromkeys([*statuses, *report.attendance])
    ]


def _branch_row(branch: str, statuses: list[str], report: Report) -> list[str]:
    met, overdue, still_open = (statuses.count(status) for status in ("met", "overdue", "open"))
    owed = met + overdue + still_open
    attendance = report.attendance[branch].rate if branch in report.attendance else ""
    return [branch, f"{met}/{owed}", percent(met, owed), str(overdue), str(still_open), attendance]


def columns(rows: list[Any]) -> list[str]:
    """Rows in columns that stand below each other; a Chinese character takes two places."""
    if not rows:
        return []
    widths = [max(_width(str(row[at])) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(_padded(str(text), width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
