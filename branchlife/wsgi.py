"""The web server's entry point."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "branchlife.settings")
application = get_wsgi_application()

if settings.SECRET_KEY_IS_EPHEMERAL:
    # Each worker process would sign sessions with a key of its own.
    raise ImproperlyConfigured(
        "SECRET_KEY is not set: set it in the environment before starting the web server."
    )
if not (settings.AUDIT_KEY or settings.DEMO):
    # A key made in the data folder may lie in the same backup as the database it seals.
    raise ImproperlyConfigured(
        "AUDIT_KEY is not set: set it in the environment before starting the web server."
    )
