"""Sessions: how long they last, which there are, and how they end.

Two marks in Django's session itself say when it began and when it was last used, so that a request
needs no query to know; ``OpenSession`` repeats them, minute by minute, for the owner's list.
"""

import logging
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.middleware import client_address
from branchlife.models import OpenSession, User
from branchlife.second_factor import has_second_factor

logger = logging.getLogger("branchlife.security")

BEGAN, SEEN = "began", "seen"  # seconds since 1970
FACTOR_DUE, FACTOR_PASSED = "factor_due", "factor_passed"
WRITE_EVERY = 60  # seconds: how exactly the last use is known


@receiver(user_logged_in)
def begin_session(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever passes the door, by whatever way, has a session with a beginning and a row in the list."""
    now, session = timezone.now(), request.session
    session[BEGAN] = session[SEEN] = int(now.timestamp())
    session.pop(FACTOR_PASSED, None)
    session[FACTOR_DUE] = has_second_factor(user)
    if session.session_key is None:
        session.create()
    OpenSession.objects.filter(user=user).exclude(pk__in=OpenSession.objects.current(now)).delete()
    OpenSession.objects.update_or_create(
        key=session.session_key,
        defaults={
            "user": user, "began_at": now, "seen_at": now, "address": client_address(request),
            "browser": request.META.get("HTTP_USER_AGENT", "")[:200],
        },
    )  # fmt: skip


@receiver(user_login_failed)
def note_failure(sender: Any, credentials: dict[str, Any], request: HttpRequest, **kwargs: Any) -> None:
    """A wrong password, at the door or where one is asked again. Names nobody has go to the log alone."""
    username = str(credentials.get("username", ""))[:150]
    logger.warning("Sign-in refused for %r from %s", username, client_address(request))
    user = User.objects.filter(username=username.replace("\x00", "")).first()
    if user:
        record_event(actor=None, action="session.refused", subject=user)


@receiver(user_logged_out)
def forget_session(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    OpenSession.objects.filter(key=request.session.session_key or "").delete()


def is_over(session: SessionBase, now: datetime) -> bool:
    """Unused for too long, or simply too long ago; also a session that does not say when it began."""
    at = now.timestamp()
    began, seen = session.get(BEGAN, 0), session.get(SEEN, 0)
    return bool(
        at - began >= settings.SESSION_LONGEST.total_seconds()
        or at - seen >= settings.SESSION_IDLE.total_seconds()
    )


def note_use(session: SessionBase, now: datetime) -> None:
    if now.timestamp() - session[SEEN] >= WRITE_EVERY:
        session[SEEN] = int(now.timestamp())
        OpenSession.objects.filter(key=session.session_key).update(seen_at=now)


def pass_factor(session: SessionBase) -> None:
    """The second factor was right: the key changes, as after every gain of rights."""
    before = session.session_key
    session.cycle_key()
    follow_key(before, session.session_key)
    session[FACTOR_PASSED] = session[FACTOR_DUE] = True


def follow_key(before: str | None, after: str | None) -> None:
    """The session is the same, its key another one."""
    OpenSession.objects.filter(key=before).update(key=after)


@transaction.atomic
def end_sessions(user: User, *, keep: str | None = "", only: int | None = None) -> int:
    """Sign a user out everywhere, except in the session with the key ``keep``; or of one row alone."""
    rows = OpenSession.objects.filter(user=user).exclude(key=keep or "")
    if only is not None:
        rows = rows.filter(pk=only)
    keys = list(rows.values_list("key", flat=True))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
    rows.delete()
    return len(keys)


def forget_ended(now: datetime) -> int:
    """Rows of sessions that ended because nobody used them."""
    return OpenSession.objects.exclude(pk__in=OpenSession.objects.current(now)).delete()[0]
