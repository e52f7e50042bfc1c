"""What a notice says: one table from its code to a sentence and a tag, for page, bell and mail.

A notice keeps a code and plain values (codes of kinds and periods, ISO dates), so that everyone reads
it in the own language. The floor above adds the sentences for its own codes with ``add_wordings``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from branchlife.enumeration import enumerated
from branchlife.templatetags.dates import cn_date, cn_month
from meetings.enums import MeetingKind
from meetings.period_names import period_name
from meetings.periods import span_from_code

MAIL_UNDELIVERABLE = "reminder.mail_undeliverable"


@dataclass(frozen=True)
class Wording:
    sentence: str | Promise
    tag: str | Promise
    tone: str = "info"  # of the tag: symbol and colour, as in `status_tag`


_sign_in = _("Sign-in and security")
_wordings: dict[str, Wording] = {
    MAIL_UNDELIVERABLE: Wording(
        _("Mail to %(address)s is refused. Reminders reach you here only until the address is corrected."),
        _("Mail refused"),
        "overdue",
    ),
    "transfer.propose": Wording(
        _("%(from)s wants to transfer %(member)s to %(to)s."), _("To be received"), "due"
    ),
    "transfer.withdraw": Wording(
        _("%(from)s has taken back the transfer of %(member)s."), pgettext_lazy("transfer", "Withdrawn")
    ),
    "transfer.accept": Wording(
        _("%(to)s has received %(member)s from %(from)s."), pgettext_lazy("transfer", "Received"), "met"
    ),
    "transfer.return": Wording(
        _("%(to)s has returned the transfer of %(member)s."), pgettext_lazy("transfer", "Returned"), "overdue"
    ),
    "delegation.given": Wording(
        _("%(name)s asks you to stand in as reviewer from %(from_day)s to %(to_day)s."), _("Delegated to you")
    ),
    "meeting.moved": Wording(
        _("“%(subject)s” takes place on %(moment)s now. Place: %(where)s."), pgettext_lazy("meeting", "Moved")
    ),
    "meeting.called_off": Wording(
        _("“%(subject)s” on %(day)s does not take place."), pgettext_lazy("meeting", "Called off")
    ),
    "leave.asked": Wording(
        _("%(name)s asks leave for “%(subject)s” on %(day)s."), pgettext_lazy("leave", "To answer"), "due"
    ),
    "leave.granted": Wording(
        _("Your leave for “%(subject)s” on %(day)s is granted."), pgettext_lazy("leave", "Granted"), "met"
    ),
    "leave.refused": Wording(
        _("Your leave for “%(subject)s” on %(day)s is refused."), pgettext_lazy("leave", "Refused"), "overdue"
    ),
    "exclusion.requested": Wording(
        _("%(organization)s asks to leave %(name)s out of the count of voters."),
        pgettext_lazy("request", "To decide"),
        "due",
    ),
    "exclusion.approved": Wording(
        _("Leaving %(name)s out of the count is approved; now the meeting has to adopt it."),
        pgettext_lazy("request", "Approved"),
        "met",
    ),
    "exclusion.refused": Wording(
        _("Leaving %(name)s out of the count is refused."), pgettext_lazy("request", "Refused"), "overdue"
    ),
    "exclusion.adopted": Wording(
        _("%(organization)s leaves you out of the count of voters from %(day)s. You may come and vote."),
        _("Out of the count"),
    ),
    "account.password": Wording(
        _("Your password was changed. If that was not you, tell your administrator at once."), _sign_in
    ),
    "second_factor.set_up": Wording(
        _(
            "An authenticator was set up for your account. If that was not you, tell your administrator at once."
        ),
        _sign_in,
    ),
    "second_factor.renew_codes": Wording(
        _("You have new recovery codes; the old ones no longer work."), _sign_in
    ),
    "second_factor.remove": Wording(
        _("Your authenticator was removed. If you did not ask for it, tell your administrator at once."),
        _sign_in,
    ),
    "second_factor.recovery_code": Wording(
        _("A recovery code was used to sign in to your account. It works no more."), _sign_in
    ),
    "quorum.short": Wording(
        _(
            "“%(subject)s” on %(day)s: %(needed)s of %(expected)s voters needed, %(likely)s expected: "
            "%(short)s short."
        ),
        _("Quorum at risk"),
        "overdue",
    ),
    "help.needed": Wording(
        _(
            "%(name)s has been away for %(months)s months in a row without leave, since %(since)s. "
            "Please talk to them."
        ),
        _("Help needed"),
        "due",
    ),
}
UNKNOWN = Wording(_("There is news for you."), _("News"))

# How a value is put into words; anything else is shown as it stands.
_in_words: dict[str, Callable[[str], str]] = {
    "kind": lambda code: str(MeetingKind(code).label),
    "kinds": lambda codes: enumerated(MeetingKind(code).label for code in codes.split(",")),
    "period": lambda code: period_name(span_from_code(code)),
    "due_on": lambda day: cn_date(date.fromisoformat(day)),
    "day": lambda day: cn_date(date.fromisoformat(day)),
    "moment": lambda text: _moment(datetime.fromisoformat(text), with_time=" " in text),
    "where": lambda place: place or pgettext("place", "to be fixed"),
    "since": lambda day: cn_month(date.fromisoformat(day)),
    "from_day": lambda day: cn_date(date.fromisoformat(day)),
    "to_day": lambda day: cn_date(date.fromisoformat(day)),
}


def _moment(moment: datetime, *, with_time: bool) -> str:
    """Civil time where the branch is, as it was written down."""
    day = cn_date(moment.date())
    return f"{day} {moment:%H:%M}" if with_time else day


def add_wordings(wordings: Mapping[str, Wording]) -> None:
    """Called once when an app is ready."""
    _wordings.update(wordings)


def wording_of(code: str) -> Wording:
    return _wordings.get(code, UNKNOWN)


def describe(code: str, values: Mapping[str, Any]) -> str:
    """The sentence in the language in force. Old rows whose code or values are no longer known still
    give a sentence: a list of notices must never fail because of one of them."""
    printable = {name: _word(name, value) for name, value in values.items()}
    try:
        return str(wording_of(code).sentence) % printable
    except KeyError:
        return str(UNKNOWN.sentence)


def _word(name: str, value: Any) -> str:
    try:
        return _in_words.get(name, str)(str(value))
    except ValueError:
        return str(value)
