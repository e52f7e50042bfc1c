"""What the page of an accepted record, and the printed minutes, say of its archive."""

from dataclasses import dataclass

import segno
from django.conf import settings
from django.urls import reverse

from branchlife.models import User
from meetings.enums import ACCEPTED_STATES
from meetings.models import Addendum, Archive, Meeting
from meetings.rules import adds_addendum
from reviews.forms.archive import grouped


@dataclass(frozen=True)
class ClosedRecord:
    """``archive`` is None between acceptance and archiving."""

    archive: Archive | None
    addenda: list[Addendum]
    can_correct: bool

    @property
    def digest_groups(self) -> list[str]:
        return grouped(self.archive.digest) if self.archive else []

    @property
    def verify_path(self) -> str:
        return f"{reverse('record_verify')}?digest={self.archive.digest}" if self.archive else ""

    @property
    def verify_page(self) -> str:
        """For somebody with the paper alone."""
        return f"{settings.SITE_URL}{reverse('record_verify')}"

    @property
    def picture(self) -> str:
        """The address of the check as a QR code, for paper."""
        code = segno.make(f"{settings.SITE_URL}{self.verify_path}", error="m", micro=False)
        return str(code.png_data_uri(scale=3, border=2))


def closed_record(meeting: Meeting, user: User) -> ClosedRecord | None:
    if meeting.state not in ACCEPTED_STATES:
        return None
    return ClosedRecord(
        archive=getattr(meeting, "archive", None),
        addenda=list(meeting.addenda.all()),
        can_correct=adds_addendum(user, meeting),
    )
