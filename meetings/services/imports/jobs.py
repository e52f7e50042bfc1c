"""Imports by way of the site: uploaded, checked, looked over by a person, applied by the worker.

The job row says what is to be done, so a lost or doubled message changes nothing. The file is kept
privately until the import is applied or discarded.
"""

import logging
import os
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from branchlife.audit import record_event
from branchlife.celery import app
from branchlife.models import Job, User
from branchlife.models.job import JobState
from meetings.services.imports.report import ImportRefused, ImportReport
from meetings.services.imports.run import ImportRequest, apply_import, plan_import
from meetings.workbooks.problems import WorkbookRefused
from meetings.workbooks.text import plain

KIND = "import"
CHECK, APPLY = "check", "apply"
STEPS = 3  # waiting, read, written
NOTES_KEPT = 300
CHECKED_AT_ONCE = 512 * 1024
# A worker that was killed leaves its job running; what it did was rolled back.
GIVEN_UP_AFTER = timedelta(minutes=20)
FORGOTTEN_AFTER = timedelta(days=7)

logger = logging.getLogger(__name__)


class Stage(StrEnum):
    """Where an import stands, for its page."""

    WAITING = "waiting"
    CHECKED = "checked"
    REFUSED = "refused"
    DONE = "done"
    FAILED = "failed"


def stage_of(job: Job) -> Stage:
    if job.state == JobState.FAILED:
        return Stage.FAILED
    if job.state != JobState.DONE:
        return Stage.WAITING
    if "refused" in job.result:
        return Stage.REFUSED
    return Stage.DONE if job.parameters["step"] == APPLY else Stage.CHECKED


def imports_of(user: User) -> QuerySet[Job]:
    """One's own uploads: previews hold personal data, so nobody else's are shown."""
    return Job.objects.filter(kind=KIND, owner=user)


class JobMoved(Exception):
    """Somebody (or a second click) was faster: the job is no longer where the step begins."""


def receive_import(
    *, kind: str, file: File, filename: str, year: int | None, actor: User, now: datetime | None = None
) -> Job:
    """Keep the file and check it: a small one at once, a large one by the worker."""
    job = _submit(kind=kind, file=file, filename=filename, year=year, actor=actor, now=now)
    if (file.size or 0) <= CHECKED_AT_ONCE:
        run_import(job_id=job.pk)
        job.refresh_from_db()
    else:
        transaction.on_commit(wake_worker)
    return job


@transaction.atomic
def _submit(
    *, kind: str, file: File, filename: str, year: int | None, actor: User, now: datetime | None = None
) -> Job:
    parameters = {"kind": kind, "file": _store(file), "year": year, "step": CHECK}
    job = Job.objects.create(
        kind=KIND, owner=actor, title=plain(filename)[:200], parameters=parameters, steps_total=STEPS
    )
    record_event(actor=actor, action="import.upload", subject=job, difference={"kind": kind}, now=now)
    return job


@transaction.atomic
def confirm_import(*, job: Job, skip_invalid: bool, actor: User, now: datetime | None = None) -> Job:
    """Queue the checked import for good. Raises JobMoved unless it is checked and waiting."""
    errors = job.result.get("error_count", 0)
    if job.result.get("refused") or (errors and not skip_invalid):
        raise JobMoved
    parameters = job.parameters | {"step": APPLY, "skip_invalid": skip_invalid}
    checked = Job.objects.filter(pk=job.pk, state=JobState.DONE, parameters__step=CHECK)
    if not checked.update(state=JobState.QUEUED, parameters=parameters, steps_done=0):
        raise JobMoved
    record_event(
        actor=actor, action="import.confirm", subject=job, difference={"skip_invalid": skip_invalid}, now=now
    )
    transaction.on_commit(wake_worker)
    job.refresh_from_db()
    return job


@transaction.atomic
def discard_import(*, job: Job, actor: User, now: datetime | None = None) -> None:
    """Forget an import that was not applied, and its file. Raises JobMoved if the worker has it."""
    record_event(actor=actor, action="import.discard", subject=job, now=now)
    waiting = Job.objects.filter(pk=job.pk, parameters__step=CHECK).exclude(state=JobState.RUNNING)
    if not waiting.delete()[0]:
        raise JobMoved
    transaction.on_commit(lambda: _remove_file(job))


