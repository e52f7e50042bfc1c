"""Celery in the shape of a real site: what it must not forget, do twice at once, or wait for."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "accept_content", "task_serializer", "task_ignore_result", "task_acks_late", "task_reject_on_worker_lost",
    "task_time_limit", "worker_prefetch_multiplier", "worker_soft_shutdown_timeout", "broker_transport_options",
    "broker_connection_max_retries", "broker_connection_retry_on_startup",
)  # fmt: skip
PROGRAM = f"""
import json, django
django.setup()
from branchlife.celery import app
app.loader.import_default_modules()
late = sorted(name for name, task in app.tasks.items() if task.acks_late)
print(json.dumps({{name: app.conf[name] for name in {NAMES!r}}} | {{"late": late}}))
"""


@pytest.fixture(scope="module")
def conf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """As a worker with Redis reads it."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "branchlife.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": "x" * 50,
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DATABASE_URL": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=os.environ | ours, cwd=ROOT, capture_output=True, check=True
    )
    return json.loads(done.stdout)


def test_only_json(conf: dict[str, Any]) -> None:
    assert (conf["accept_content"], conf["task_serializer"]) == (["json"], "json")
    assert conf["task_ignore_result"] is True


def test_a_slow_task_is_ended_before_redis_gives_it_to_another_worker(conf: dict[str, Any]) -> None:
    assert 0 < conf["task_time_limit"] < conf["broker_transport_options"]["visibility_timeout"]


def test_calls_of_the_hour_are_acknowledged_when_done_the_others_when_taken(conf: dict[str, Any]) -> None:
    assert conf["late"] == [
        "branchlife.anchor_audit",
        "branchlife.tidy",
        "branchlife.verify_audit",
        "meetings.sync_obligations",
        "meetings.tidy_attachments",
        "reviews.archive_records",
    ]
    assert (conf["task_acks_late"], conf["task_reject_on_worker_lost"]) == (False, False)
    assert conf["worker_prefetch_multiplier"] == 1


def test_a_worker_ends_softly_and_waits_for_redis_for_ever(conf: dict[str, Any]) -> None:
    assert conf["worker_soft_shutdown_timeout"] > 0
    assert conf["broker_connection_max_retries"] is None
    assert conf["broker_connection_retry_on_startup"] is True
    assert conf["broker_transport_options"]["socket_connect_timeout"] <= 5
