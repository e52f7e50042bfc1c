"""What the database itself refuses about the branches' life and those who look after it."""

from collections.abc import Iterator

from branchlife.guards import Guard
from branchlife.models import User
from meetings.enums import OFFICES
from meetings.models import Appointment

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