def run_waiting_imports(*, now: datetime | None = None) -> int:
    """Do everything that is queued, oldest first; returns how many. Forgets what nobody confirmed."""
    now = now or timezone.now()
    imports = Job.objects.filter(kind=KIND)
    imports.filter(state=JobState.RUNNING, started_at__lt=now - GIVEN_UP_AFTER).update(state=JobState.QUEUED)
    _forget(now)
    return sum(
        run_import(job_id=key)
        for key in imports.filter(state=JobState.QUEUED).order_by("id").values_list("pk", flat=True)
    )


def wake_worker() -> None:
    """Only makes it quicker: the clock comes by every minute, and what is queued stays queued."""
    try:
        app.send_task("meetings.run_imports")
    except OperationalError:
        logger.warning("The broker cannot be reached; the import waits for the clock.")


def run_import(*, job_id: int) -> bool:
    """Take one queued job and do it; False if somebody else has taken it."""
    claimed = Job.objects.filter(pk=job_id, state=JobState.QUEUED)
    if not claimed.update(state=JobState.RUNNING, started_at=timezone.now(), steps_done=0):
        return False
    job = Job.objects.select_related("owner").get(pk=job_id)
    with translation.override(job.owner.language or settings.LANGUAGE_CODE):
        try:
            _do(job)
        except WorkbookRefused as refused:
            _finish(job, JobState.DONE, {"refused": str(refused)})
        except Exception:  # the worker goes on with the next one whatever happened here
            logger.exception("import %s failed", job.pk)
            _finish(job, JobState.FAILED, job.result, _("The import failed; nothing was written."))
    return True


def _do(job: Job) -> None:
    with _path(job).open("rb") as file:
        request = _request(job, file)
        if job.parameters["step"] == CHECK:
            _finish(job, JobState.DONE, _result(plan_import(request=request)))
            return
        try:
            report = apply_import(
                request=request,
                skip_invalid=job.parameters["skip_invalid"],
                when_read=lambda: _progress(job, 1),
            )
        except ImportRefused as refused:
            # Something changed since it was checked: show it again.
            job.parameters |= {"step": CHECK}
            _finish(job, JobState.DONE, _result(refused.report) | {"changed": True})
            return
    _finish(job, JobState.DONE, _result(report) | {"preview": {}})
    _remove_file(job)


def _request(job: Job, file: BinaryIO) -> ImportRequest:
    return ImportRequest(kind=job.parameters["kind"], file=file, actor=job.owner, year=job.parameters["year"])


def _result(report: ImportReport) -> dict[str, Any]:
    """What the page shows; a file with nothing but errors must not fill the database."""
    whole = report.as_dict()
    return whole | {
        "errors": whole["errors"][:NOTES_KEPT],
        "warnings": whole["warnings"][:NOTES_KEPT],
        "error_count": len(report.errors),
        "warning_count": len(report.warnings),
        "good_rows": report.good_rows,
        "bad_rows": report.bad_rows,
        "sheet": report.sheet,
        "header_row": report.header_row,
        "preview": {"headings": report.preview.headings, "rows": report.preview.rows},
    }


def _progress(job: Job, steps: int) -> None:
    Job.objects.filter(pk=job.pk).update(steps_done=steps)


def _finish(job: Job, state: str, result: dict[str, Any], message: str = "") -> None:
    job.state, job.result, job.message = state, result, message
    job.steps_done, job.finished_at = job.steps_total, timezone.now()
    job.save(update_fields=["state", "result", "message", "parameters", "steps_done", "finished_at"])


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(job: Job) -> Path:
    return _folder() / str(job.parameters["file"])


def _store(file: File) -> str:
    """Under a name of our own; what the sender calls it never touches the disk."""
    name = f"{uuid4()}.xlsx"
    descriptor = os.open(_folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stored:
        for chunk in file.chunks():
            stored.write(chunk)
    return name


def _remove_file(job: Job) -> None:
    _path(job).unlink(missing_ok=True)


def _forget(now: datetime) -> None:
    """Uploads that were never confirmed, and files whose job is gone."""
    old = Job.objects.filter(kind=KIND, parameters__step=CHECK, created_at__lt=now - FORGOTTEN_AFTER)
    old.exclude(state=JobState.RUNNING).delete()
    known = set(Job.objects.filter(kind=KIND).values_list("parameters__file", flat=True))
    limit = (now - timedelta(hours=1)).timestamp()
    for path in _folder().iterdir():
        if path.name not in known and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
