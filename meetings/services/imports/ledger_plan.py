"""What the import of a ledger will write."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation

from branchlife.enumeration import enumerated
from meetings.enums import MeetingKind
from meetings.models import Attendance, Meeting, MeetingPart, Organization, PartyGroup
from meetings.services.attendance import Deviation, Expected
from meetings.services.imports.batches import SIZE
from meetings.services.imports.known import Key
from meetings.workbooks.ledgers import LedgerRow

FACTS = ("ends", "place", "chair_id", "recorder_id", "content", "decisions")


@dataclass
class LedgerPlan:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    touched: list[Organization] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    years_counted: set[int] = field(default_factory=set)
    meetings: list[Meeting] = field(default_factory=list)
    parts: list[MeetingPart] = field(default_factory=list)
    attendances: list[Attendance] = field(default_factory=list)
    changed: list[Meeting] = field(default_factory=list)
    changed_parts: list[MeetingPart] = field(default_factory=list)
    changed_attendances: list[Attendance] = field(default_factory=list)

    def write(self) -> None:
        Meeting.objects.bulk_create(self.meetings, batch_size=SIZE)
        MeetingPart.objects.bulk_create(self.parts, batch_size=SIZE)
        Attendance.objects.bulk_create(self.attendances, batch_size=2000)
        columns = [name.removesuffix("_id") for name in FACTS]
        Meeting.objects.bulk_update(self.changed, columns, batch_size=500)
        MeetingPart.objects.bulk_update(self.changed_parts, ["counts_for"], batch_size=500)
        Attendance.objects.bulk_update(self.changed_attendances, ["presence", "reason"], batch_size=500)


@dataclass
class Event:
    """A row whose branch, group and people are known."""

    row: LedgerRow
    branch: Organization
    group: PartyGroup | None
    due: list[Expected]
    deviations: dict[int, Deviation]

    @property
    def theme(self) -> str:
        """Where the sheet gives none, its kinds. Part of what tells one meeting from another, so the same in
        whatever language it is imported."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.row.theme or enumerated(MeetingKind(kind).label for kind in self.row.kinds)

    @property
    def key(self) -> Key:
        row = self.row
        group = self.group.pk if self.group else None
        return Key(self.branch.pk, group, row.day, frozenset(row.kinds), row.starts, self.theme)
