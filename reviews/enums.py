"""The words of planning and review as codes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for review")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    AMENDED = "amended", _("Being amended")
    CLOSED = "closed", pgettext_lazy("plan", "Closed")


# The branch may write on it.
PLAN_OPEN = (PlanState.DRAFT, PlanState.RETURNED, PlanState.AMENDED)
# It was approved and nothing else is being asked for: its items are the branch's calendar.
PLAN_IN_FORCE = (PlanState.APPROVED, PlanState.CLOSED)


class Task(TextChoices):
    """What a paper waits for on the desk where it lies."""

    WRITE = "write", _("To write or correct")
    REVIEW = "review", _("To review")


class Paper(TextChoices):
    """What goes through review."""

    PLAN = "plan", pgettext_lazy("paper", "Plan")
    RECORD = "record", pgettext_lazy("paper", "Record of a meeting")


class Route(TextChoices):
    """The desks a paper goes over before it is decided. Those without a reviewer are left out."""

    DIRECT = "direct", _("Straight to the Party committee")
    STEPWISE = "stepwise", _("First the general branch, then the Party committee")
    GENERAL_BRANCH = "general", _("The general branch alone")


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


class Verdict(TextChoices):
    """How a step of a meeting is judged."""

    MET = "met", pgettext_lazy("verdict", "Done well")
    PARTLY = "partly", pgettext_lazy("verdict", "Partly")
    MISSING = "missing", pgettext_lazy("verdict", "Not done")
    UNSEEN = "unseen", pgettext_lazy("verdict", "Cannot be told")


FAULTY = (Verdict.PARTLY, Verdict.MISSING)


class Rating(TextChoices):
    """What a member says of a meeting, in one tap."""

    GOOD = "good", pgettext_lazy("rating", "Good")
    FAIR = "fair", pgettext_lazy("rating", "Fairly good")
    PLAIN = "plain", pgettext_lazy("rating", "So-so")
    POOR = "poor", pgettext_lazy("rating", "Poor")


class InspectionKind(TextChoices):
    ANNOUNCED = "announced", _("Announced")
    UNANNOUNCED = "unannounced", _("Unannounced")


class InspectionState(TextChoices):
    OPEN = "open", _("Frame published, not drawn yet")
    DRAWN = "drawn", _("Drawn")
    VISITING = "visiting", _("Visits going on")
    CLOSED = "closed", pgettext_lazy("inspection", "Closed")
    CALLED_OFF = "called_off", pgettext_lazy("inspection", "Called off")


# Nothing was drawn.
UNDRAWN = (InspectionState.OPEN, InspectionState.CALLED_OFF)


class VisitState(TextChoices):
    PLANNED = "planned", pgettext_lazy("visit", "To come")
    CHECKING = "checking", _("On the spot")
    MENDING = "mending", _("Being put right, re-check to come")
    CLOSED = "closed", pgettext_lazy("visit", "Closed")
    CALLED_OFF = "called_off", pgettext_lazy("visit", "Called off")


# The inspectors have been there and said what they found.
VISITED = (VisitState.MENDING, VisitState.CLOSED)
# Nobody has said yet what was found there.
AHEAD = (VisitState.PLANNED, VisitState.CHECKING)


class Recency(TextChoices):
    """Time since the last visit, by which the draw is stratified."""

    NEVER = "never", _("Never visited")
    OVER_YEAR = "over_year", _("Over a year ago")
    OVER_HALF = "over_half", _("Over half a year ago")
    LESS = "less", _("Less than half a year ago")


class VisitAnswerValue(TextChoices):
    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    NOT_APPLICABLE = "na", _("Does not apply")


class VisitSection(TextChoices):
    """Where the questions of a visit come from."""

    OWED = "owed", _("What is owed")
    ELEMENTS = "elements", _("Elements of the records")
    PROCEDURE = "procedure", _("Procedure")
    MENDED = "mended", _("What was to be put right")


class Openness(TextChoices):
    """Who may read a rectification item beside those who answer for it and its owner."""

    KEPT = "kept", _("Those who answer for it")
    BRANCH = "branch", _("All members of the branch")


class Action(TextChoices):
    """Every step a plan, a record, a rectification item, an inspection or a visit can take. Who may take it
    from where is in ``workflow``."""

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
    FORWARD = "forward", _("Agree and pass on")
    AMEND = "amend", _("Amend")
    TAKE_BACK = "take_back", _("Withdraw the amendment")
    DISCARD = "discard", _("Drop the amendment")
    CLOSE = "close", pgettext_lazy("step", "Close the plan")
    DROP = "drop", _("Left out of the amended plan")
    DRAW = "draw", _("Draw the branches")
    CALL_OFF = "call_off", _("Call off")
    START = "start", _("Begin the visits")
    CONCLUDE = "conclude", _("Close the inspection")
    BEGIN = "begin", _("Begin the visit")
    REPORT = "report", _("Hand over what was found")
    CLEAR = "clear", _("Nothing found, close the visit")
    RECHECK = "recheck", _("Re-check: not all is put right")
    CONFIRM = "confirm", _("Re-check: all is put right")


# Decisions about somebody else's paper.
DECISIONS = (Action.FORWARD, Action.APPROVE, Action.ACCEPT, Action.RETURN, Action.HOLD_AGAIN)
