"""The meetings that are here already, read once for a whole ledger."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, time
from typing import NamedTuple

from django.utils.translation import gettext as _

from meetings.enums import DISCHARGING, MeetingState, RecordSource
from meetings.models import Meeting, Organization
from meetings.services.imports.batches import batches


class Key(NamedTuple):
    """What tells one event from another: the same again is the same meeting."""

    branch: int
    group: int | None
    day: date
    kinds: frozenset[str]
    starts: time | None
    theme: str


class KnownMeetings:
    """The meetings of some branches, from the first of these days to the last, that were not cancelled."""

    def __init__(self, branches: Collection[Organization], days: Collection[date]) -> None:
        self._held: dict[Key, Meeting] = {}
        self._on: dict[tuple[int, int | None, date], list[tuple[Key, Meeting]]] = defaultdict(list)
        for batch in batches([branch.pk for branch in branches]):
            rows = Meeting.objects.filter(organization__in=batch, day__range=(min(days), max(days)))
            rows = rows.exclude(state=MeetingState.CANCELLED).prefetch_related("parts", "attendances")
            for meeting in rows.order_by("-id"):
                self._take(meeting)

    def _take(self, meeting: Meeting) -> None:
        key = Key(
            meeting.organization_id,
            meeting.group_id,
            meeting.day,
            frozenset(meeting.kinds),
            meeting.starts,
            meeting.theme,
        )
        self._on[key.branch, key.group, key.day].append((key, meeting))
        if meeting.state in DISCHARGING:
            self._held[key] = meeting

    def held(self, key: Key) -> Meeting | None:
        """The very meeting, if it took place."""
        return self._held.get(key)

    def alike(self, key: Key, named: Collection[Key]) -> Meeting | None:
        """Another one of that branch or group, day and kind, unless the sheet names it in a row of its own."""
        for other, meeting in self._on[key.branch, key.group, key.day]:
            has_row = other in named and other in self._held
            if key.kinds & other.kinds and not has_row:
                return meeting
        return None


def why_left_alone(known: Meeting) -> str:
    """Why a row changes nothing about a meeting that is here; empty if it may."""
    if known.state == MeetingState.ARCHIVED:
        return _("this meeting is archived; it is left as it is")
    if known.source != RecordSource.IMPORT or known.version > 1:
        return _("this meeting was recorded here; it is left as it is")
    return ""
