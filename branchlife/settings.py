"""The one settings module. Everything that differs between sites comes from the environment."""

import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from branchlife import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.boolean("DEBUG")
# Local demonstration: the sign-in page offers the demo people. Never set it on a real site.
DEMO = env.boolean("DEMO")

# Management commands need a key but sign nothing that outlives them; the web server refuses
# to start without a real one (branchlife/wsgi.py).
SECRET_KEY_IS_EPHEMERAL = not env.text("SECRET_KEY")
SECRET_KEY = env.text("SECRET_KEY") or secrets.token_urlsafe(50)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "branchlife",
    "meetings",
    "reviews",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # the widgets' templates, for FORM_RENDERER below
    "crispy_forms",
    "crispy_bootstrap5",
    "axes",
    "csp",
    "django_filters",
    "treebeard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "branchlife.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "branchlife.middleware.RequestFactsMiddleware",
    "branchlife.middleware.CleanInputMiddleware",
    "branchlife.middleware.MethodPageMiddleware",
    "branchlife.door.DoorMiddleware",
    "branchlife.once.OnceMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "branchlife.urls"
WSGI_APPLICATION = "branchlife.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviews.menu.menu",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- data stores -----------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'branchlife.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at the start: Django's default (DEFERRED) fails under
    # concurrent writers because a read lock cannot be upgraded.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON;"
        ),
    }
# Warns of a fixed time of day as a default whenever the clock shows about that time; here it is meant.
SILENCED_SYSTEM_CHECKS = ["fields.W161"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sealed fields (branchlife/sealing.py). Without keys a file in the data folder holds one: it does not depend on
# SECRET_KEY, which a command may be run without.
FIELD_KEYS = env.words("FIELD_KEYS")
INDEX_KEY = env.text("INDEX_KEY")
FIELD_KEY_FILE = DATA_DIR / "field-key"
# Seals the audit trail (branchlife/chain.py): "id:secret", the key in use first, older ones after it. Without
# one a key is made in the data folder, which only the demonstration and commands accept.
AUDIT_KEY = env.words("AUDIT_KEY")
AUDIT_KEY_FILE = DATA_DIR / "audit-key"
# A copy of each daily anchor outside the database; put it where the database's administrator cannot write.
AUDIT_ANCHOR_FILE = env.path("AUDIT_ANCHOR_FILE", DATA_DIR / "audit-anchors.jsonl")

REDIS_URL = env.text("REDIS_URL")
MEDIA_ROOT = DATA_DIR / "media"

# --- people ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "branchlife.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "sign_in"

# Password rules (branchlife/passwords.py). asvs: OWASP ASVS 5.0, 6.2; dengbao: GB/T 22239-2019, 8.1.4.1.
_by_dengbao = env.choice("PASSWORD_PROFILE", "asvs", ("asvs", "dengbao")) == "dengbao"
_rules = "branchlife.passwords"
AUTH_PASSWORD_VALIDATORS = [
    *(
        [
            {"NAME": f"{_rules}.LengthValidator", "OPTIONS": {"alone": 10}},
            {"NAME": f"{_rules}.KindsValidator"},
            {"NAME": f"{_rules}.HistoryValidator"},
        ]
        if _by_dengbao
        else [{"NAME": f"{_rules}.LengthValidator"}]
    ),
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["username", "name", "email"]}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": f"{_rules}.SiteWordsValidator"},
]  # fmt: skip
PASSWORD_LASTS = timedelta(days=90) if _by_dengbao else None
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds a first-password link is good for

# Reviewers, administrators and officers sign in with a code from their phone, too.
SECOND_FACTOR = env.boolean("SECOND_FACTOR", default=not DEMO)

# A session ends when it is not used, and in any case after a working day.
SESSION_IDLE = timedelta(minutes=env.integer("SESSION_IDLE_MINUTES", 30))
SESSION_LONGEST = timedelta(hours=env.integer("SESSION_LONGEST_HOURS", 12))

# Five wrong passwords for one name from one address close that pair for a quarter of an hour. The pair, so
# that nobody can lock somebody else out from another place; and not the address alone, because a whole
# office may share one.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "branchlife.middleware.client_address"
AXES_LOCKOUT_CALLABLE = "branchlife.views.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_VERBOSE = AXES_ENABLE_ADMIN = False

# A small place without three officers: the administrator of the committee keeps accounts and roles as well.
COMPACT_OFFICES = env.boolean("COMPACT_OFFICES")

