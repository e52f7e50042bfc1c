"""Doors of the own account: everybody's own, whatever their role."""

from tests.architecture.url_case import Case, one

# Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere.
CASES = [
    Case("security", get="200"),
    one("session_end", of="elsewhere", get="405", post="404 404 404 302 404 404 404"),
    Case("sessions_end_others", get="405", post="302"),
    Case("session_touch", get="405", post="200"),
    # Nobody of the sweep has an authenticator: there is nothing to ask for, renew or take away.
    Case("second_factor_check", get="302", post="302"),
    Case("second_factor_set_up", get="200", post="400"),
    Case("recovery_codes_renew", get="403"),
    Case("second_factor_remove", get="403"),
    Case("change_password", get="200", post="400"),
    # --- the audit trail: the audit officer's
    Case("audit_list", get="403 | 403 403 200", post="405"),
    Case("audit_export", get="403 | 403 403 200", post="403 | 403 403 400"),
    # --- files: the file itself lies nowhere, so who may have it finds nothing
    one("meeting_attachments", of="coming", get="404 403 403 200 200 200 404",
        post="404 403 403 400 403 403 404"),
    one("meeting_attachments", of="record", get="404 403 403 200 200 200 404",
        post="404 403 403 409 403 403 404"),
    one("attachment_file", of="closed_file", get="404", post="405"),
    one("attachment_remove", of="open_file", get="405", post="404 404 404 302 403 403 404"),
    one("attachment_remove", of="closed_file", get="405", post="404 404 404 409 403 403 404"),
    one(
        "account_factor_reset", of="appointment", get="405", post="404 404 404 403 404 404 404 | 404 302 404"
    ),
    one("account_factor_reset", of="office", get="405", post="404 | 404 403 403"),
]  # fmt: skip
