"""Whether accepted records are still what was accepted: rows, archived text, addenda, files, and what the
audit trail says of them."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from branchlife.audit_check import Fault
from branchlife.models import AuditEvent
from meetings.enums import ACCEPTED_STATES, MeetingState
from meetings.models import Archive, Meeting
from meetings.services.archive import (
    addendum_digest,
    content_of,
    record_digest,
    with_content,
    without_names,
)
from meetings.services.attachments import path_of

BATCH = 200  # records read together
TOLD = ("meeting.accept", "meeting.archive", "meeting.addendum")
Told = dict[str, dict[str, Any]]  # by action, of an addendum with its number: what the event says


def check_records() -> Iterator[Fault]:
    """Every accepted or archived record, one fault each. Reads some hundred of them at a time."""
    last = 0
    while batch := list(
        with_content(Meeting.objects.filter(state__in=ACCEPTED_STATES, pk__gt=last))
        .select_related("archive")
        .prefetch_related("addenda")
        .order_by("pk")[:BATCH]
    ):
        told = _told([meeting.pk for meeting in batch])
        for meeting in batch:
            if sentence := next(_faults(meeting, told[meeting.pk]), ""):
                yield Fault(f"record {meeting.pk}", sentence)
        last = batch[-1].pk
    for archive in Archive.objects.exclude(meeting__state=MeetingState.ARCHIVED):
        yield Fault(f"record {archive.meeting_id}", "was archived and is no longer")


def _told(meetings: list[int]) -> dict[int, Told]:
    """What the trail says, the latest word on each."""
    events = AuditEvent.objects.filter(
        subject_type="meetings.meeting", subject_id__in=[str(pk) for pk in meetings], action__in=TOLD
    )
    told: dict[int, Told] = defaultdict(dict)
    for action, subject, difference in events.order_by("pk").values_list(
        "action", "subject_id", "difference"
    ):
        told[int(subject)][f"{action} {difference.get('number', '')}".strip()] = difference
    return told


def _faults(meeting: Meeting, told: Told) -> Iterator[str]:
    content = content_of(meeting)
    if meeting.state == MeetingState.ARCHIVED:
        yield from _archive_faults(getattr(meeting, "archive", None), content, told)
    elif (accepted := told.get("meeting.accept")) and accepted.get("record") != record_digest(content):
        yield "is not what was accepted"
    yield from _addendum_faults(meeting, told)
    yield from _file_faults(meeting)


def _archive_faults(archive: Archive | None, content: dict[str, Any], told: Told) -> Iterator[str]:
    if archive is None:
        yield "is archived, but nothing was put away"
        return
    if hashlib.sha256(archive.content.encode()).hexdigest() != archive.digest:
        yield "its archived text was changed: the digest does not fit"
    if told.get("meeting.archive", {}).get("digest") != archive.digest:
        yield "its digest is not the one the audit trail knows"
    kept, now = without_names(json.loads(archive.content)), without_names(content)
    if differing := [name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name)]:
        yield f"is not what was archived: {', '.join(sorted(differing))}"


def _addendum_faults(meeting: Meeting, told: Told) -> Iterator[str]:
    previous = ""
    for number, addendum in enumerate(meeting.addenda.all(), start=1):
        if addendum.number != number or addendum.digest != addendum_digest(addendum, previous):
            yield f"addendum {number} is not the one that was written"
        if told.get(f"meeting.addendum {number}", {}).get("digest") != addendum.digest:
            yield f"addendum {number} is not the one the audit trail knows"
        previous = addendum.digest
    if f"meeting.addendum {meeting.addenda.count() + 1}" in told:
        yield "an addendum is gone"


def _file_faults(meeting: Meeting) -> Iterator[str]:
    for file in meeting.attachments.all():
        path = path_of(meeting.pk, file.digest)
        if not path.exists():
            yield f"the file “{file.name}” is gone"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.digest:
            yield f"the file “{file.name}” was changed"


@dataclass(frozen=True)
class Verdict:
    """What the check of one printed digest found. ``archive`` is None where nobody knows the digest."""

    archive: Archive | None
    fault: str = ""

    @property
    def matches(self) -> bool:
        return self.archive is not None and not self.fault


def verify_digest(digest: str) -> Verdict:
    """The record this digest was printed for, and whether it is still word for word what was archived."""
    archive = (
        Archive.objects.filter(digest__startswith=digest).select_related("meeting__organization").first()
    )
    if archive is None:
        return Verdict(None)
    [meeting] = (
        with_content(Meeting.objects.filter(pk=archive.meeting_id))
        .select_related("archive")
        .prefetch_related("addenda")
    )
    return Verdict(archive, next(_faults(meeting, _told([meeting.pk])[meeting.pk]), ""))
