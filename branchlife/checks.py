"""Our own `manage.py check --deploy` questions."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_site(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SECRET_KEY_IS_EPHEMERAL:
        found.append(Error("SECRET_KEY is not set.", id="branchlife.E001"))
    if not settings.AUDIT_KEY:
        found.append(Error("AUDIT_KEY is not set.", id="branchlife.E003"))
    if settings.DEMO:
        found.append(Error("DEMO is on: anybody may sign in as anybody.", id="branchlife.E002"))
    if not settings.SECURE_SITE:
        found.append(Warning("SITE_URL is not https://: cookies travel unprotected.", id="branchlife.W001"))
    return found
