"""Putting accepted records away: by the committee, or by the clock some time after acceptance."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from branchlife.models import User
from meetings.enums import MeetingState
from meetings.models import Addendum, Meeting
from meetings.services.archive import add_addendum
from meetings.services.notices import tell
from reviews.enums import Action
from reviews.models import Transition
from reviews.services.notices import reviewers_of, secretaries_of
from reviews.services.workflow import StaleState, perform

MOST = 500  # records put away in one round of the clock


def archive_due(*, now: datetime | None = None, most: int = MOST) -> int:
    """Put away what was accepted ``ARCHIVE_AFTER_DAYS`` days ago or earlier, the oldest first; returns how
    many. Each in a transaction of its own: whatever stops the round, what is done is done."""
    now = now or timezone.now()
    done = 0
    for meeting in due_for_archive(now)[:most]:
        try:
            perform(meeting, Action.ARCHIVE, actor=None, now=now)
        except StaleState:  # somebody archived it by hand meanwhile
            continue
        done += 1
    return done


def due_for_archive(now: datetime) -> QuerySet[Meeting]:
    """An imported record has no step of acceptance; it counts from when it came in."""
    accepted = Transition.objects.filter(meeting=OuterRef("pk"), action=Action.ACCEPT).order_by("-at")
    since = Coalesce(Subquery(accepted.values("at")[:1]), "recorded_at")
    limit = now - timedelta(days=settings.ARCHIVE_AFTER_DAYS)
    found = Meeting.objects.filter(state=MeetingState.ACCEPTED).alias(since=since)
    return found.filter(since__lte=limit).select_related("organization").order_by("day", "pk")


@transaction.atomic
def correct_record(*, meeting: Meeting, text: str, actor: User, now: datetime | None = None) -> Addendum:
    """An addendum to an accepted record, and the other side is told of it. Raises as ``add_addendum``."""
    now = now or timezone.now()
    addendum = add_addendum(meeting=meeting, text=text, actor=actor, now=now)
    day = timezone.localdate(now)
    people = secretaries_of(meeting.organization, day) | set(
        reviewers_of(meeting.organization, day).values_list("pk", flat=True)
    )
    values = {"organization": meeting.organization.name, "subject": meeting.theme, "number": addendum.number}
    url = f"/meetings/{meeting.pk}/"
    tell(people=people - {actor.pk}, code="meeting.addendum", values=values, url=url, now=now)
    return addendum