# Days after which an accepted record is archived by itself; the committee may archive it earlier.
ARCHIVE_AFTER_DAYS = env.integer("ARCHIVE_AFTER_DAYS", 30)

# --- language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds; Django's default forgets with the browser's window

# --- static files ----------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
# The demonstration serves the sources at once; a real site runs collectstatic.
WHITENOISE_USE_FINDERS = DEBUG or DEMO
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- security --------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Bootstrap's style sheet carries its arrows and ticks as data: images.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
# A site behind TLS; the demonstration and tests speak plain HTTP on the loopback address.
SECURE_SITE = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SECURE_SITE
BEHIND_PROXY = env.boolean("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SITE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SITE
SECURE_HSTS_PRELOAD = SECURE_SITE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SITE
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "branchlife.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
UPLOAD_MAX_BYTES = 20 * 1024 * 1024

# --- mail ------------------------------------------------------------------------------------

_mail = urlsplit(env.text("EMAIL_URL", "console://"))
EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "smtp": "branchlife.mail.SmtpBackend",
    "smtps": "branchlife.mail.SmtpBackend",
    "locmem": "django.core.mail.backends.locmem.EmailBackend",
}[_mail.scheme]
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20  # seconds; Django's default is to wait for ever
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "branchlife@localhost")

# --- reminders -------------------------------------------------------------------------------

# Longer than a conversation in which every answer comes at the last moment (EMAIL_TIMEOUT each), and longer
# than the mail server keeps an idle client: a sender that slept so long cannot finish its letter any more.
REMINDER_LEASE = timedelta(minutes=10)
REMINDER_FIRST_PAUSE = timedelta(minutes=1)
REMINDER_LONGEST_PAUSE = timedelta(hours=2)
# What was sent, kept outside the database; see docs/reliability.md before restoring a backup.
REMINDER_JOURNAL = env.path("REMINDER_JOURNAL", DATA_DIR / "journal")
# The log of the mail server on this machine, if there is one.
RELAY_LOG = env.path("RELAY_LOG", Path()) if env.text("RELAY_LOG") else None
ROBOT_HOSTS = env.words("ROBOT_HOSTS", "qyapi.weixin.qq.com,oapi.dingtalk.com")
ROBOT_TIMEOUT = 10  # seconds

# --- Celery: a wake-up call, never the place where anything is remembered ---------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be away for a night; the default gives up after 100
# Acknowledged when it is taken: a wake-up call whose worker was killed comes again by the clock, within a
# minute. Tasks of the hour or the day say acks_late themselves: they are harmless when done twice.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # what kills one worker would kill the next, for ever
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # nobody sits on calls another worker could answer now
# A task that hangs is killed, and what it held is free when its lease is over. Longer than the largest import
# takes, and than a night's letters through a slow mail server: whatever is left goes out in the next round.
CELERY_TASK_TIME_LIMIT = 40 * 60  # seconds
# A worker that is told to end finishes its letter; then it hands back what it did not begin.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0  # seconds
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # mail printed in the demonstration stays readable
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sync-obligations": {
        "task": "meetings.sync_obligations",
        "schedule": 3600.0,
        "options": {"expires": 3500},
    },
    "tidy": {"task": "branchlife.tidy", "schedule": 24 * 3600.0, "options": {"expires": 3500}},
    "tidy-attachments": {
        "task": "meetings.tidy_attachments",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3500},
    },
    "run-imports": {"task": "meetings.run_imports", "schedule": 60.0, "options": {"expires": 55}},
    "archive-records": {"task": "reviews.archive_records", "schedule": 3600.0, "options": {"expires": 3500}},
    "anchor-audit": {"task": "branchlife.anchor_audit", "schedule": 3600.0, "options": {"expires": 3500}},
    "verify-audit": {"task": "branchlife.verify_audit", "schedule": 3600.0, "options": {"expires": 3500}},
    "poke-reminders": {"task": "meetings.poke_reminders", "schedule": 60.0, "options": {"expires": 55}},
}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, str | float]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # An unacknowledged task is given to another worker after this; before it the time limit has ended it, so
        # that a slow task is never done by two at once.
        "visibility_timeout": 3600,  # seconds
        # Whoever saves a record must not wait for a Redis that does not answer.
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
    }
else:
    _broker = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "done"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
        "polling_interval": 0.25,  # seconds; also how soon a worker notices that it shall end
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"axes": {"level": "ERROR"}},  # names and addresses of failures stand in the audit trail
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
