"""How somebody wants to be reminded, and the address of the own calendar."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from branchlife.audit import record_event
from branchlife.models import User
from meetings.digest import Habits
from meetings.models import CalendarFeed, ReminderPreference


@transaction.atomic
def set_habits(*, user: User, habits: Habits, now: datetime | None = None) -> ReminderPreference:
    """Holds for whatever is sent from now on."""
    preference, _made = ReminderPreference.objects.update_or_create(user=user, defaults=vars(habits))
    record_event(actor=user, action="reminder.prefer", subject=preference, now=now)
    return preference


@transaction.atomic
def make_feed(*, user: User, now: datetime | None = None) -> str:
    """A new address of the calendar; the one before is void. It is kept nowhere: show it now."""
    now = now or timezone.now()
    token = secrets.token_urlsafe(32)
    facts = {"digest": digest_of(token), "made_at": now, "read_on": None}
    feed, _made = CalendarFeed.objects.update_or_create(user=user, defaults=facts)
    record_event(actor=user, action="calendar.open", subject=feed, now=now)
    return f"{settings.SITE_URL}{reverse('calendar_feed', args=[token])}"


@transaction.atomic
def revoke_feed(*, user: User, now: datetime | None = None) -> None:
    feed = CalendarFeed.objects.filter(user=user).first()
    if feed:
        record_event(actor=user, action="calendar.revoke", subject=feed, now=now)
        feed.delete()


def feed_of(token: str, *, now: datetime | None = None) -> CalendarFeed | None:
    """The feed of an address, unless it was revoked or its owner's account is disabled."""
    feeds = CalendarFeed.objects.select_related("user").filter(user__is_active=True)
    feed = feeds.filter(digest=digest_of(token)).first()
    today = timezone.localdate(now)
    if feed and feed.read_on != today:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_on=today)
    return feed


def digest_of(token: str) -> str:
    """The token is long and random: one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
