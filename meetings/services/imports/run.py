"""One import from file to database: dry, or for good in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.estimates import look_again_after
from branchlife.models import User
from meetings.models import Obligation, Organization
from meetings.models.organization import STEP
from meetings.services.imports.batches import batches
from meetings.services.imports.ledgers import plan_ledger
from meetings.services.imports.organizations import plan_organizations
from meetings.services.imports.places import Places
from meetings.services.imports.preview import ImportKind
from meetings.services.imports.report import ImportRefused, ImportReport, Plan, report_of
from meetings.services.imports.rosters import plan_roster
from meetings.services.obligations import generate_obligations, recount, sync_obligations
from meetings.workbooks.ledgers import read_ledger
from meetings.workbooks.organizations import read_organizations
from meetings.workbooks.rosters import read_roster
from meetings.workbooks.table import Reading


@dataclass(frozen=True)
class ImportRequest:
    """What to import. ``actor=None`` is the command line, which may touch everything."""

    kind: str
    file: BinaryIO
    actor: User | None
    year: int | None = None  # of a ledger


def plan_import(*, request: ImportRequest, now: datetime | None = None) -> ImportReport:
    """What ``apply_import`` would do. Writes nothing. Raises WorkbookRefused for an unreadable file."""
    now = now or timezone.now()
    reading = _read(request, now)
    return report_of(request.kind, reading, _plan(request, reading, now))


def apply_import(
    *,
    request: ImportRequest,
    skip_invalid: bool = False,
    when_read: Callable[[], None] = lambda: None,
    now: datetime | None = None,
) -> ImportReport:
    """Import all rows, or none: a single error raises ImportRefused before anything is written.

    With ``skip_invalid`` the rows without errors are imported. Importing the same again changes no
    row. ``when_read`` is called between reading the file and touching the database. Raises
    WorkbookRefused for an unreadable file.
    """
    now = now or timezone.now()
    reading = _read(request, now)
    when_read()
    return _write(request, reading, skip_invalid, now)


@transaction.atomic
def _write(request: ImportRequest, reading: Reading, skip_invalid: bool, now: datetime) -> ImportReport:
    _one_import_at_a_time()
    plan = _plan(request, reading, now)
    report = report_of(request.kind, reading, plan)
    if report.errors and not skip_invalid:
        raise ImportRefused(report)
    if report.created or report.updated:
        plan.write()
        lines = _bring_ledger_up_to_date(plan, timezone.localdate(now))
        _record(request, plan, report, now)
        look_again_after(report.created + report.updated + lines)
    return report


def _read(request: ImportRequest, now: datetime) -> Reading:
    today = timezone.localdate(now)
    match request.kind:
        case ImportKind.ORGANIZATIONS:
            return read_organizations(request.file, today=today)
        case ImportKind.ROSTER:
            return read_roster(request.file, today=today)
        case ImportKind.LEDGER:
            return read_ledger(request.file, year=request.year, today=today)
    raise ValueError(request.kind)


def _plan(request: ImportRequest, reading: Reading, now: datetime) -> Plan:
    places = Places(request.actor)
    match request.kind:
        case ImportKind.ORGANIZATIONS:
            may_add_roots = request.actor is None
            return plan_organizations(reading, places=places, may_add_roots=may_add_roots, now=now)
        case ImportKind.ROSTER:
            return plan_roster(reading, places=places, today=timezone.localdate(now))
    return plan_ledger(reading, places=places, actor=request.actor, now=now)


def _one_import_at_a_time() -> None:
    """Two imports of the same people would each find them missing and add them twice."""
    list(Organization.objects.select_for_update().filter(depth=1).values_list("pk"))


def _bring_ledger_up_to_date(plan: Plan, today: date) -> int:
    """New branches, groups and members change what is owed; meetings change what is met. Returns how many lines
    are new."""
    new = 0
    for batch in batches([organization.pk for organization in plan.touched]):
        touched = Organization.objects.filter(pk__in=batch)
        new += generate_obligations(as_of=today, organizations=touched).created
        for year in plan.years - {today.year}:
            first, last = date(year, 1, 1), date(year, 12, 31)
            new += sync_obligations(organizations=touched, first=first, last=last).created
        # Where such a year is kept; one that nobody kept is not called up by a single meeting.
        for year in plan.years_counted - plan.years - {today.year}:
            recount(Obligation.objects.filter(organization__in=touched, period_start__year=year))
    return new


def _record(request: ImportRequest, plan: Plan, report: ImportReport, now: datetime) -> None:
    """One event for the whole import, told where all that it touched hangs together."""
    top = _common_top(plan.touched)
    counts = {"created": report.created, "updated": report.updated, "left_out": report.bad_rows}
    record_event(
        actor=request.actor, action=f"import.{request.kind}", subject=top, chain=top.chain,
        difference=counts, now=now,
    )  # fmt: skip


def _common_top(organizations: list[Organization]) -> Organization:
    """The lowest organization above (or equal to) all of these; the first one if there is none."""
    path = organizations[0].path
    while path and not all(organization.path.startswith(path) for organization in organizations):
        path = path[:-STEP]
    return Organization.objects.filter(path=path).first() or organizations[0]
