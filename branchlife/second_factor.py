"""The second thing asked at the door: a code from the owner's phone, or one from paper when it is lost.

Who must have one, the floors above say (``require_of``); anybody else may. Codes follow RFC 6238 and
RFC 4226 (30 seconds, six digits, SHA-1, which is what every authenticator app speaks).
"""

import base64
import math
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django_otp.oath import hotp

from branchlife.audit import record_event
from branchlife.models import Authenticator, RecoveryCode, User

ISSUER = "BranchLife"
STEP = 30  # seconds
TOLERANCE = (0, -1, 1)  # steps: phones go before or after by half a minute
CODES = 8
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
LABEL, REST = 4, 10  # 10 letters of 31: 49 bits behind a slow hash
FREE_FAILURES = 3
LONGEST_WAIT = 900  # seconds

# Something about how somebody signs in was changed: sent with ``user`` and ``what``.
credentials_changed = Signal()

_required: list[Callable[[User], bool]] = []


class WrongCode(Exception):
    """Not this half minute's code, used before, or no code at all."""


@dataclass
class TooManyCodes(Exception):
    """Wrong codes make the next try wait, twice as long each time."""

    seconds: int


def require_of(whom: Callable[[User], bool]) -> None:
    """Called once when an app is ready."""
    _required.append(whom)


def must_have_second_factor(user: User) -> bool:
    return bool(settings.SECOND_FACTOR) and any(whom(user) for whom in _required)


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def new_secret() -> str:
    """20 random bytes in base32, as RFC 4226 recommends."""
    return base64.b32encode(os.urandom(20)).decode()


def provisioning_address(user: User, secret: str) -> str:
    """What the QR code says to the app."""
    asked = urlencode({"secret": secret, "issuer": ISSUER, "digits": 6, "period": STEP})
    return f"otpauth://totp/{quote(f'{ISSUER}:{user.username}')}?{asked}"


def code_at(secret: str, moment: datetime) -> str:
    return _code(secret, int(moment.timestamp()) // STEP)


def _code(secret: str, step: int) -> str:
    return f"{hotp(base64.b32decode(secret), step):06d}"


@transaction.atomic
def set_up(*, user: User, secret: str, code: str, now: datetime | None = None) -> list[str]:
    """Take the new authenticator in place of an old one; returns recovery codes, shown this once.
    Raises WrongCode."""
    now = now or timezone.now()
    step = _matching_step(secret, code, now)
    facts = {"secret": secret, "confirmed_at": now, "last_step": step, "failures": 0, "failed_at": None}
    Authenticator.objects.update_or_create(user=user, defaults=facts)
    _changed(user, "second_factor.set_up", user, now)
    return _write_codes(user)


@transaction.atomic
def renew_codes(*, user: User, now: datetime | None = None) -> list[str]:
    """New recovery codes in place of all old ones, shown this once."""
    _changed(user, "second_factor.renew_codes", user, now)
    return _write_codes(user)


@transaction.atomic
def remove(*, user: User, actor: User | None, now: datetime | None = None) -> None:
    """Authenticator and codes are gone: the owner's wish, or help after the phone was lost.
    ``actor=None`` is the command line."""
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    _changed(user, "second_factor.remove", actor, now)


def check(*, user: User, code: str, now: datetime | None = None) -> None:
    """Accept a code of the phone or of the paper, each once. Raises WrongCode or TooManyCodes.

    Not atomic as a whole: a failure must be counted even though it raises.
    """
    now = now or timezone.now()
    device = Authenticator.objects.get(user=user)
    if wait := _seconds_to_wait(device, now):
        raise TooManyCodes(wait)
    entered = "".join(code.split()).replace("-", "").lower()
    try:
        _accept(device, entered, now)
    except WrongCode:
        Authenticator.objects.filter(pk=device.pk).update(failures=F("failures") + 1, failed_at=now)
        raise
    Authenticator.objects.filter(pk=device.pk).update(failures=0, failed_at=None)


def _accept(device: Authenticator, entered: str, now: datetime) -> None:
    if len(entered) == LABEL + REST:
        _use_recovery_code(device.user, entered, now)
        return
    step = _matching_step(device.secret, entered, now)
    # Two requests with one code: the database lets one of them through.
    if not Authenticator.objects.filter(pk=device.pk, last_step__lt=step).update(last_step=step):
        raise WrongCode


def _matching_step(secret: str, code: str, now: datetime) -> int:
    current = int(now.timestamp()) // STEP
    for step in (current + drift for drift in TOLERANCE):
        if secrets.compare_digest(_code(secret, step).encode(), code.strip().encode()):
            return step
    raise WrongCode


@transaction.atomic
def _use_recovery_code(user: User, entered: str, now: datetime) -> None:
    row = RecoveryCode.objects.filter(user=user, label=entered[:LABEL], used_at=None).first()
    if row is None or not check_password(entered[LABEL:], row.digest):
        raise WrongCode
    if not RecoveryCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
        raise WrongCode
    _changed(user, "second_factor.recovery_code", user, now)


def _seconds_to_wait(device: Authenticator, now: datetime) -> int:
    over = device.failures - FREE_FAILURES
    if over < 0 or device.failed_at is None:
        return 0
    until = device.failed_at + timedelta(seconds=min(2 ** min(over, 20), LONGEST_WAIT))
    return max(0, math.ceil((until - now).total_seconds()))


def _write_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    labels: set[str] = set()
    while len(labels) < CODES:
        labels.add(_random(LABEL))
    codes = [(label, _random(REST)) for label in sorted(labels)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, label=label, digest=make_password(rest)) for label, rest in codes
    )
    return [f"{label}-{rest[:5]}-{rest[5:]}" for label, rest in codes]


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _each in range(length))


def _changed(user: User, action: str, actor: User | None, now: datetime | None) -> None:
    record_event(actor=actor, action=action, subject=user, now=now)
    credentials_changed.send(sender=User, user=user, what=action)
