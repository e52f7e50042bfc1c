"""Files beside a record: taken in after they were judged, given out, removed while the record is open."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import RECORD_OPEN
from meetings.models import Attachment, Meeting
from meetings.rules import keeps_record_of
from meetings.uploads import Upload, judge_upload

MOST = 20  # of one meeting
LEFT_ALONE = timedelta(days=1)  # a file somebody may be taking in right now


class RecordClosed(Exception):
    """The record was accepted or handed in meanwhile: its files stay as they are."""


def path_of(meeting: int, digest: str) -> Path:
    """Outside everything the web server gives out by itself."""
    return Path(settings.MEDIA_ROOT) / "attachments" / str(meeting) / digest


def add_attachment(
    *, meeting: Meeting, file: BinaryIO, name: str, actor: User, now: datetime | None = None
) -> Attachment:
    """Judge the file and keep it. Raises UploadRefused, ValidationError, RecordClosed, PermissionDenied;
    then nothing of it is left."""
    _check_open(meeting, actor)
    upload = judge_upload(file, name)
    digest = hashlib.sha256(upload.content).hexdigest()
    with _gone_if_it_fails(meeting.pk, digest), transaction.atomic():
        _lock(meeting)
        _check_open(Meeting.objects.get(pk=meeting.pk), actor)
        _check_room(meeting, digest)
        _store(path_of(meeting.pk, digest), upload.content)
        return _write(meeting, upload, digest, actor, now or timezone.now())


def _write(meeting: Meeting, upload: Upload, digest: str, actor: User, now: datetime) -> Attachment:
    attachment = Attachment.objects.create(
        meeting=meeting, name=upload.name, kind=upload.kind, digest=digest, size=len(upload.content),
        uploaded_by=actor, uploaded_at=now,
    )  # fmt: skip
    record_event(
        actor=actor, action="attachment.add", subject=attachment, chain=meeting.organization.chain, now=now,
        difference={"meeting": meeting.pk, "digest": digest},
    )  # fmt: skip
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: Attachment, actor: User, now: datetime | None = None) -> None:
    """While the record is open. Raises RecordClosed, PermissionDenied."""
    meeting = attachment.meeting
    _lock(meeting)
    _check_open(Meeting.objects.get(pk=meeting.pk), actor)
    record_event(
        actor=actor, action="attachment.remove", subject=attachment, chain=meeting.organization.chain, now=now,
        difference={"meeting": meeting.pk, "digest": attachment.digest},
    )  # fmt: skip
    digest = attachment.digest
    attachment.delete()
    transaction.on_commit(lambda: _forget(meeting.pk, digest))


def forget_orphans(now: datetime | None = None) -> int:
    """Files no row speaks of: what a process that was killed in between left behind."""
    limit = ((now or timezone.now()) - LEFT_ALONE).timestamp()
    folder, forgotten = Path(settings.MEDIA_ROOT) / "attachments", 0
    known = {path_of(*row) for row in Attachment.objects.values_list("meeting_id", "digest")}
    for file in folder.glob("*/*"):
        if file not in known and file.stat().st_mtime < limit:
            file.unlink(missing_ok=True)
            forgotten += 1
    return forgotten


def _check_open(meeting: Meeting, actor: User) -> None:
    if not keeps_record_of(actor, meeting):
        raise PermissionDenied
    if meeting.state not in RECORD_OPEN:
        raise RecordClosed


def _check_room(meeting: Meeting, digest: str) -> None:
    if meeting.attachments.filter(digest=digest).exists():
        raise ValidationError(_("This file is here already."))
    if meeting.attachments.count() >= MOST:
        raise ValidationError(_("A record has at most %(count)s files.") % {"count": MOST})


def _lock(meeting: Meeting) -> None:
    list(Meeting.objects.filter(pk=meeting.pk).select_for_update(no_key=True).values_list("pk"))


@contextmanager
def _gone_if_it_fails(meeting: int, digest: str) -> Iterator[None]:
    """A file without its row is nobody's. Whoever sends the same file twice keeps the first."""
    try:
        yield
    except BaseException:
        _forget(meeting, digest)
        raise


def _store(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.parent / f".{uuid4().hex}"
    try:
        with unfinished.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _forget(meeting: int, digest: str) -> None:
    if not Attachment.objects.filter(meeting=meeting, digest=digest).exists():
        path_of(meeting, digest).unlink(missing_ok=True)
