from meetings.models.appointment import Appointment
from meetings.models.attendance import Attendance
from meetings.models.deadline import Deadline
from meetings.models.meeting import Meeting, MeetingPart
from meetings.models.member import Member, Membership, Post, Standing
from meetings.models.obligation import Obligation
from meetings.models.organization import Organization, PartyGroup
from meetings.models.reminder import Letter, Notice, Reminder
from meetings.models.requirement import Requirement
from meetings.models.rule import RuleVersion
from meetings.models.workday import CalendarYear, MovedDay

__all__ = [
    "Appointment",
    "Attendance",
    "CalendarYear",
    "Deadline",
    "Letter",
    "Meeting",
    "MeetingPart",
    "Member",
    "Membership",
    "MovedDay",
    "Notice",
    "Obligation",
    "Organization",
    "PartyGroup",
    "Post",
    "Reminder",
    "Requirement",
    "RuleVersion",
    "Standing",
]
