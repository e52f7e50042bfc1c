"""Looking over the audit trail for what cannot be right."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.apps import apps
from django.utils import timezone

from branchlife.models import AuditEvent

ACTION = re.compile(r"[a-z_]+(\.[a-z_]+)+")
# A request takes its time when it begins and its number when it writes, so two that overlap in one
# chain may stand the other way round.
OVERLAP = timedelta(minutes=1)


@dataclass(frozen=True)
class Fault:
    event_id: int
    sentence: str

    def __str__(self) -> str:
        return f"event {self.event_id}: {self.sentence}"


@dataclass
class AuditReport:
    events: int = 0
    chains: int = 0
    faults: list[Fault] = field(default_factory=list)


def check_audit(*, now: datetime | None = None) -> AuditReport:
    """Every event well-formed, none from the future, and in each chain one after the other.

    A missing or altered event leaves no trace yet: that takes a chain of hashes.
    """
    report = AuditReport()
    last: dict[str, datetime] = {}
    latest = (now or timezone.now()) + OVERLAP
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=2000):
        report.events += 1
        report.faults += [Fault(event.pk, sentence) for sentence in _malformed(event)]
        if event.at > latest:
            report.faults.append(Fault(event.pk, "lies in the future"))
        if event.at + OVERLAP < last.get(event.chain, event.at):
            report.faults.append(Fault(event.pk, f"is older than the one before it in chain {event.chain!r}"))
        last[event.chain] = max(event.at, last.get(event.chain, event.at))
    report.chains = len(last)
    return report


def _malformed(event: AuditEvent) -> Iterator[str]:
    if not ACTION.fullmatch(event.action):
        yield f"{event.action!r} is not an action"
    if not _is_model(event.subject_type):
        yield f"{event.subject_type!r} is not a kind of thing there is"
    if not event.subject_id or not event.subject_label:
        yield "names no subject"
    if not isinstance(event.difference, dict):
        yield "has a difference that is not a table"
    if event.request_id and not _is_uuid(event.request_id):
        yield f"{event.request_id!r} is not the number of a request"


def _is_model(label: str) -> bool:
    try:
        apps.get_model(label)
    except (LookupError, ValueError):
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
