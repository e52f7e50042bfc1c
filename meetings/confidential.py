"""Who may read what: one class for each kind of record, one rule for each delicate field.

A new model stands in ``RECORDS`` before its first page does (a test compares). The querysets'
``visible_to`` keep to the class; a field with a rule of its own is shown through ``shown`` and nowhere
else. Party membership with what belongs to it is sensitive personal information (PIPL, article 28).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from meetings.enums import Role
from meetings.rules import answers_for
from meetings.scope import scope_of

if TYPE_CHECKING:
    from branchlife.models import User
    from meetings.models import Member, Organization


class Grade(StrEnum):
    """From what everybody may know to what only those concerned may."""

    RULE = "rule"  # rule book, calendar: those who answer for any organization
    PLACE = "place"  # the tree, groups, plans, what is owed: those who answer for the place
    RECORD = "record"  # minutes, attendance, votes: those who answer, and each member the own row
    PERSON = "person"  # facts, standings, leave with its reason: the person and those who answer for them
    SECRET = "secret"  # noqa: S105 - ballots, written opinions, talks, criticism: never what, only that
    OWN = "own"  # notices, letters: the recipient


RECORDS: dict[str, Grade] = {
    "meetings.addendum": Grade.RECORD,
    "meetings.appointment": Grade.PLACE,
    "meetings.archive": Grade.RECORD,
    "meetings.attachment": Grade.RECORD,
    "meetings.attendance": Grade.RECORD,
    "meetings.calendarfeed": Grade.OWN,
    "meetings.calendaryear": Grade.RULE,
    "meetings.candidate": Grade.RECORD,
    "meetings.checkin": Grade.RECORD,
    "meetings.deadline": Grade.RULE,
    "meetings.delegation": Grade.PLACE,
    "meetings.exclusion": Grade.PERSON,
    "meetings.leave": Grade.PERSON,
    "meetings.helpsign": Grade.PERSON,
    "meetings.ledgeryear": Grade.RULE,
    "meetings.letter": Grade.OWN,
    "meetings.meeting": Grade.RECORD,
    "meetings.meetingpart": Grade.RECORD,
    "meetings.meetingstep": Grade.RECORD,
    "meetings.member": Grade.PERSON,
    "meetings.membership": Grade.PERSON,
    "meetings.movedday": Grade.RULE,
    "meetings.notice": Grade.OWN,
    "meetings.obligation": Grade.PLACE,
    "meetings.organization": Grade.PLACE,
    "meetings.partygroup": Grade.PLACE,
    "meetings.post": Grade.PERSON,
    "meetings.pulse": Grade.RULE,
    "meetings.reminder": Grade.OWN,
    "meetings.reminderpreference": Grade.OWN,
    "meetings.reminderrule": Grade.RULE,
    "meetings.requirement": Grade.RULE,
    "meetings.resolution": Grade.RECORD,
    "meetings.robot": Grade.PLACE,
    "meetings.snooze": Grade.OWN,
    "meetings.standing": Grade.PERSON,
    "meetings.transfer": Grade.PERSON,
    "meetings.voterule": Grade.RULE,
    "meetings.writtenopinion": Grade.SECRET,
}


def declare_records(grades: Mapping[str, Grade]) -> None:
    """The floor above says it of its own records, once when it is ready."""
    RECORDS.update(grades)


# Columns a ballot or an opinion must not have: what stands nowhere cannot be read by anybody.
NEVER_KEPT = ("text", "content", "choice", "answer", "vote", "ballot")

MASKED = "*"


def shown(user: "User", member: "Member", branch: "Organization | None", field: str) -> str:
    """A delicate field of a member as this user may see it; ``branch`` is where the member is today.

    The ID number is masked for everybody. The telephone is for the person, the branch's secretary and
    administrators; a reviewer sees that there is one.
    """
    if not sees_person(user, member, branch):
        return ""
    value = str(getattr(member, field))
    if field == "phone" and _calls(user, member, branch):
        return value
    return masked(value, field)


def sees_person(user: "User", member: "Member", branch: "Organization | None") -> bool:
    """The person, and whoever answers for the branch the person is in today."""
    return scope_of(user).member_id == member.pk or bool(branch and answers_for(user, branch))


def masked(value: str, field: str) -> str:
    """First three and last two characters of an ID number, three and four of a telephone number."""
    before, after = (3, 2) if field == "id_number" else (3, 4)
    hidden = len(value) - before - after
    if hidden <= 0:
        return MASKED * len(value)
    return f"{value[:before]}{MASKED * hidden}{value[-after:]}"


def _calls(user: "User", member: "Member", branch: "Organization | None") -> bool:
    scope = scope_of(user)
    own = scope.member_id == member.pk
    return own or bool(
        branch and (scope.holds(Role.SECRETARY, branch.path) or scope.holds(Role.ADMINISTRATOR, branch.path))
    )
