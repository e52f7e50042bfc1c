"""The settings of a test run for a web server of its own. WITHOUT_TRANSACTIONS=1 takes the guard away: every
statement is for good at once. DEFERRED=1 begins SQLite's transactions as Django does by itself."""

import os

from django.db.transaction import Atomic

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

if os.environ.get("WITHOUT_TRANSACTIONS"):
    Atomic.__enter__ = lambda self: None  # type: ignore[method-assign]
    Atomic.__exit__ = lambda self, *raised: None  # type: ignore[method-assign]
if os.environ.get("DEFERRED"):
    DATABASES["default"]["OPTIONS"] = {"timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"}
