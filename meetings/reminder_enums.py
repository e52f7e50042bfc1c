"""The words of reminding as codes: stages, ways out, and what became of a message."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReminderStage(TextChoices):
    DUE_SOON = "due_soon", _("Due soon")
    OVERDUE = "overdue", _("Overdue")
    ESCALATED = "escalated", _("Told to the organization above")


class LeadUnit(TextChoices):
    """In what the distance of a first reminder from the due date is counted."""

    WORKING_DAYS = "working_days", _("Working days")
    DAYS = "days", _("Days")
    MONTHS = "months", _("Months")


class WhenUnsure(TextChoices):
    """What becomes of a message that was handed over and never answered for, where no log of the mail
    server tells."""

    HOLD = "hold", _("Not sent again; an administrator decides")
    RESEND = "resend", _("Sent once more")


class Channel(TextChoices):
    IN_APP = "in_app", _("In the app")
    EMAIL = "email", _("E-mail")
    WECOM = "wecom", _("WeCom group robot")
    DINGTALK = "dingtalk", _("DingTalk group robot")


ROBOTS = (Channel.WECOM, Channel.DINGTALK)


class DeliveryState(TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    CLAIMED = "claimed", _("Being sent")
    FINALIZING = "finalizing", _("Handed over, answer unknown")
    SENT = "sent", _("Sent")
    RESOLVED = "resolved", _("No longer needed")
    SUPERSEDED = "superseded", _("Replaced by a later stage")
    DEAD = "dead", _("Given up")
    HELD = "held", _("Answer unknown, held")


class Evidence(TextChoices):
    """By what we know that a message was taken."""

    ANSWER = "answer", _("The server's answer")
    RELAY_LOG = "relay_log", _("The mail server's log")
    JOURNAL = "journal", _("Our own journal")
    PERSON = "person", _("An administrator's word")
