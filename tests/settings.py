"""The settings of a test run: the real ones, read from an environment that is set here.

Only DATABASE_URL is taken from outside (SQLite when absent). Everything else a developer may have
exported is replaced, so that a run means the same on every machine.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="branchlife-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

_OTHERS = ("REDIS_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SITE_URL", "BEHIND_PROXY", "EMAIL_USE_TLS")
_KEYS = ("FIELD_KEYS", "INDEX_KEY", "PASSWORD_PROFILE", "SESSION_IDLE_MINUTES", "SESSION_LONGEST_HOURS")
for _name in (*_OTHERS, *_KEYS, "DEFAULT_FROM_EMAIL", "AUDIT_ANCHOR_FILE"):
    os.environ.pop(_name, None)
os.environ |= {
    "SECRET_KEY": "only-for-tests-" + "x" * 40,
    "AUDIT_KEY": "test:" + "k" * 40,
    "DEBUG": "0",
    "DEMO": "0",
    # On by default; here each test of a reviewer would have to bring a phone. tests/branchlife turns it on.
    "SECOND_FACTOR": "0",
    "DATA_DIR": _folder,
    "EMAIL_URL": "locmem://",
    "LOG_LEVEL": "WARNING",
}

from branchlife.settings import *  # noqa: E402, F403
from branchlife.settings import DATABASES, STATICFILES_DIRS, STORAGES  # noqa: E402

# Threads (the live server, the races) need a database that several connections share without
# table locks: a file, never SQLite's shared memory.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_folder) / "test.sqlite3")}

# What a browser test adds to a page: the browser keeps a script of the site itself, and keeps it compiled.
STATICFILES_DIRS = [*STATICFILES_DIRS, Path(__file__).parent / "browser" / "vendor"]

# Nobody collects static files for a test.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# A real hash takes 0.2 s and every test signs somebody in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
