"""Telling a branch that a coming vote may lack people, while there is time to move it or to ask somebody back."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from meetings.enums import MeetingState
from meetings.models import Leave, Meeting, Notice
from meetings.services.forecast import QuorumForecast, forecast_of, forecasts_of
from meetings.services.notices import secretaries_of, tell

NOTICE = "quorum.short"
BATCH = 200


def tell_quorum(*, meeting: Meeting, now: datetime) -> None:
    """After leave was asked, refused or taken back, or a vote announced: what its secretary has to know now.
    Call inside the transaction of the change."""
    _tell([meeting], {meeting.pk: forecast_of(meeting)}, now)


@transaction.atomic
def tell_quorums(*, now: datetime | None = None) -> None:
    """The same for everything that is coming, whatever changed it: a roster, a rule, the turn of the day."""
    now = now or timezone.now()
    told = Notice.objects.news().filter(code=NOTICE).values_list("values__meeting", flat=True)
    leaves = Leave.objects.open().filter(meeting=OuterRef("pk"), day=OuterRef("day"))
    coming = Meeting.objects.filter(state=MeetingState.SCHEDULED, day__gte=timezone.localdate(now))
    coming = coming.filter(Exists(leaves) | Q(pk__in=list(told)))
    meetings = list(coming.select_related("organization").prefetch_related("parts").order_by("pk"))
    for at in range(0, len(meetings), BATCH):
        some = meetings[at : at + BATCH]
        _tell(some, forecasts_of(some), now)
    over = Notice.objects.news().filter(code=NOTICE).exclude(url__in=[_url(each) for each in meetings])
    over.update(settled_at=now)


def _tell(meetings: Iterable[Meeting], found: Mapping[int, QuorumForecast | None], now: datetime) -> None:
    """One word that stands for each meeting at risk: it is written anew only when the numbers differ."""
    for meeting in meetings:
        forecast = found.get(meeting.pk)
        standing = Notice.objects.news().filter(code=NOTICE, url=_url(meeting))
        if forecast is None or not forecast.short:
            standing.update(settled_at=now)
            continue
        values = _values(meeting, forecast)
        if not standing.filter(values=values).exists():
            standing.update(settled_at=now)
            people = secretaries_of({meeting.organization_id}, timezone.localdate(now))
            tell(
                people=people[meeting.organization_id], code=NOTICE, values=values, url=_url(meeting), now=now
            )


def _values(meeting: Meeting, forecast: QuorumForecast) -> dict[str, str | int]:
    numbers = {name: getattr(forecast, name) for name in ("expected", "needed", "likely", "short")}
    return {
        "meeting": meeting.pk, "subject": meeting.theme, "day": meeting.day.isoformat(), **numbers,
    }  # fmt: skip


def _url(meeting: Meeting) -> str:
    """The meeting's own address, so that what becomes of the meeting settles the notice."""
    return f"/meetings/{meeting.pk}/"
