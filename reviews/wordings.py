"""The sentences of the notices about what goes through the loop, by subject and action."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.notices import Wording
from reviews.enums import Action

_to_review = _("To review")
_returned = _("Returned")

WORDINGS = {
    f"plan.{Action.SUBMIT}": Wording(
        _("%(organization)s submitted its plan for %(period)s."), _to_review, "due"
    ),
    f"plan.{Action.FORWARD}": Wording(
        _("The plan of %(organization)s for %(period)s was passed on to you."), _to_review, "due"
    ),
    f"plan.{Action.APPROVE}": Wording(
        _("The plan of %(organization)s for %(period)s is approved."), _("Approved"), "met"
    ),
    f"plan.{Action.RETURN}": Wording(
        _("The plan of %(organization)s for %(period)s is returned; please correct it."), _returned, "overdue"
    ),
    f"meeting.{Action.SUBMIT}": Wording(
        _("%(organization)s submitted the record of “%(subject)s”."), _to_review, "due"
    ),
    f"meeting.{Action.FORWARD}": Wording(
        _("The record of “%(subject)s” of %(organization)s was passed on to you."), _to_review, "due"
    ),
    f"meeting.{Action.ACCEPT}": Wording(_("The record of “%(subject)s” is accepted."), _("Accepted"), "met"),
    f"meeting.{Action.RETURN}": Wording(
        _("The record of “%(subject)s” is returned; please correct it."), _returned, "overdue"
    ),
    f"meeting.{Action.HOLD_AGAIN}": Wording(
        _("The record of “%(subject)s” is returned: the meeting has to be held again."), _returned, "overdue"
    ),
    "meeting.addendum": Wording(
        _("%(organization)s: addendum %(number)s to the record of “%(subject)s”."), _("Addendum")
    ),
    f"rectification.{Action.CREATE}": Wording(
        _("%(organization)s is to put right by %(due_on)s: %(subject)s"), _("To put right"), "due"
    ),
    f"rectification.{Action.CLAIM}": Wording(
        _("%(organization)s reports as done: %(subject)s"), _("To verify"), "due"
    ),
    f"rectification.{Action.VERIFY}": Wording(_("Verified and closed: %(subject)s"), _("Closed"), "met"),
    f"rectification.{Action.REOPEN}": Wording(
        _("Reopened, to be put right by %(due_on)s: %(subject)s"), _("Reopened"), "overdue"
    ),
    f"rectification.{Action.REVOKE}": Wording(_("No longer to be put right: %(subject)s"), _("Revoked")),
    "rectification.notice": Wording(
        _("Rectification notice %(code)s for %(organization)s: report back by %(due_on)s."),
        _("To put right"),
        "due",
    ),
    "meeting.evaluate": Wording(_("“%(subject)s” was judged by the committee."), _("Judged")),
    "inspection.drawn": Wording(
        _("%(organization)s was drawn for the inspection “%(subject)s”, from %(from_day)s to %(to_day)s."),
        pgettext_lazy("visit", "To come"),
    ),
    "visit.assign": Wording(
        _("You are an inspector of %(organization)s: “%(subject)s”."), _("To inspect"), "due"
    ),
    f"visit.{Action.REPORT}": Wording(
        _("%(organization)s was inspected and something was found; the re-check comes by %(due_on)s."),
        _("Findings"),
        "overdue",
    ),
    f"visit.{Action.CLEAR}": Wording(
        _("%(organization)s was inspected; nothing was found."), _("Nothing found"), "met"
    ),
    f"visit.{Action.RECHECK}": Wording(
        _("Re-check of %(organization)s: not all is put right; the next one comes by %(due_on)s."),
        _("Reopened"),
        "overdue",
    ),
    f"visit.{Action.CONFIRM}": Wording(
        _("Re-check of %(organization)s: all is put right, the visit is closed."), _("Closed"), "met"
    ),
}
