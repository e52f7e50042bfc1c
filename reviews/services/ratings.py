"""Members rate a meeting they were at, in one tap and without a name."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import DISCHARGING, HERE
from meetings.models import Meeting
from meetings.scope import scope_of
from reviews.enums import Rating
from reviews.models import Rated, RatingCount

# Local practice: a meeting is rated within two weeks of its day.
OPEN_FOR = timedelta(days=14)
# Pages follow in steps of five answers: nobody can tell a single one by watching the numbers.
SHOWN_IN_STEPS_OF = 5


@dataclass(frozen=True)
class RatingShown:
    label: str
    count: int
    total: int


def may_be_rated(meeting: Meeting, today: date) -> bool:
    return meeting.state in DISCHARGING and meeting.day <= today <= meeting.day + OPEN_FOR


def was_there(user: User, meeting: Meeting) -> bool:
    """By the attendance, the recorder's word."""
    member = scope_of(user).member_id
    return bool(member) and meeting.attendances.filter(member=member, presence__in=HERE).exists()


@transaction.atomic
def rate_meeting(*, meeting: Meeting, rating: Rating, actor: User, now: datetime | None = None) -> None:
    """Count one answer. Raises PermissionDenied to those who were not there, ValidationError when it is too
    late or was done already.

    No trail: it would tie the answer to its moment. All four counters are written each time, so that not even
    the database's own bookkeeping says which one grew.
    """
    if not was_there(actor, meeting):
        raise PermissionDenied
    if not may_be_rated(meeting, timezone.localdate(now)):
        raise ValidationError(_("This meeting can no longer be rated."))
    _take_turn(meeting, actor)
    counts = RatingCount.objects.filter(meeting=meeting)
    RatingCount.objects.bulk_create(
        [RatingCount(meeting=meeting, rating=each) for each in Rating], ignore_conflicts=True
    )
    one = Case(When(rating=rating, then=Value(1)), default=Value(0))
    counts.update(given=F("given") + one)
    if sum(counts.values_list("given", flat=True)) % SHOWN_IN_STEPS_OF == 0:
        counts.update(shown=F("given"))


def _take_turn(meeting: Meeting, actor: User) -> None:
    """The database sees to one answer a member, however many presses there are at once."""
    member = scope_of(actor).member_id
    assert member  # was there, by the attendance
    try:
        with transaction.atomic():
            Rated.objects.create(meeting=meeting, member_id=member)
    except IntegrityError:
        raise ValidationError(_("You have rated this meeting already.")) from None


def ratings_shown(counts: dict[str, int]) -> list[RatingShown]:
    """From the shown numbers by rating; empty until there are five answers."""
    total = sum(counts.values())
    return [RatingShown(str(each.label), counts.get(each, 0), total) for each in Rating] if total else []
