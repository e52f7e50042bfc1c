"""The words of planning and review as codes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for review")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")


class FindingReason(TextChoices):
    UNTRUE = "untrue", _("Content untrue")
    UNCLEAR = "unclear", _("Procedure unclear")
    MISSING = "missing", _("Elements missing")


class RectificationState(TextChoices):
    OPEN = "open", pgettext_lazy("rectification", "Open")
    CLAIMED = "claimed", _("Reported as done")
    REOPENED = "reopened", _("Reopened")
    CLOSED = "closed", _("Verified and closed")
    REVOKED = "revoked", _("Revoked")


# The branch has to do something.
TO_MEND = (RectificationState.OPEN, RectificationState.REOPENED)
# Not settled until somebody else has seen that it is done: comes back on every next agenda.
UNSETTLED = (*TO_MEND, RectificationState.CLAIMED)


class RectificationSource(TextChoices):
    """Where a rectification item came from."""

    RETURN = "return", _("Returned paper")
    EVALUATION = "evaluation", _("Evaluation of a meeting")
    INSPECTION = "inspection", _("Inspection")
    CONTACT = "contact", _("Contact point")
    MEETING = "meeting", _("Meeting")
    RESOLUTION = "resolution", _("Resolution")
    ORGANIZATIONAL_LIFE = "life", _("Organizational-life meeting")
    APPRAISAL = "appraisal", _("Democratic appraisal")
    REPORT = "report", _("Secretary's report and review")
    HAND = "hand", _("Entered by hand")


class Cause(TextChoices):
    """Why something has to be put right; what the statistics count. The first three are those of a return."""

    UNTRUE = FindingReason.UNTRUE.value, FindingReason.UNTRUE.label
    UNCLEAR = FindingReason.UNCLEAR.value, FindingReason.UNCLEAR.label
    MISSING = FindingReason.MISSING.value, FindingReason.MISSING.label
    NOT_HELD = "not_held", _("Not held, or too seldom")
    LATE = "late", _("Held or recorded late")
    ATTENDANCE = "attendance", _("Attendance and leave")
    FORMAL = "formal", _("For form's sake only")
    FOLLOW_UP = "follow_up", _("Agreed and not carried out")
    OTHER = "other", pgettext_lazy("cause", "Other")


class Openness(TextChoices):
    """Who may read a rectification item beside those who answer for it and its owner."""

    KEPT = "kept", _("Those who answer for it")
    BRANCH = "branch", _("All members of the branch")


class Action(TextChoices):
    """Every step a plan, a record or a rectification item can take. Who may take it from where is in
    ``workflow``."""

    CREATE = "create", _("Created")
    SUBMIT = "submit", _("Submit")
    WITHDRAW = "withdraw", _("Withdraw")
    APPROVE = "approve", _("Approve")
    RETURN = "return", _("Return: redo the paper")
    HOLD_AGAIN = "hold_again", _("Return: hold again")
    RECORD = "record", _("Write the record")
    ACCEPT = "accept", _("Accept")
    CANCEL = "cancel", _("Cancel the meeting")
    ARCHIVE = "archive", _("Archive")
    CLAIM = "claim", _("Report as done")
    VERIFY = "verify", _("Verify and close")
    REOPEN = "reopen", _("Reopen")
    REVOKE = "revoke", _("Revoke")
