"""Reading the audit trail: the audit officer's pages, and taking a part of it away with a stated purpose."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from django.db import transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.cells import csv_cell
from branchlife.models import AuditEvent, User
from meetings.enums import Role
from meetings.models import Organization
from meetings.models.organization import chain_name
from meetings.scope import scope_of

MOST = 50_000  # events of one export
COLUMNS = ("at", "actor_label", "action", "subject_type", "subject_id", "chain", "number", "address")


def watched(user: User) -> QuerySet[Organization]:
    """The organizations below the audit officer's place."""
    places: QuerySet[Organization] = Organization.objects.filter(
        scope_of(user).within(roles=(Role.AUDIT_OFFICER,))
    )
    return places


def events_for(user: User) -> QuerySet[AuditEvent]:
    """Events of the officer's organizations; what belongs to none (sign-ins, accounts, national rules)
    concerns everybody, so it is for whoever watches over every tree."""
    roots = set(Organization.objects.filter(depth=1).values_list("path", flat=True))
    if roots and roots <= set(scope_of(user).paths(Role.AUDIT_OFFICER)):
        return AuditEvent.objects.all()
    # ``chain_name`` in the database's words: the page asks once.
    names = watched(user).values_list(Concat(Value(chain_name("")), Cast("pk", CharField())), flat=True)
    return AuditEvent.objects.filter(chain__in=names)


@transaction.atomic
def export_events(
    *, events: QuerySet[AuditEvent], purpose: str, actor: User, now: datetime | None = None
) -> str:
    """The events as CSV, at most ``MOST``, the newest first; who took them and what for is an event itself.
    No cell is a formula, and nothing tells what a record says: an officer sees that it changed, not how."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "changed", "digest"])
    lines = 0
    for row in _rows(events):
        writer.writerow(row)
        lines += 1
    place = scope_of(actor).offices[0]
    record_event(
        actor=actor, action="audit.export", subject=actor, chain=chain_name(place.organization_id), now=now,
        difference={"purpose": purpose, "events": lines},
    )  # fmt: skip
    return out.getvalue()


def _rows(events: QuerySet[AuditEvent]) -> Iterator[list[object]]:
    for event in events.order_by("-pk")[:MOST].iterator(chunk_size=2000):
        values = [getattr(event, name) for name in COLUMNS[1:]]
        at = timezone.localtime(event.at).isoformat(timespec="seconds")
        changed = ", ".join(event.difference)
        yield [csv_cell(each) for each in (at, *values, changed, event.digest)]
