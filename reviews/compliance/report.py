"""The year of an organization line by line, as on a day that may lie in the past."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from meetings.enums import BRANCH_KINDS
from meetings.models import Attendance, Obligation, Organization
from meetings.models.obligation import ObligationStatus, status_of
from meetings.models.organization import STEP
from meetings.services.discharge import count_meetings_for
from reviews.compliance.branches import Presence, attendance_by_branch


@dataclass(frozen=True)
class ReportLine:
    branch: str
    group: str
    kind: str
    period: str
    counted: int
    status: str


@dataclass(frozen=True)
class Report:
    as_of: date
    year: int
    obligations: list[ReportLine]
    attendance: dict[str, Presence]


def compliance_report(*, organization: Organization, year: int, as_of: date) -> Report:
    """Every line of the year that had begun by ``as_of``, with what was held by then, in the order of
    the tree, the rule book and time; and the attendance of every branch. Four queries."""
    below = list(Organization.objects.below(organization))
    names = distinct_names(below)
    lines = _begun_lines(organization, year, as_of)
    counts = count_meetings_for(lines, held_by=as_of)
    rows = Attendance.objects.filter(organization__path__startswith=organization.path)
    present = attendance_by_branch(rows, year=year, as_of=as_of)
    return Report(
        as_of=as_of,
        year=year,
        obligations=[_line(line, names[line.organization_id], counts[line.pk][0], as_of) for line in lines],
        attendance={
            names[branch.pk]: present.get(branch.pk, Presence())
            for branch in _branches_of(below, year, as_of)
        },
    )


def _begun_lines(organization: Organization, year: int, as_of: date) -> list[Obligation]:
    ledger = Obligation.objects.filter(organization__path__startswith=organization.path)
    begun = ledger.in_year(year).begun(as_of).select_related("requirement", "organization", "group")
    return sorted(begun, key=_place)


def _place(line: Obligation) -> tuple[str, int, str, date, str]:
    """Sorted here, not by the database: two of them need not agree on the order of Chinese names."""
    group = line.group.name if line.group else ""
    return line.organization.path, line.requirement.position, line.kind, line.period_start, group


def _line(line: Obligation, branch: str, counted: int, as_of: date) -> ReportLine:
    waived = line.waived_at is not None and timezone.localdate(line.waived_at) <= as_of
    return ReportLine(
        branch=branch,
        group=line.group.name if line.group else "",
        kind=line.kind,
        period=line.span.code,
        counted=counted,
        status=status_of(counted, line.needed, waived, line.period_start, line.due_on, as_of).value,
    )


def _branches_of(organizations: Iterable[Organization], year: int, as_of: date) -> list[Organization]:
    """The branches that existed at any time of the year up to the day."""
    first, last = date(year, 1, 1), min(as_of, date(year, 12, 31))
    return [
        each
        for each in organizations
        if each.kind in BRANCH_KINDS
        and each.founded_on <= last
        and (each.dissolved_on is None or each.dissolved_on > first)
    ]


def distinct_names(organizations: Sequence[Organization]) -> dict[int, str]:
    """Names by id; a name that occurs twice below different parents is preceded by the parent's."""
    occurs = Counter(each.name for each in organizations)
    by_path = {each.path: each.name for each in organizations}
    names = {}
    for each in organizations:
        parent = by_path.get(each.path[:-STEP], "")
        names[each.pk] = f"{parent}/{each.name}" if occurs[each.name] > 1 and parent else each.name
    return names


def open_and_late(report: Report) -> list[ReportLine]:
    """What is still missing, for people who read the report."""
    missing = (ObligationStatus.OVERDUE, ObligationStatus.OPEN)
    return [line for line in report.obligations if line.status in missing]
