"""The words of planning and review as codes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for review")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")


class FindingReason(TextChoices):
    UNTRUE = "untrue", _("Content untrue")
    UNCLEAR = "unclear", _("Procedure unclear")
    MISSING = "missing", _("Elements missing")


class Action(TextChoices):
    """Every step a plan or a record can take. Who may take it from where is in ``workflow``."""

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
