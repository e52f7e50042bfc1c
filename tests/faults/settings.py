"""The real settings for workers that are to be killed. FAULT: point, whom to kill (child or parent) and a file
that is there until it happened once."""

import os
import signal
from datetime import timedelta
from pathlib import Path

from branchlife import failpoints
from branchlife.settings import *  # noqa: F403
from branchlife.settings import CELERY_BEAT_SCHEDULE

REMINDER_LEASE = timedelta(seconds=2)
if every := os.environ.get("FAULT_BEAT_EVERY"):
    CELERY_BEAT_SCHEDULE["poke-reminders"]["schedule"] = float(every)


def _kill() -> None:
    mark = Path(os.environ["FAULT_MARK"])
    if mark.exists():
        mark.unlink()
        if os.environ["FAULT_WHOM"] == "parent":
            os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


if point := os.environ.get("FAULT_POINT"):
    failpoints.arm(point, _kill)
