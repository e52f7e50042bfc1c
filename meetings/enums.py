"""The words of the field as codes. Labels are what people read."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganizationKind(TextChoices):
    COMMITTEE = "committee", _("Party committee")
    GENERAL_BRANCH = "general_branch", _("General Party branch")
    BRANCH = "branch", _("Party branch")
    JOINT_BRANCH = "joint_branch", _("Joint Party branch")
    TEMPORARY_BRANCH = "temporary_branch", _("Temporary Party branch")


# Organizations that hold branch life themselves; the others look after them.
BRANCH_KINDS = (OrganizationKind.BRANCH, OrganizationKind.JOINT_BRANCH, OrganizationKind.TEMPORARY_BRANCH)


class Gender(TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")


class StandingKind(TextChoices):
    """What changes a member's duties or rights for a time; ordinary standing has no row."""

    MOBILE = "mobile", _("Mobile member")
    FRAIL = "frail", _("Old, frail or gravely ill")
    PROBATION_WITHIN_PARTY = "probation_within_party", _("On probation within the Party")
    DETAINED = "detained", _("Rights suspended (detained)")
    ABROAD = "abroad", _("Abroad")
    LOST_CONTACT = "lost_contact", _("Lost contact")
    TRANSFERRING = "transferring", _("Transferred out, not yet received")


# Not a hard duty to attend: outside the attendance rate. Frail: Regulations on the Education and
# Management of Party Members, article 23. The others cannot attend where they are.
NOT_HARD_BOUND = (
    StandingKind.FRAIL,
    StandingKind.DETAINED,
    StandingKind.ABROAD,
    StandingKind.LOST_CONTACT,
)
# No right to vote (Election Regulations, article 5; lost contact: suspended by decision).
WITHOUT_VOTE = (StandingKind.PROBATION_WITHIN_PARTY, StandingKind.DETAINED, StandingKind.LOST_CONTACT)


class PostTitle(TextChoices):
    SECRETARY = "secretary", _("Secretary")
    DEPUTY = "deputy", _("Deputy secretary")
    ORGANIZATION = "organization", _("Committee member for organization")
    PUBLICITY = "publicity", _("Committee member for publicity")
    DISCIPLINE = "discipline", _("Committee member for discipline")
    MEMBER = "member", _("Committee member")
    YOUTH = "youth", _("Committee member for youth")
    UNITED_FRONT = "united_front", _("Committee member for united front")


class TransferState(TextChoices):
    PROPOSED = "proposed", _("Waiting to be received")
    ACCEPTED = "accepted", _("Received")
    RETURNED = "returned", pgettext_lazy("transfer", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "Withdrawn")


class Role(TextChoices):
    """What a user is appointed to do for an organization; a member's own pages need no appointment."""

    GROUP_LEADER = "group_leader", _("Group leader")
    SECRETARY = "secretary", _("Branch secretary")
    REVIEWER = "reviewer", _("Reviewer")
    ADMINISTRATOR = "administrator", _("Administrator")
    # The three officers: each watches over the system and none of them sees the branches' life.
    SYSTEM_OFFICER = "system_officer", _("System officer")
    SECURITY_OFFICER = "security_officer", _("Security officer")
    AUDIT_OFFICER = "audit_officer", _("Audit officer")


OFFICES = (Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER)
BUSINESS_ROLES = tuple(role for role in Role if role not in OFFICES)


class MeetingKind(TextChoices):
    GENERAL = "general", _("General meeting")
    COMMITTEE = "committee", _("Committee meeting")
    GROUP = "group", _("Group meeting")
    LECTURE = "lecture", _("Party lecture")
    THEME_DAY = "theme_day", _("Theme day")
    ORGANIZATIONAL_LIFE = "organizational_life", _("Organizational-life meeting")
    APPRAISAL = "appraisal", _("Democratic appraisal")
    DEMOCRATIC_LIFE = "democratic_life", _("Democratic-life meeting")
    SECRETARY_REPORT = "secretary_report", _("Secretary's report and review")
    STAFF = "staff", _("Staff meeting")


