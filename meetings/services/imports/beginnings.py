"""What the organizations of an import hold already: since when they have members or meetings."""

from datetime import date
from functools import cached_property
from itertools import chain

from django.db.models import Min

from meetings.enums import MeetingState
from meetings.models import Meeting, Membership, Organization


class Beginnings:
    """Read once, and only where a row would change what the ledger rests on."""

    def of(self, organization: Organization) -> date | None:
        """The first day of a membership or a meeting, also of one still to come; cancelled ones do not count."""
        return self._days.get(organization.pk)

    @cached_property
    def _days(self) -> dict[int, date]:
        members = Membership.objects.order_by().values_list("organization").annotate(Min("start_on"))
        held = Meeting.objects.exclude(state=MeetingState.CANCELLED)
        meetings = held.order_by().values_list("organization").annotate(Min("day"))
        days: dict[int, date] = {}
        for organization, day in chain(members, meetings):
            days[organization] = min(day, days.get(organization, day))
        return days
