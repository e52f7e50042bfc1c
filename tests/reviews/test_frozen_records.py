"""From acceptance on the database itself refuses to change a record, whoever asks."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from branchlife.guards import install_guards
from meetings.guards import FREE_OF_MEETING, PARTS, Part
from meetings.models import Attachment, Candidate, Meeting, MeetingPart, MeetingStep, Resolution
from reviews.guards import REVIEW_PARTS
from tests.branchlife.trail import drop_guards, sql
from tests.reviews.archiving import KeptRecord, accepted, archived, full_record
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
RECORD = Part(Meeting, "{row}.id", FREE_OF_MEETING)
TABLES = {part.table: part for part in (RECORD, *PARTS, *REVIEW_PARTS)}
OTHER_VALUES: dict[type[models.Field], Any] = {
    models.CharField: "x", models.TextField: "x", models.DateField: "2000-01-01", models.TimeField: "10:00",
    models.DateTimeField: "2000-01-01 10:00:00+00:00", models.BooleanField: True,
}  # fmt: skip

NEW_VALUES: dict[type[models.Model], dict[str, Any]] = {
    MeetingPart: {"kind": "lecture"}, Resolution: {"number": 9, "about": "另一人"}, Candidate: {"name": "丁"},
    Attachment: {"digest": "0" * 64},
}  # fmt: skip


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return build_world()


def rows_of(part: Part, meeting: Meeting) -> models.QuerySet:
    path = {"{row}.id": "pk", "{row}.meeting_id": "meeting"}.get(part.meeting)
    if path is None:
        path = "resolution__meeting" if "resolution" in part.meeting else "transition__meeting"
    return part.model._default_manager.filter(**{path: meeting.pk})


def changes(part: Part, meeting: Meeting) -> Iterator[tuple[str, int, str, Any]]:
    """Every column of one row with a value it does not have."""
    row = rows_of(part, meeting).values().first()
    assert row, f"nothing in {part.table}"
    for field in part.model._meta.local_concrete_fields:
        if field.primary_key:
            continue
        value = None if row[field.attname] is not None else OTHER_VALUES.get(type(field), 1)
        yield field.name, row["id"], field.column, value


def attempt(part: Part, pk: int, column: str, value: Any) -> None:
    with transaction.atomic():
        sql(f'UPDATE {part.table} SET "{column}" = %s WHERE id = %s', value, pk)


def refused(part: Part, pk: int, column: str, value: Any) -> bool:
    try:
        attempt(part, pk, column, value)
    except IntegrityError as error:
        return "corrected by an addendum only" in str(error)
    return False


class TestAccepted(KeptRecord):
    make = staticmethod(accepted)

    @pytest.mark.parametrize(
        "table", [part.table for part in TABLES.values() if part.model is not MeetingStep]
    )
    def test_no_column_of_an_accepted_record_changes(
        self, world: World, meeting: Meeting, table: str
    ) -> None:
        part = TABLES[table]
        for name, pk, column, value in changes(part, meeting):
            assert refused(part, pk, column, value) or name in part.free, name
        for row in rows_of(part, meeting):
            with pytest.raises(IntegrityError, match="by an addendum only"), transaction.atomic():
                sql(f"DELETE FROM {table} WHERE id = %s", row.pk)

    def test_what_follows_a_record_up_is_free_until_it_is_archived(
        self, world: World, meeting: Meeting
    ) -> None:
        away = meeting.attendances.filter(presence="excused")
        assert away.update(caught_up_on=meeting.day, catch_up_note="补学") == 1
        assert Meeting.objects.filter(pk=meeting.pk).update(version=9) == 1

    def test_an_accepted_record_goes_nowhere_but_into_the_archive(
        self, world: World, meeting: Meeting
    ) -> None:
        for state in ("held", "submitted", "cancelled", "returned"):
            assert refused(RECORD, meeting.pk, "state", state)
        attempt(RECORD, meeting.pk, "state", "archived")
        for state in ("accepted", "held"):
            assert refused(RECORD, meeting.pk, "state", state)

    def test_without_the_triggers_it_would_change(self, world: World, meeting: Meeting) -> None:
        """Positive control."""
        drop_guards()
        attempt(RECORD, meeting.pk, "theme", "改题")
        assert meeting.resolutions.update(text="x") == 2

    def test_emptying_a_table_is_refused(self, world: World, meeting: Meeting) -> None:
        if connection.vendor == "sqlite":
            return  # knows no TRUNCATE; the deletion of each row is refused above
        connection.check_constraints()
        for table in TABLES:
            with pytest.raises(IntegrityError), transaction.atomic():
                sql(f"TRUNCATE {table} CASCADE")

    def test_an_open_record_moves_into_no_closed_one(self, world: World, meeting: Meeting) -> None:
        open_one = full_record(world)
        with pytest.raises(IntegrityError, match="by an addendum only"), transaction.atomic():
            open_one.attendances.update(meeting=meeting)


class TestArchived(KeptRecord):
    make = staticmethod(archived)

    @pytest.mark.parametrize("table", TABLES)
    def test_an_archived_record_is_closed_altogether(
        self, world: World, meeting: Meeting, table: str
    ) -> None:
        part = TABLES[table]
        if part.model is MeetingStep:
            drop_guards()
            MeetingStep.objects.create(
                meeting=meeting, kind="general", code="x", phase="after", position=1, title="落实"
            )
            install_guards()
        for name, pk, column, value in changes(part, meeting):
            assert refused(part, pk, column, value), name
        with pytest.raises(IntegrityError, match="by an addendum only"), transaction.atomic():
            sql(f"DELETE FROM {table} WHERE id = %s", rows_of(part, meeting)[0].pk)

    @pytest.mark.parametrize("table", [part.table for part in PARTS if part.model is not MeetingStep])
    def test_nothing_is_added_to_an_archived_record_or_moved_into_it(
        self, world: World, meeting: Meeting, table: str
    ) -> None:
        part = TABLES[table]
        row = rows_of(part, meeting)[0]
        row.pk = None
        # Something new, so that no unique constraint is in the way.
        for name, value in NEW_VALUES.get(part.model, {"member": world.other_members[0]}).items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError, match="by an addendum only"), transaction.atomic():
            part.model._default_manager.bulk_create([row])


def test_an_open_record_is_not_in_the_way(world: World) -> None:
    """The other side: before acceptance the same statements pass."""
    meeting = full_record(world)
    attempt(RECORD, meeting.pk, "theme", "改题")
    assert meeting.attendances.update(reason="更正") == 9
    assert meeting.parts.all().delete()[0] == 1
