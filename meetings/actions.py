"""What people, meetings and rules add to the names of the audit trail's actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.action_names import READ, declare_actions, declare_parts
from meetings.services.imports.preview import ImportKind
from meetings.workflow import ExclusionAction

OPENED = pgettext_lazy("trail", "opened to read")
ADDED, CHANGED, CORRECTED = (
    pgettext_lazy("trail", "added"),
    pgettext_lazy("trail", "changed"),
    pgettext_lazy("trail", "corrected"),
)
ENDED, REMOVED, WITHDRAWN = (
    pgettext_lazy("trail", "ended"),
    pgettext_lazy("trail", "removed"),
    pgettext_lazy("trail", "withdrawn"),
)
EXPORTED = pgettext_lazy("trail", "exported")


def declare() -> None:
    _declare_people()
    _declare_places()
    _declare_meetings()
    _declare_requests()
    _declare_rules()
    _declare_reminders()
    _declare_parts()


def _declare_people() -> None:
    declare_actions(
        "member",
        _("Member"),
        {
            READ: OPENED,
            "add": ADDED,
            "correct": CORRECTED,
            "turn_full": pgettext_lazy("trail", "turned full member"),
        },
    )
    declare_actions("roster", _("Roster"), {READ: OPENED})
    declare_actions(
        "membership",
        _("Membership"),
        {
            "begin": pgettext_lazy("trail", "begun"),
            "end": ENDED,
            "group": pgettext_lazy("trail", "moved to another group"),
        },
    )
    declare_actions("post", _("Post"), {"give": pgettext_lazy("trail", "given"), "end": ENDED})
    declare_actions("standing", _("Standing"), {"set": pgettext_lazy("trail", "set"), "end": ENDED})
    declare_actions(
        "transfer",
        _("Transfer"),
        {
            "propose": pgettext_lazy("trail", "proposed"),
            "accept": pgettext_lazy("trail", "received"),
            "return": pgettext_lazy("trail", "returned"),
            "withdraw": WITHDRAWN,
        },
    )
    declare_actions("appointment", _("Role"), {"begin": pgettext_lazy("trail", "given"), "end": ENDED})
    declare_actions(
        "delegation",
        _("Delegation"),
        {
            "give": pgettext_lazy("trail", "given"),
            "revoke": pgettext_lazy("trail", "revoked"),
        },
    )


def _declare_places() -> None:
    declare_actions(
        "organization",
        _("Organization"),
        {
            "found": pgettext_lazy("trail", "founded"),
            "correct": CORRECTED,
            "move": pgettext_lazy("trail", "moved"),
            "merge": pgettext_lazy("trail", "merged"),
            "dissolve": pgettext_lazy("trail", "dissolved"),
        },
    )
    declare_actions("term", _("Term"), {"begin": pgettext_lazy("trail", "begun")})
    declare_actions(
        "group",
        _("Party group"),
        {
            "found": pgettext_lazy("trail", "founded"),
            "rename": pgettext_lazy("trail", "renamed"),
            "dissolve": pgettext_lazy("trail", "dissolved"),
        },
    )
    declare_actions(
        "import",
        _("Import"),
        {
            "upload": pgettext_lazy("trail", "uploaded"),
            "confirm": pgettext_lazy("trail", "confirmed"),
            "discard": pgettext_lazy("trail", "discarded"),
            **{kind.value: kind.label for kind in ImportKind},
        },
    )
    declare_actions("demo", _("Demonstration"), {"seed": pgettext_lazy("trail", "filled")})


def _declare_meetings() -> None:
    declare_actions(
        "meeting",
        _("Meeting"),
        {
            READ: OPENED,
            "schedule": pgettext_lazy("trail", "put on the calendar"),
            "reschedule": pgettext_lazy("trail", "moved"),
            "replan": pgettext_lazy("trail", "adapted to the plan"),
            "write": pgettext_lazy("trail", "record written"),
            "steps": pgettext_lazy("trail", "procedure ticked"),
            "guests": pgettext_lazy("trail", "guests noted"),
            "check_in": pgettext_lazy("trail", "check-in by code switched"),
            "addendum": pgettext_lazy("trail", "corrected beside the record"),
        },
    )
    declare_actions("attachment", _("File"), {READ: OPENED, "add": ADDED, "remove": REMOVED})
    declare_actions(
        "attendance",
        _("Attendance"),
        {
            "catch_up": pgettext_lazy("trail", "caught up"),
            "check_in": pgettext_lazy("trail", "checked in"),
        },
    )
    declare_actions(
        "resolution",
        _("Vote"),
        {
            READ: OPENED,
            "add": ADDED,
            "change": CHANGED,
            "remove": REMOVED,
        },
    )
    declare_actions(
        "opinion",
        _("Written opinion"),
        {
            "hand_in": pgettext_lazy("trail", "handed in"),
            "take_back": pgettext_lazy("trail", "taken back"),
        },
    )
    declare_actions("register", _("Register of meetings"), {"export": EXPORTED})


def _declare_requests() -> None:
    declare_actions(
        "leave",
        _("Leave"),
        {
            READ: OPENED,
            "ask": pgettext_lazy("trail", "asked"),
            "grant": pgettext_lazy("trail", "granted"),
            "refuse": pgettext_lazy("trail", "refused"),
            "withdraw": WITHDRAWN,
        },
    )
    declare_actions(
        "exclusion",
        _("Leaving out of the number of voters"),
        {
            READ: OPENED,
            "request": pgettext_lazy("trail", "requested"),
            "adopt": pgettext_lazy("trail", "adopted by the meeting"),
            "release": pgettext_lazy("trail", "adoption taken back"),
            **{action.value: action.label for action in ExclusionAction},
        },
    )
    declare_actions(
        "obligation",
        _("What is owed"),
        {
            "waive": pgettext_lazy("trail", "let off"),
            "unwaive": pgettext_lazy("trail", "owed again"),
        },
    )


def _declare_rules() -> None:
    declare_actions("rule", _("Rule"), {"add": ADDED, "change": CHANGED, "correct": CORRECTED, "end": ENDED})
    declare_actions(
        "calendar",
        _("Calendar"),
        {
            "add_year": pgettext_lazy("trail", "year added"),
            "change_year": pgettext_lazy("trail", "year changed"),
            "move_days": pgettext_lazy("trail", "days moved"),
            "open": pgettext_lazy("trail", "address given out"),
            "revoke": pgettext_lazy("trail", "address revoked"),
        },
    )


def _declare_reminders() -> None:
    declare_actions(
        "reminder",
        _("Reminder"),
        {
            "prefer": pgettext_lazy("trail", "habits changed"),
            "snooze": pgettext_lazy("trail", "put off"),
            "wake": pgettext_lazy("trail", "no longer put off"),
        },
    )
    declare_actions(
        "letter",
        _("Letter"),
        {
            "send_again": pgettext_lazy("trail", "sent again"),
            "arrived": pgettext_lazy("trail", "noted as arrived"),
            "put_aside": pgettext_lazy("trail", "put aside"),
        },
    )
    declare_actions("robot", _("Robot"), {"add": ADDED, "change": CHANGED, "remove": REMOVED})
    declare_actions("clock", _("Clock"), {"accept": pgettext_lazy("trail", "jump accepted")})


def _declare_parts() -> None:
    declare_parts(
        {
            "steps": pgettext_lazy("trail", "steps of the procedure"),
            "record": pgettext_lazy("trail", "text of the record"),
            "kinds": pgettext_lazy("trail", "kinds of the meeting"),
            "not_present": pgettext_lazy("trail", "number of those not present"),
            "number": pgettext_lazy("trail", "number"),
            "votes": pgettext_lazy("trail", "votes"),
            "day": pgettext_lazy("trail", "day"),
            "days": pgettext_lazy("trail", "days"),
            "from": pgettext_lazy("trail", "first day"),
            "to": pgettext_lazy("trail", "last day"),
            "last_day": pgettext_lazy("trail", "last day"),
            "until": pgettext_lazy("trail", "last day"),
            "under": pgettext_lazy("trail", "place in the tree"),
            "into": pgettext_lazy("trail", "taken up by"),
            "members": pgettext_lazy("trail", "number of members"),
            "member": pgettext_lazy("trail", "member"),
            "group": pgettext_lazy("trail", "Party group"),
            "post": pgettext_lazy("trail", "post"),
            "posts": pgettext_lazy("trail", "posts"),
            "deputy": pgettext_lazy("trail", "deputy"),
            "presence": pgettext_lazy("trail", "presence"),
            "offered": pgettext_lazy("trail", "checking in oneself"),
            "skip_invalid": pgettext_lazy("trail", "faulty rows left out"),
            "is_working": pgettext_lazy("trail", "working day or not"),
            "guests": pgettext_lazy("trail", "guests"),
            "meeting": pgettext_lazy("trail", "meeting"),
            "meetings": pgettext_lazy("trail", "number of meetings"),
            "year": pgettext_lazy("trail", "year"),
            "created": pgettext_lazy("trail", "rows added"),
            "updated": pgettext_lazy("trail", "rows changed"),
            "left_out": pgettext_lazy("trail", "rows left out"),
            "kind": pgettext_lazy("trail", "kind"),
            "reason": pgettext_lazy("trail", "reason"),
            "state": pgettext_lazy("trail", "state"),
            "valid_from": pgettext_lazy("trail", "in force from"),
            "valid_to": pgettext_lazy("trail", "in force until"),
            "organization": pgettext_lazy("trail", "organization"),
            "subject": pgettext_lazy("trail", "subject"),
            "founded_on": pgettext_lazy("trail", "founded on"),
            "dissolved_on": pgettext_lazy("trail", "dissolved on"),
            "term_start_on": pgettext_lazy("trail", "beginning of the term"),
            "channel": pgettext_lazy("trail", "channel"),
            "is_active": pgettext_lazy("trail", "in use or not"),
            "role": pgettext_lazy("trail", "role"),
        }
    )
