"""What is sensitive, and that somebody opened it: called by the view that shows it.

Persons (ID number, telephone, standings), rosters with telephones, reasons of leave and of exclusion, votes on a
person or by secret ballot, minutes of criticism and self-criticism, files beside a record. One's own is nobody
else's business and leaves no trace.
"""

from branchlife.models import User
from branchlife.reading import note_reading
from meetings.enums import MeetingKind
from meetings.models import Attachment, Exclusion, Meeting, Member, Organization, Resolution
from meetings.models.organization import chain_name
from meetings.rules import can_see_attendance
from meetings.scope import scope_of

WITH_CRITICISM = {MeetingKind.ORGANIZATIONAL_LIFE, MeetingKind.DEMOCRATIC_LIFE, MeetingKind.APPRAISAL}


def person_opened(*, member: Member, branch: Organization | None, reader: User) -> None:
    if scope_of(reader).member_id != member.pk:
        note_reading(
            reader=reader, action="member.read", subject=member, chain=branch.chain if branch else ""
        )


def roster_opened(*, reader: User) -> None:
    """A list that may hold the telephones of everybody at the reader's place and below."""
    seat = scope_of(reader).seats[0]
    place = Organization(pk=seat.organization_id, name=seat.name)
    note_reading(reader=reader, action="roster.read", subject=place, chain=place.chain)


def minutes_opened(*, meeting: Meeting, reader: User) -> None:
    """Only those with criticism in them, and only by those who see more than that the meeting took place."""
    kinds = {part.kind for part in meeting.parts.all()}
    if kinds & WITH_CRITICISM and meeting.recorded_at and can_see_attendance(reader, meeting):
        note_reading(
            reader=reader, action="meeting.read", subject=meeting, chain=chain_name(meeting.organization_id)
        )


def vote_opened(*, resolution: Resolution, reader: User) -> None:
    if resolution.is_secret or resolution.about:
        chain = chain_name(resolution.meeting.organization_id)
        note_reading(reader=reader, action="resolution.read", subject=resolution, chain=chain)


def leaves_opened(*, meeting: Meeting, reader: User) -> None:
    chain = chain_name(meeting.organization_id)
    note_reading(reader=reader, action="leave.read", subject=meeting, chain=chain)


def exclusion_opened(*, exclusion: Exclusion, reader: User) -> None:
    chain = chain_name(exclusion.organization_id)
    note_reading(reader=reader, action="exclusion.read", subject=exclusion, chain=chain)


def file_opened(*, attachment: Attachment, reader: User) -> None:
    chain = chain_name(attachment.meeting.organization_id)
    note_reading(reader=reader, action="attachment.read", subject=attachment, chain=chain)
