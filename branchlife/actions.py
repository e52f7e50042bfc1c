"""The ground floor's actions in the audit trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branchlife.action_names import declare_actions, declare_parts


def declare() -> None:
    declare_actions(
        "session",
        _("Signing in"),
        {
            "begin": pgettext_lazy("trail", "signed in"),
            "second_factor": pgettext_lazy("trail", "code from the phone accepted"),
            "refused": pgettext_lazy("trail", "wrong name or password"),
            "wrong_code": pgettext_lazy("trail", "wrong code from the phone"),
            "end": pgettext_lazy("trail", "signed out"),
            "end_others": pgettext_lazy("trail", "ended sessions elsewhere"),
        },
    )
    declare_actions(
        "second_factor",
        _("Second factor"),
        {
            "set_up": pgettext_lazy("trail", "set up"),
            "renew_codes": pgettext_lazy("trail", "new recovery codes"),
            "remove": pgettext_lazy("trail", "taken away"),
            "recovery_code": pgettext_lazy("trail", "recovery code used"),
        },
    )
    declare_actions(
        "account",
        _("Account"),
        {
            "open": pgettext_lazy("trail", "opened"),
            "link": pgettext_lazy("trail", "link for a new password"),
            "password": pgettext_lazy("trail", "password changed"),
        },
    )
    declare_actions(
        "audit",
        _("Audit trail"),
        {
            "export": pgettext_lazy("trail", "exported"),
            "verify": pgettext_lazy("trail", "verified as a whole"),
        },
    )
    _declare_parts()


def _declare_parts() -> None:
    declare_parts(
        {
            "user": pgettext_lazy("trail", "account"),
            "username": pgettext_lazy("trail", "account"),
            "digest": pgettext_lazy("trail", "digest"),
            "history": pgettext_lazy("trail", "told afterwards"),
            "demo": pgettext_lazy("trail", "demonstration"),
            "events": pgettext_lazy("trail", "number of events"),
            "chains": pgettext_lazy("trail", "number of chains"),
            "faults": pgettext_lazy("trail", "number of faults"),
            "purpose": pgettext_lazy("trail", "purpose"),
            "before": pgettext_lazy("trail", "wording before"),
            "after": pgettext_lazy("trail", "wording after"),
            "name": pgettext_lazy("trail", "name"),
            "code": pgettext_lazy("trail", "code"),
        }
    )
