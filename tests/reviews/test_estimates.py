"""PostgreSQL plans by what it takes the tables for, and it may take them for empty: it looked in the middle of the
first import, which it cannot see. No page may hang on that, and it must not stay so."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from branchlife import estimates
from meetings.enums import MeetingState, Role
from meetings.models import Appointment, Meeting, Member, Obligation, Organization
from meetings.services.imports import ImportKind, ImportRequest, apply_import, run
from tests.browser.demo import demonstration
from tests.meetings.workbook_files import sample

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
TABLES = (
    "FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    " AND pg_relation_size(oid) > 0"
)
# A query of a page takes milliseconds; the two that hung took more than a minute.
LONGEST = "SET statement_timeout = '3s'"


def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def believed(model: type[Model]) -> float:
    ((rows,),) = ask("SELECT reltuples FROM pg_class WHERE relname = %s", model._meta.db_table)
    return float(rows)


def look_from_outside() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("ANALYZE")
    finally:
        other.close()


class TestAnImportLookedAtInTheMiddle:
    @pytest.fixture(autouse=True)
    def looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def record(*args: Any) -> None:
            look_from_outside()
            written(*args)

        written = run._record
        monkeypatch.setattr(run, "_record", record)

    def load(self, kind: str, file: str) -> None:
        apply_import(request=ImportRequest(kind=ImportKind(kind), file=sample(file), actor=None))

    def taken_for(self) -> float:
        """How many members the server believes in after all have been imported."""
        self.load("organizations", "organizations.xlsx")
        self.load("roster", "roster-clean.xlsx")
        return believed(Member)

    def test_all_are_known_when_it_is_done(self) -> None:
        assert self.taken_for() == Member.objects.count() == 133

    def test_they_would_not_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(run, "look_again_after", lambda written: None)
        assert self.taken_for() == 0
        assert Member.objects.count() == 133

    def test_what_follows_from_a_short_sheet_counts_too(self) -> None:
        self.load("organizations", "organizations.xlsx")
        assert Organization.objects.count() < estimates.MUCH < Obligation.objects.count()
        assert believed(Obligation) == Obligation.objects.count()

    def test_a_few_are_not_worth_a_look(self) -> None:
        with transaction.atomic():
            estimates.look_again_after(estimates.MUCH - 1)
            assert not connection.run_on_commit
            estimates.look_again_after(estimates.MUCH)
            assert connection.run_on_commit


@pytest.fixture
def taken_for_empty(settings: Any) -> Iterator[None]:
    """The demonstration, on a server that believes there is nothing in any table."""
    with demonstration(settings):
        ask(f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid {TABLES})")
        ask(f"UPDATE pg_class SET reltuples = 0 WHERE oid IN (SELECT oid {TABLES})")
        ask(LONGEST)
        yield
        ask("RESET statement_timeout")


def test_no_page_hangs_meanwhile(taken_for_empty: None) -> None:
    """Those that go through all meetings for what bears on one, or on one branch."""
    branch = Organization.objects.get(name="办公室党支部")
    records = Meeting.objects.filter(state=MeetingState.SUBMITTED)
    for role, place, pages in (
        (Role.SECRETARY, branch.name, [reverse("branch_detail", args=[branch.pk])]),
        (Role.REVIEWER, "机关党委", [reverse("meeting_detail", args=[each.pk]) for each in records]),
    ):
        seat = Appointment.objects.get(role=role, organization__name__endswith=place)
        client = Client()
        client.force_login(seat.user)
        assert pages
        for page in pages:
            assert client.get(page).status_code == 200, page
