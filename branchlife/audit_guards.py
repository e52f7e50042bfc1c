"""The audit trail only grows: the database refuses everything else."""

from collections.abc import Iterator

from branchlife.guards import Guard, append_only, refusing
from branchlife.models import AuditAnchor, AuditEvent, AuditHead

HEAD = AuditHead._meta.db_table
STEPS_SENTENCE = "The head of an audit chain moves on by one event at a time."
HEAD_FUNCTION = f"""
CREATE OR REPLACE FUNCTION branchlife_audit_head_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1 THEN
        RAISE EXCEPTION '{STEPS_SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def audit_guards() -> Iterator[Guard]:
    yield from append_only(AuditEvent._meta.db_table, "Audit events are never changed or deleted.")
    yield from append_only(AuditAnchor._meta.db_table, "Audit anchors are never changed or deleted.")
    yield refusing(HEAD, "DELETE", "The head of an audit chain is never deleted.")
    yield Guard(
        name="audit_head_steps",
        table=HEAD,
        sqlite=f"BEFORE UPDATE ON {HEAD} WHEN NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1"
        f" BEGIN SELECT RAISE(ABORT, '{STEPS_SENTENCE}'); END",
        postgresql=f"BEFORE UPDATE ON {HEAD} FOR EACH ROW EXECUTE FUNCTION branchlife_audit_head_steps()",
        function=HEAD_FUNCTION,
    )
