"""Two people import the same list at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from meetings.models import Member, Membership
from meetings.services.imports import ImportKind, ImportReport, ImportRequest, apply_import
from tests.meetings.workbook_files import sample

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 3


def at_once(kind: str, file: str) -> list[ImportReport]:
    start, reports = Barrier(AT_ONCE), []

    def work() -> None:
        try:
            start.wait(timeout=20)
            request = ImportRequest(kind=kind, file=sample(file), actor=None)
            reports.append(apply_import(request=request))
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return reports


def test_everybody_is_added_once() -> None:
    apply_import(
        request=ImportRequest(kind=ImportKind.ORGANIZATIONS, file=sample("organizations.xlsx"), actor=None)
    )
    reports = at_once(ImportKind.ROSTER, "roster-clean.xlsx")
    assert sorted((report.created, report.unchanged) for report in reports) == [(0, 133), (0, 133), (133, 0)]
    assert Member.objects.count() == Membership.objects.count() == 133