# A branch holds these; the others belong to committees.
KINDS_OF_A_BRANCH = (
    MeetingKind.GENERAL,
    MeetingKind.COMMITTEE,
    MeetingKind.LECTURE,
    MeetingKind.THEME_DAY,
    MeetingKind.ORGANIZATIONAL_LIFE,
    MeetingKind.APPRAISAL,
)


def kinds_held_by(organization_kind: str, *, in_group: bool) -> tuple[MeetingKind, ...]:
    """The kinds of meeting such an organization holds. A group holds group meetings, and nobody else does."""
    if in_group:
        return (MeetingKind.GROUP,)
    if organization_kind in BRANCH_KINDS:
        return KINDS_OF_A_BRANCH
    return tuple(kind for kind in MeetingKind if kind != MeetingKind.GROUP)


class Period(TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    HALF = "half", _("Half-year")
    YEAR = "year", _("Year")


class Bearer(TextChoices):
    """Who owes a requirement."""

    BRANCH = "branch", _("Each branch")
    GROUP = "group", _("Each Party group")
    COMMITTEE = "committee", _("Committee")


class Condition(TextChoices):
    """What must hold on the first day of a period for it to be owed."""

    NONE = "none", _("Always")
    HAS_COMMITTEE = "has_committee", _("Seven or more full members")
    HAS_LEADING_BODY = "has_leading_body", _("Flagged as having a leading body")


class Confidence(TextChoices):
    ARTICLE = "article", _("Article read")
    DIGEST = "digest", _("National rule, article not checked")
    LOCAL = "local", _("Local practice")


class MeetingState(TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held, record open")
    SUBMITTED = "submitted", _("Record submitted")
    RETURNED = "returned", _("Returned: redo the paper")
    HOLD_AGAIN = "hold_again", _("Returned: hold again")
    ACCEPTED = "accepted", _("Accepted")
    ARCHIVED = "archived", _("Archived")
    CANCELLED = "cancelled", _("Cancelled")


# A meeting in one of these states took place and counts for what is owed. One that must be held
# again does not, nor does one that was cancelled.
DISCHARGING = (
    MeetingState.HELD,
    MeetingState.SUBMITTED,
    MeetingState.RETURNED,
    MeetingState.ACCEPTED,
    MeetingState.ARCHIVED,
)
ACCEPTED_STATES = (MeetingState.ACCEPTED, MeetingState.ARCHIVED)
# The record may still be written by the branch.
RECORD_OPEN = (MeetingState.SCHEDULED, MeetingState.HELD, MeetingState.RETURNED, MeetingState.HOLD_AGAIN)


class RecordSource(TextChoices):
    WEB = "web", _("Entered here")
    IMPORT = "import", _("Imported")
    SELF = "self", _("Checked in by scanning")


class Presence(TextChoices):
    PRESENT = "present", _("Present")
    LATE = "late", _("Late")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")


HERE = (Presence.PRESENT, Presence.LATE)


class ContentCategory(TextChoices):
    """The five content categories; yearly coverage is looked at per branch."""

    THEORY = "theory", _("Theory")
    PURPOSE = "purpose", _("Purpose and service")
    PARTY_SPIRIT = "party_spirit", _("Party spirit")
    CRITICISM = "criticism", _("Criticism and self-criticism")
    HOT_QUESTIONS = "hot_questions", _("Members' hot questions")


class StepPhase(TextChoices):
    """When a step of a procedure is due, seen from the meeting itself."""

    BEFORE = "before", pgettext_lazy("step", "Before")
    MEETING = "meeting", pgettext_lazy("step", "At the meeting")
    AFTER = "after", pgettext_lazy("step", "Afterwards")


class Audience(TextChoices):
    """Who is expected at a kind of meeting."""

    BRANCH = "branch", _("All members")
    COMMITTEE = "committee", _("Branch committee")
    GROUP = "group", _("The group")
    LEADING_BODY = "leading_body", _("Leading body")


AUDIENCE = {
    MeetingKind.COMMITTEE: Audience.COMMITTEE,
    MeetingKind.GROUP: Audience.GROUP,
    MeetingKind.DEMOCRATIC_LIFE: Audience.LEADING_BODY,
}


def audience_of(kinds: list[str]) -> Audience:
    """The widest audience of an event of these kinds; everything not named otherwise is for all members."""
    audiences = {AUDIENCE.get(MeetingKind(kind), Audience.BRANCH) for kind in kinds}
    return audiences.pop() if len(audiences) == 1 else Audience.BRANCH


class DeadlineSubject(TextChoices):
    """What has a time limit beside the meetings themselves."""

    YEAR_PLAN = "year_plan", _("Plan of the year")
    QUARTER_PLAN = "quarter_plan", _("Plan of a quarter")
    PLAN_REVIEW = "plan_review", _("Review of a plan")
    RECORD = "record", _("Record of a meeting")
    RECORD_REVIEW = "record_review", _("Review of a record")
    DEMOCRATIC_LIFE_PLAN = "democratic_life_plan", _("Plan of the democratic-life meeting")
    DEMOCRATIC_LIFE_REPORT = "democratic_life_report", _("Report of the democratic-life meeting")
    HANDBOOK = "handbook", _("Handbook of the year handed in")
    RECTIFICATION = "rectification", _("Rectification of what was found")
    RECTIFICATION_CHECK = "rectification_check", _("Verification of a rectification")


class Anchor(StrEnum):
    """From where a time limit is counted: a period's first day, or the day something happened."""

    YEAR = "year"
    QUARTER = "quarter"
    AFTER_MEETING = "after_meeting"
    BEFORE_MEETING = "before_meeting"
    AFTER_SUBMISSION = "after_submission"
    AFTER_FINDING = "after_finding"


ANCHOR = {
    DeadlineSubject.YEAR_PLAN: Anchor.YEAR,
    DeadlineSubject.QUARTER_PLAN: Anchor.QUARTER,
    DeadlineSubject.PLAN_REVIEW: Anchor.AFTER_SUBMISSION,
    DeadlineSubject.RECORD: Anchor.AFTER_MEETING,
    DeadlineSubject.RECORD_REVIEW: Anchor.AFTER_SUBMISSION,
    DeadlineSubject.DEMOCRATIC_LIFE_PLAN: Anchor.BEFORE_MEETING,
    DeadlineSubject.DEMOCRATIC_LIFE_REPORT: Anchor.AFTER_MEETING,
    DeadlineSubject.HANDBOOK: Anchor.YEAR,
    DeadlineSubject.RECTIFICATION: Anchor.AFTER_FINDING,
    DeadlineSubject.RECTIFICATION_CHECK: Anchor.AFTER_SUBMISSION,
}
OF_A_PERIOD = tuple(subject for subject, anchor in ANCHOR.items() if anchor in (Anchor.YEAR, Anchor.QUARTER))


class DeadlineUnit(TextChoices):
    DAYS = "days", _("Days")
    WORKING_DAYS = "working_days", _("Working days")
    DAY_OF_MONTH = "day_of_month", _("Day of a month")


class ResolutionKind(TextChoices):
    """What is put to the vote. Each kind has its own quorum and majority in the rule book."""

    GENERAL = "general", _("Resolution of the general meeting")
    COMMITTEE = "committee", _("Decision of the branch committee")
    ADMISSION = "admission", _("Admission of a probationary member")
    TURNING_FULL = "turning_full", _("Turning full member")
    ELECTION = "election", _("Election")
    EXCLUSION = "exclusion", _("Leaving members out of the count")
    DEMOCRATIC_LIFE = "democratic_life", _("Decision of the democratic-life meeting")


# About one person, who is named.
ABOUT_ONE_PERSON = (ResolutionKind.ADMISSION, ResolutionKind.TURNING_FULL)
# Secret ballot: Rules on Admitting Party Members (2026), article 20; Election Regulations, article 24.
SECRET_BALLOT = (*ABOUT_ONE_PERSON, ResolutionKind.ELECTION)

VOTES_OF_GENERAL = (
    ResolutionKind.GENERAL,
    ResolutionKind.ADMISSION,
    ResolutionKind.TURNING_FULL,
    ResolutionKind.ELECTION,
    ResolutionKind.EXCLUSION,
)
# What can be put to the vote at which kind of meeting; at the others nothing is decided by vote.
VOTES_TAKEN = {
    MeetingKind.GENERAL: VOTES_OF_GENERAL,
    MeetingKind.ORGANIZATIONAL_LIFE: VOTES_OF_GENERAL,
    MeetingKind.APPRAISAL: VOTES_OF_GENERAL,
    MeetingKind.COMMITTEE: (ResolutionKind.COMMITTEE, ResolutionKind.ELECTION),
    MeetingKind.DEMOCRATIC_LIFE: (ResolutionKind.DEMOCRATIC_LIFE,),
}


def votes_taken_at(kinds: list[str]) -> tuple[ResolutionKind, ...]:
    """What can be put to the vote at an event of these kinds. The committee decides and elects only where nobody
    else is expected; together with a general meeting it is the general meeting that does."""
    silent = set() if audience_of(kinds) == Audience.COMMITTEE else {MeetingKind.COMMITTEE}
    taken = {vote for kind in {*kinds} - silent for vote in VOTES_TAKEN.get(MeetingKind(kind), ())}
    return tuple(vote for vote in ResolutionKind if vote in taken)


class Outcome(TextChoices):
    """How a vote ended; one not taken yet has none."""

    INVALID = "invalid", pgettext_lazy("vote", "Invalid")
    CARRIED = "carried", pgettext_lazy("vote", "Carried")
    LOST = "lost", pgettext_lazy("vote", "Not carried")


class Surplus(TextChoices):
    """What happens when an election has too few candidates for its seats."""

    WARN = "warn", _("Say so")
    REFUSE = "refuse", _("Refuse it")


class ExclusionReason(TextChoices):
    """The only reasons for which somebody may be left out of the expected voters."""

    NO_WILL = "no_will", _("Too ill to express a will")
    ABROAD = "abroad", _("Abroad at own expense for half a year or more")
    DETAINED = "detained", _("Detained or serving a sentence")
    LONG_ILL = "long_ill", _("Bedridden or ill for long, unable to attend")
    NOT_TRANSFERRED = "not_transferred", _("Away for more than six months and should have transferred")
    RETIRED_AWAY = "retired_away", _("Retired and moved home (elections only)")


LEFT_OUT_AT_ELECTIONS = tuple(ExclusionReason)
LEFT_OUT = tuple(reason for reason in ExclusionReason if reason != ExclusionReason.RETIRED_AWAY)


class ExclusionState(TextChoices):
    REQUESTED = "requested", _("Waiting for the upper organization")
    APPROVED = "approved", _("Approved, not adopted yet")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")
    ADOPTED = "adopted", _("Adopted by the meeting")
    ENDED = "ended", pgettext_lazy("exclusion", "Ended")


class LeaveState(TextChoices):
    ASKED = "asked", _("Leave asked")
    GRANTED = "granted", _("Leave granted")
    REFUSED = "refused", _("Leave refused")
    WITHDRAWN = "withdrawn", _("Leave withdrawn")


# Counts as away for the forecast and in the prepared attendance.
LEAVE_OPEN = (LeaveState.ASKED, LeaveState.GRANTED)


class AttachmentKind(TextChoices):
    """What a file beside a record may be; the value is its ending."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"
    PPTX = "pptx", "PowerPoint"
    JPG = "jpg", "JPG"
    PNG = "png", "PNG"
