"""How a record came to be accepted is as frozen as the record itself."""

from collections.abc import Iterator

from branchlife.guards import Guard
from meetings.guards import Part, frozen_part
from reviews.models import Finding, Transition

VIA_STEP = f"(SELECT meeting_id FROM {Transition._meta.db_table} WHERE id = {{row}}.transition_id)"  # noqa: S608

# The step that archives is itself written after the record is archived.
REVIEW_PARTS = (Part(Transition, grows=True), Part(Finding, VIA_STEP, grows=True))


def review_guards() -> Iterator[Guard]:
    for part in REVIEW_PARTS:
        yield from frozen_part(part)
