"""Writing and reading notices, and settling those that events have overtaken.

Everybody reads only the own ones; reading is nobody else's business and not audited.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from branchlife.models import User
from meetings.enums import Role
from meetings.models import Appointment, Notice


def tell(*, people: Iterable[int], code: str, values: dict[str, Any], url: str, now: datetime) -> int:
    """One notice for each of these users; returns how many were written. Call inside the transaction."""
    notices = [
        Notice(recipient_id=person, code=code, values=values, url=url, created_at=now)
        for person in sorted(set(people))
    ]
    return len(Notice.objects.bulk_create(notices))


def secretaries_of(branches: Collection[int], day: date) -> dict[int, set[int]]:
    """By branch the users who lead it on a day and can still sign in; nobody is an empty set."""
    seats = Appointment.objects.on(day).filter(
        role=Role.SECRETARY, organization__in=branches, user__is_active=True
    )
    people: dict[int, set[int]] = defaultdict(set)
    for branch, user in seats.values_list("organization", "user"):
        people[branch].add(user)
    return people


def read_notice(*, notice: Notice, now: datetime | None = None) -> None:
    """The first reading counts."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now or timezone.now())


def read_all_notices(*, actor: User, now: datetime | None = None) -> int:
    """Everything that counts in the bell; returns how many were unread."""
    return Notice.objects.visible_to(actor).unread().update(read_at=now or timezone.now())


def settle_notices_about(*, url: str, now: datetime) -> int:
    """The thing at this address has moved on: older news of it is out of date for everybody."""
    about = Notice.objects.news().filter(url=url)
    return about.update(settled_at=now)


def tell_of_credentials(sender: Any, user: User, what: str, **kwargs: Any) -> None:
    """Whoever did it: the owner is told that the way into the account has changed (ASVS 6.3.7)."""
    tell(people=[user.pk], code=what, values={}, url=reverse("security"), now=timezone.now())
