"""What the database itself refuses about the branches' life and those who look after it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import models

from branchlife.guards import Guard, append_only, no_truncate
from branchlife.models import User
from meetings.enums import ACCEPTED_STATES, OFFICES, MeetingState, RecordSource
from meetings.models import (
    Addendum,
    Appointment,
    Archive,
    Attachment,
    Attendance,
    Candidate,
    Meeting,
    MeetingPart,
    MeetingStep,
    Resolution,
    WrittenOpinion,
)

APPOINTMENT, USER = Appointment._meta.db_table, User._meta.db_table
OFFICE_SENTENCE = "An officer holds no other role at the same time."
OFFICE_WORDS = ", ".join(f"'{office.value}'" for office in OFFICES)
# Two times overlap when each begins before the other ends.
CLASH = f"""EXISTS (
    SELECT 1 FROM {APPOINTMENT} other
    WHERE other.user_id = NEW.user_id AND other.id <> NEW.id AND other.role <> NEW.role
      AND (other.role IN ({OFFICE_WORDS}) OR NEW.role IN ({OFFICE_WORDS}))
      AND other.start_on <= COALESCE(NEW.end_on, '9999-12-31')
      AND COALESCE(other.end_on, '9999-12-31') >= NEW.start_on
)"""  # noqa: S608
# The person's row is held, so that of two appointments at the same moment the second sees the first.
OFFICE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION branchlife_one_office() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM {USER} WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF {CLASH} THEN
        RAISE EXCEPTION '{OFFICE_SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def meeting_guards() -> Iterator[Guard]:
    yield from _one_office()
    yield from append_only(Archive._meta.db_table, "An archived record is never changed or deleted.")
    yield from append_only(Addendum._meta.db_table, "An addendum is never changed or deleted.")
    yield from _frozen_meeting()
    for part in PARTS:
        yield from frozen_part(part)


def _one_office() -> Iterator[Guard]:
    for event in ("INSERT", "UPDATE"):
        yield Guard(
            name=f"one_office_{event.lower()}",
            table=APPOINTMENT,
            sqlite=f"AFTER {event} ON {APPOINTMENT} WHEN {CLASH}"
            f" BEGIN SELECT RAISE(ABORT, '{OFFICE_SENTENCE}'); END",
            postgresql=f"AFTER {event} ON {APPOINTMENT} FOR EACH ROW"
            " EXECUTE FUNCTION branchlife_one_office()",
            function=OFFICE_FUNCTION,
        )


# --- an accepted record -------------------------------------------------------------------------
#
# From its acceptance on nothing of a record changes but what follows it up (``Part.free``); once it is
# archived that is closed, too, and nothing is added any more. What came in from an old ledger was accepted by
# nobody here: it may be imported again, corrected, until it is archived.

MEETING = Meeting._meta.db_table
FROZEN_SENTENCE = "The record is accepted: it is corrected by an addendum only."
FROZEN = ", ".join(f"'{state.value}'" for state in ACCEPTED_STATES)
ARCHIVED = f"'{MeetingState.ARCHIVED.value}'"
IMPORTED = f"'{RecordSource.IMPORT.value}'"
FREE_OF_MEETING = ("state", "version")


@dataclass(frozen=True)
class Part:
    """A table whose rows belong to a meeting. ``meeting`` is the SQL of its id, with {row} for the row;
    ``free`` are the columns that may still change until the record is archived."""

    model: type[models.Model]
    meeting: str = "{row}.meeting_id"
    free: tuple[str, ...] = ()
    from_state: str = FROZEN  # in these states the rest is frozen
    grows: bool = False  # rows may still be added to an archived record

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def state(self, row: str) -> str:
        """The state of the meeting of a row; of one imported and not archived yet, none that is closed."""
        meeting = self.meeting.format(row=row)
        state = f"CASE WHEN source = {IMPORTED} AND state <> {ARCHIVED} THEN '' ELSE state END"
        return f"(SELECT {state} FROM {MEETING} WHERE id = {meeting})"  # noqa: S608


VIA_VOTE = f"(SELECT meeting_id FROM {Resolution._meta.db_table} WHERE id = {{row}}.resolution_id)"  # noqa: S608
PARTS = (
    Part(MeetingPart),
    # Made good afterwards; changes neither presence nor quorum.
    Part(Attendance, free=("caught_up_on", "catch_up_note")),
    Part(Resolution),
    Part(Candidate, VIA_VOTE),
    Part(WrittenOpinion, VIA_VOTE),
    Part(Attachment),
    # What was agreed is followed up until the record is put away.
    Part(MeetingStep, from_state=ARCHIVED),
)


def _changed(model: type[models.Model], free: tuple[str, ...], vendor: str) -> str:
    """The condition that a column other than the free ones has another value. A column added later is
    frozen unless somebody says otherwise."""
    differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    columns = [field.column for field in model._meta.local_concrete_fields if field.name not in free]
    return "(" + " OR ".join(f'NEW."{each}" {differs} OLD."{each}"' for each in columns) + ")"


def _frozen_meeting() -> Iterator[Guard]:
    def touched(vendor: str) -> str:
        return (
            f"OLD.state = {ARCHIVED} OR OLD.state IN ({FROZEN}) AND OLD.source <> {IMPORTED}"
            f" AND (NEW.state NOT IN ({FROZEN}) OR {_changed(Meeting, FREE_OF_MEETING, vendor)})"
        )

    gone = f"OLD.state = {ARCHIVED} OR OLD.state IN ({FROZEN}) AND OLD.source <> {IMPORTED}"
    yield _row_guard(MEETING, "UPDATE", touched)
    yield _row_guard(MEETING, "DELETE", lambda vendor: gone)
    yield no_truncate(MEETING, FROZEN_SENTENCE)


def frozen_part(part: Part) -> Iterator[Guard]:
    def touched(vendor: str) -> str:
        return (
            f"{part.state('OLD')} = {ARCHIVED} OR {part.state('NEW')} = {ARCHIVED}"
            f" OR (({part.state('OLD')} IN ({part.from_state}) OR {part.state('NEW')} IN ({part.from_state}))"
            f" AND {_changed(part.model, part.free, vendor)})"
        )

    yield _row_guard(part.table, "UPDATE", touched)
    yield _row_guard(part.table, "DELETE", lambda vendor: f"{part.state('OLD')} IN ({part.from_state})")
    if not part.grows:
        yield _no_addition(part)
    yield no_truncate(part.table, FROZEN_SENTENCE)


def _row_guard(table: str, event: str, condition: Callable[[str], str]) -> Guard:
    function = f"branchlife_frozen_{table}_{event.lower()}"
    return Guard(
        name=f"frozen_{table}_{event.lower()}",
        table=table,
        sqlite=f"BEFORE {event} ON {table} WHEN {condition('sqlite')}"
        f" BEGIN SELECT RAISE(ABORT, '{FROZEN_SENTENCE}'); END",
        postgresql=f"BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        function=_function(function, condition("postgresql"), "OLD" if event == "DELETE" else "NEW"),
    )


def _no_addition(part: Part) -> Guard:
    """On PostgreSQL once for a statement: large imports insert thousands of rows at a time."""
    function = f"branchlife_frozen_{part.table}_insert"
    some = f"EXISTS (SELECT 1 FROM added WHERE {part.state('added')} = {ARCHIVED})"  # noqa: S608
    return Guard(
        name=f"frozen_{part.table}_insert",
        table=part.table,
        sqlite=f"BEFORE INSERT ON {part.table} WHEN {part.state('NEW')} = {ARCHIVED}"
        f" BEGIN SELECT RAISE(ABORT, '{FROZEN_SENTENCE}'); END",
        postgresql=f"AFTER INSERT ON {part.table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT"
        f" EXECUTE FUNCTION {function}()",
        function=_function(function, some, "NULL"),
    )


def _function(name: str, condition: str, result: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RAISE EXCEPTION '{FROZEN_SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN {result};
END $$
"""
