"""Somebody with an authenticator app."""

from datetime import datetime

from django.utils import timezone

from branchlife.models import Authenticator, User
from branchlife.second_factor import code_at, new_secret


def give_phone(user: User) -> Authenticator:
    device: Authenticator = Authenticator.objects.create(
        user=user, secret=new_secret(), confirmed_at=timezone.now()
    )
    return device


def shown(device: Authenticator, now: datetime | None = None) -> str:
    """What the app shows."""
    return code_at(device.secret, now or timezone.now())
