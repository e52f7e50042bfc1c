"""The settings of a test run for a web server of its own.

WITHOUT_TRANSACTIONS=1 takes the guard away: every statement is for good at once. DEFERRED=1 begins SQLite's
transactions as Django does by itself. SLOW_WRITES=1 rests before each statement that writes, so that a process
is killed in the middle of its writing on a fast machine, too.
"""

import os
import time
from typing import Any

from django.db.backends.signals import connection_created
from django.db.transaction import Atomic

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

if os.environ.get("WITHOUT_TRANSACTIONS"):
    Atomic.__enter__ = lambda self: None  # type: ignore[method-assign]
    Atomic.__exit__ = lambda self, *raised: None  # type: ignore[method-assign]
if os.environ.get("DEFERRED"):
    DATABASES["default"]["OPTIONS"] = {"timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"}


def rest_before_writing(execute: Any, sql: str, *facts: Any) -> Any:
    if sql.startswith(("INSERT", "UPDATE", "DELETE")):
        time.sleep(0.004)
    return execute(sql, *facts)


def write_slowly(connection: Any, **_facts: Any) -> None:
    connection.execute_wrappers.append(rest_before_writing)


if os.environ.get("SLOW_WRITES"):
    connection_created.connect(write_slowly)
