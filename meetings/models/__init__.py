from meetings.models.appointment import Appointment
from meetings.models.archive import Addendum, Archive
from meetings.models.attachment import Attachment
from meetings.models.attendance import Attendance
from meetings.models.check_in import CheckIn
from meetings.models.deadline import Deadline
from meetings.models.delegation import Delegation
from meetings.models.exclusion import Exclusion
from meetings.models.help_sign import HelpSign
from meetings.models.leave import Leave
from meetings.models.ledger_year import LedgerYear
from meetings.models.letter import Letter
from meetings.models.meeting import Meeting, MeetingPart, with_parts
from meetings.models.member import Member, Membership, Post, Standing
from meetings.models.obligation import Obligation
from meetings.models.organization import Organization, PartyGroup
from meetings.models.pulse import Pulse
from meetings.models.reminder import Notice, Reminder
from meetings.models.reminder_choice import CalendarFeed, ReminderPreference, Snooze
from meetings.models.reminder_rule import ReminderRule
from meetings.models.requirement import Requirement
from meetings.models.resolution import Candidate, Resolution, WrittenOpinion
from meetings.models.robot import Robot
from meetings.models.rule import RuleVersion
from meetings.models.step import MeetingStep
from meetings.models.transfer import Transfer
from meetings.models.vote_rule import VoteRule
from meetings.models.workday import CalendarYear, MovedDay

__all__ = [
    "Addendum",
    "Appointment",
    "Archive",
    "Attachment",
    "Attendance",
    "CalendarFeed",
    "CalendarYear",
    "Candidate",
    "CheckIn",
    "Deadline",
    "Delegation",
    "Exclusion",
    "HelpSign",
    "Leave",
    "LedgerYear",
    "Letter",
    "Meeting",
    "MeetingPart",
    "MeetingStep",
    "Member",
    "Membership",
    "MovedDay",
    "Notice",
    "Obligation",
    "Organization",
    "PartyGroup",
    "Post",
    "Pulse",
    "Reminder",
    "ReminderPreference",
    "ReminderRule",
    "Requirement",
    "Resolution",
    "Robot",
    "RuleVersion",
    "Snooze",
    "Standing",
    "Transfer",
    "VoteRule",
    "WrittenOpinion",
    "with_parts",
]
