"""Celery: carries wake-up calls. What must happen is written in the database (see the reminder ledger)."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "branchlife.settings")

app = Celery("branchlife")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

for _folder in ("data_folder_in", "processed_folder", "control_folder"):
    _options = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})
    if _folder in _options:
        Path(_options[_folder]).mkdir(parents=True, exist_ok=True)


@worker_init.connect
def require_secret_key(**kwargs: object) -> None:
    """Links in mails are signed; a worker with a key of its own would sign links nobody accepts."""
    if settings.SECRET_KEY_IS_EPHEMERAL:
        raise SystemExit("SECRET_KEY is not set: set it in the environment before starting the worker.")


@worker_ready.connect
def catch_up(**kwargs: object) -> None:
    """What fell due while no worker ran is done at once, not after the clock's first round."""
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    for entry in schedule.values():
        app.send_task(entry["task"], **entry.get("options", {}))
