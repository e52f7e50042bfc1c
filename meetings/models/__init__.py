from meetings.models.appointment import Appointment
from meetings.models.attendance import Attendance
from meetings.models.meeting import Meeting, MeetingPart
from meetings.models.member import Member, Membership, Post, Standing
from meetings.models.obligation import Obligation
from meetings.models.organization import Organization, PartyGroup
from meetings.models.reminder import Notice, Reminder
from meetings.models.requirement import Requirement

__all__ = [
    "Appointment",
    "Attendance",
    "Meeting",
    "MeetingPart",
    "Member",
    "Membership",
    "Notice",
    "Obligation",
    "Organization",
    "PartyGroup",
    "Post",
    "Reminder",
    "Requirement",
    "Standing",
]
