"""Who may knock at which door: every named address × role × method, declared in this one place.

A line of the table reads like a row of the permission matrix. The columns are ``ROLES``; somebody who has not
signed in is sent to the door everywhere except at the addresses in ``PUBLIC``.
"""

from typing import Any

from django.utils import timezone

from tests.architecture.url_access import CASES as ACCESS
from tests.architecture.url_attendance import CASES as ATTENDANCE
from tests.architecture.url_case import ROLES, Case, one, version_of
from tests.architecture.url_closed import CASES as CLOSED
from tests.architecture.url_contacts import CASES as CONTACTS
from tests.architecture.url_inspections import CASES as INSPECTIONS
from tests.architecture.url_objects import Things
from tests.architecture.url_reminders import CASES as REMINDERS
from tests.architecture.url_review import review_cases
from tests.architecture.url_table_rectification import RECTIFICATION_CASES

__all__ = ["CASES", "PUBLIC", "ROLES", "Case"]


def because(things: Things) -> dict[str, Any]:
    return {"reason": "因疫情停办"}


def for_the_inspection(things: Things) -> dict[str, Any]:
    return {"year": timezone.localdate().year, "purpose": "年度检查"}


def of_2026(things: Things) -> dict[str, Any]:
    return {"year": 2026}


def rule_cases(stem: str) -> list[Case]:
    """The pages of a national rule, of the committee's own and of another committee's."""
    national, local, other = (f"{owner}_{stem}" for owner in ("national", "local", "other"))
    form = {"get": "404 404 403 403 403 200 404", "post": "404 404 403 403 403 400 404"}
    nobody = {"get": "404 404 403 403 403 403 403"}
    return [
        one(f"{stem}_detail", of=national, get="404 404 403 200 200 200 200"),
        one(f"{stem}_detail", of=local, get="404 404 403 200 200 200 404"),
        one(f"{stem}_detail", of=other, get="404 404 404 404 404 404 200"),
        one(f"{stem}_override", of=national, get="404 404 403 403 403 200 403",
            post="404 404 403 403 403 400 403"),
        one(f"{stem}_override", of=local, **form),
        *(one(f"{stem}_{page}", of=national, **nobody) for page in ("change", "end", "basis")),
        *(one(f"{stem}_{page}", of=local, **form) for page in ("change", "end", "basis")),
    ]  # fmt: skip


# Open to visitors: status for GET and POST.
PUBLIC: dict[str, tuple[int, int]] = {
    "health": (200, 200),
    "calendar_feed": (404, 405),
    "sign_in": (200, 400),
    "sign_out": (405, 302),
    "set_language": (302, 302),
    "demo_sign_in": (404, 404),  # outside a demonstration there is no such door
    "check_in_scan": (302, 405),  # on to the meeting, which asks who is there
    "set_password": (200, 200),  # a wrong link: told so, whatever is sent
}

# Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere.
CASES = [
    Case("health", get="200"),
    Case("sign_in", get="302"),
    Case("sign_out", get="405", post="302"),
    Case("set_language", get="302"),
    Case("demo_sign_in", get="404"),
    Case("set_password", get="200", kwargs=lambda things: {"uidb64": "MQ", "token": "x-y"}),
    *ACCESS,
    Case("workbench", get="200 | 200 302 302"),
    Case("my_page", get="200"),
    # --- notices: everybody's own
    Case("notice_list", get="200"),
    Case("notices_read_all", get="405", post="302"),
    one("notice_read", of="notice", get="405", post="404 404 404 302 404 404 404"),
    # --- people
    Case("member_list", get="403 403 200 200 200 200 200"),
    one("member_detail", of="colleague", get="404 404 200 200 200 200 404"),
    Case("account_list", get="403 | 403 200 403"),
    Case("appointment_create", get="403 | 403 200 403", post="403 | 403 400 403"),
    one("appointment_end", of="appointment", get="405", post="404 404 404 403 404 404 404 | 404 302 404"),
    one("account_link", of="appointment", get="405", post="404 404 404 403 404 404 404 | 404 302 404"),
    one("appointment_end", of="office", get="405", post="404 | 404 403 403"),
    one("account_link", of="office", get="405", post="404 | 404 403 403"),
    # --- changing the roster
    Case("member_create", get="403 403 403 403 403 200 403", post="403 403 403 403 403 400 403"),
    one("member_facts", of="colleague", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("member_full", of="colleague", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("member_leave", of="colleague", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("member_receive", of="colleague", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("post_create", of="colleague", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("standing_create", of="colleague", get="404 404 403 200 403 200 404",
        post="404 404 403 400 403 400 404"),
    one("transfer_create", of="colleague", get="404 404 403 200 403 200 404",
        post="404 404 403 400 403 400 404"),
    one("post_end", of="post", get="404 404 403 403 403 200 404", post="404 404 403 403 403 400 404"),
    one("standing_end", of="standing", get="404 404 403 200 403 200 404",
        post="404 404 403 400 403 400 404"),
    Case("transfer_list", get="403 403 200 200 200 200 200"),
    one("transfer_detail", of="transfer", get="404 404 404 200 200 200 404"),
    one("transfer_step", of="transfer", get="405", post="404 404 404 403 403 400 404", action="accept",
        note="receive, without a day"),
    one("transfer_step", of="transfer", get="405", post="404 404 404 403 403 400 404", action="return",
        note="return, without a reason"),
    one("transfer_step", of="transfer", get="405", post="404 404 404 302 403 302 404", action="withdraw",
        note="take back"),
    one("transfer_step", of="transfer", get="405", post="404", action="explode",
        note="unknown step"),
    # --- the tree
    Case("organization_list", get="403 403 403 200 200 200 200"),
    one("organization_detail", of="branch", get="404 404 200 200 200 200 404"),
    one("organization_detail", of="committee", get="404 404 404 404 200 200 404"),
    one("organization_create", of="committee", get="404 404 404 404 403 200 404",
        post="404 404 404 404 403 400 404"),
    one("organization_edit", of="branch", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("organization_term", of="branch", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("organization_move", of="branch", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("organization_merge", of="branch", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("organization_dissolve", of="branch", get="404 404 403 403 403 200 404",
        post="404 404 403 403 403 400 404"),
    one("branch_roster", of="branch", get="404 404 403 200 200 200 404"),
    one("branch_groups", of="branch", get="404 404 403 200 403 200 404",
        post="404 404 403 400 403 400 404"),
    one("group_create", of="branch", get="404 404 403 200 403 200 404",
        post="404 404 403 400 403 400 404"),
    one("group_edit", of="group", get="404 404 403 200 403 200 404", post="404 404 403 400 403 400 404"),
    one("group_dissolve", of="group", get="404 404 403 200 403 200 404",
        post="404 404 403 400 403 400 404"),
    # --- imports: only one's own, previews hold personal data
    Case("import_list", get="403 403 403 403 403 200 403", post="403 403 403 403 403 400 403"),
    Case("import_template", get="403 403 403 403 403 200 403", post="405",
         kwargs=lambda things: {"kind": "roster"}),
    Case("import_template", get="403 403 403 403 403 404 403", post="405", note="of an unknown kind",
         kwargs=lambda things: {"kind": "nothing"}),
    one("import_detail", of="job", get="404 404 404 404 404 200 404", post="405"),
    one("import_progress", of="job", get="404 404 404 404 404 200 404", post="405"),
    one("import_confirm", of="job", get="405", post="404 404 404 404 404 302 404"),
    one("import_discard", of="job", get="405", post="404 404 404 404 404 302 404"),
    # --- branches and what they owe
    Case("branch_list", get="200"),
    one("branch_detail", of="branch", get="404 404 200 200 200 200 404"),
    one("branch_detail", of="small_branch", get="404 404 404 404 200 200 404"),
    one("branch_register", of="branch", get="404 404 403 200 200 200 404", post="404 404 403 400 400 400 404"),
    one("branch_register", of="small_branch", get="404 404 404 404 200 200 404",
        post="404 404 404 404 200 200 404", data=for_the_inspection),
    Case("obligation_list", get="403 403 200 200 200 200 200"),
    Case("dashboard", get="403 403 403 403 200 200 200"),
    one("obligation_detail", of="owed", get="404 404 404 200 200 200 404"),
    one("obligation_waive", of="owed", get="405", post="404 404 404 403 302 302 404", data=because),
    one("obligation_waive", of="owed", get="405", post="404 404 404 403 400 400 404", note="without a reason"),
    one("obligation_unwaive", of="waived", get="405", post="404 404 404 403 302 302 404"),
    # --- plans
    Case("plan_list", get="200"),
    Case("plan_create", get="403 403 403 200 403 403 403", post="403 403 403 400 403 403 403"),
    one("plan_detail", of="draft", get="404 404 404 200 404 404 404"),
    one("plan_detail", of="plan", get="404 404 404 200 200 200 404"),
    one("plan_edit", of="draft", get="404 404 404 200 404 404 404", post="404 404 404 400 404 404 404"),
    one("plan_edit", of="plan", get="404 404 404 409 403 403 404"),
    one("plan_step", of="plan", get="405", post="404 404 404 403 302 403 404", action="approve",
        note="approve", data=version_of("plan")),
    one("plan_step", of="plan", get="405", post="404 404 404 403 400 403 404", action="return",
        note="return without a finding", data=version_of("plan")),
    one("plan_step", of="plan", get="405", post="404 404 404 302 403 403 404", action="withdraw",
        note="withdraw", data=version_of("plan")),
    one("plan_step", of="plan", get="405", post="404 404 404 409 409 409 404", action="submit",
        note="hand in again", data=version_of("plan")),
    one("plan_step", of="plan", get="405", post="404", action="explode", note="unknown step"),
    Case("inbox", get="403 403 403 403 200 403 200", post="403 403 403 403 400 403 400"),
    # --- meetings
    Case("meeting_list", get="200"),
    Case("meeting_create", get="403 403 200 200 403 403 403", post="403 403 400 400 403 403 403"),
    one("meeting_detail", of="coming", get="404 200 200 200 200 200 404"),
    one("meeting_detail", of="group_coming", get="404 404 200 200 200 200 404"),
    one("meeting_detail", of="record", get="404 200 200 200 200 200 404"),
    one("meeting_detail", of="ahead", get="404 200 200 200 200 200 404"),
    one("meeting_detail", of="returned", get="404 200 200 200 200 200 404"),
    one("meeting_detail", of="small_record", get="404 404 404 404 200 200 404"),
    one("meeting_edit", of="coming", get="404 403 403 200 403 403 404", post="404 403 403 400 403 403 404"),
    one("meeting_edit", of="group_coming", get="404 404 200 200 403 403 404",
        post="404 404 400 400 403 403 404"),
    one("meeting_edit", of="record", get="404 403 403 409 403 403 404"),
    one("meeting_record", of="coming", get="404 403 403 200 403 403 404",
        post="404 403 403 400 403 403 404"),
    one("meeting_record", of="group_coming", get="404 404 200 200 403 403 404",
        post="404 404 400 400 403 403 404"),
    one("meeting_record", of="ahead", get="404 403 403 200 403 403 404", post="404 403 403 400 403 403 404"),
    one("meeting_record", of="returned", get="404 403 403 200 403 403 404",
        post="404 403 403 400 403 403 404"),
    one("meeting_record", of="record", get="404 403 403 409 403 403 404"),
    one("meeting_step", of="record", get="404", post="404 403 403 403 302 403 404", action="accept",
        note="accept", data=version_of("record")),
    one("meeting_step", of="record", get="404", post="404 403 403 302 403 403 404", action="withdraw",
        note="withdraw", data=version_of("record")),
    one("meeting_step", of="record", get="404", post="404 403 403 403 400 403 404", action="return",
        note="return without a finding", data=version_of("record")),
    one("meeting_step", of="record", get="404", post="404 403 403 403 400 403 404", action="hold_again",
        note="hold again without a finding", data=version_of("record")),
    one("meeting_step", of="coming", get="404 403 403 200 403 403 404", post="404 403 403 400 403 403 404",
        action="cancel", note="cancel without a reason", data=version_of("coming")),
    one("meeting_step", of="record", get="404", action="explode", note="unknown step"),
    one("meeting_steps", of="coming", get="405", post="404 403 403 302 403 403 404"),
    one("meeting_steps", of="group_coming", get="405", post="404 404 302 302 403 403 404"),
    one("meeting_steps", of="record", get="405", post="404 403 403 302 403 403 404"),
    # --- votes, leave and the rest beside the record
    one("meeting_votes", of="coming", get="404 403 403 200 200 200 404"),
    one("meeting_votes", of="returned", get="404 403 403 200 200 200 404"),
    one("meeting_votes", of="small_record", get="404 404 404 404 200 200 404"),
    one("resolution_create", of="coming", get="404 403 403 200 403 403 404",
        post="404 403 403 400 403 403 404"),
    one("resolution_create", of="record", get="404 403 403 409 403 403 404"),
    one("resolution_detail", of="vote", get="404 404 404 200 200 200 404"),
    one("resolution_edit", of="vote", get="404 404 404 200 403 403 404", post="404 404 404 400 403 403 404"),
    one("resolution_remove", of="vote", get="404 404 404 200 403 403 404", post="404 404 404 302 403 403 404"),
    one("opinion_add", of="vote", get="405", post="404 404 404 400 403 403 404"),
    one("opinion_remove", of="opinion", get="405", post="404 404 404 302 403 403 404"),
    one("leave_ask", of="ahead", get="404 200 200 200 403 403 404", post="404 400 400 400 403 403 404"),
    one("leave_ask", of="record", get="404 409 409 409 403 403 404"),
    one("meeting_leaves", of="ahead", get="404 403 403 200 200 200 404"),
    one("leave_decide", of="leave", get="405", post="404 403 404 302 403 403 404",
        data=lambda things: {"grant": "1"}),
    one("leave_withdraw", of="leave", get="405", post="404 302 404 403 403 403 404"),
    one("meeting_guests", of="coming", get="404 403 403 200 403 403 404", post="404 403 403 302 403 403 404"),
    one("meeting_guests", of="record", get="404 403 403 409 403 403 404"),
    one("catch_up", of="absence", get="404 404 404 200 403 403 404", post="404 404 404 302 403 403 404"),
    Case("exclusion_list", get="200"),
    Case("exclusion_create", get="403 403 403 200 403 403 403", post="403 403 403 400 403 403 403"),
    one("exclusion_detail", of="exclusion", get="404 404 404 200 200 200 404"),
    one("exclusion_step", of="exclusion", get="405", post="404 404 404 403 302 403 404", action="approve",
        note="approve"),
    one("exclusion_step", of="exclusion", get="405", post="404 404 404 403 400 403 404", action="refuse",
        note="refuse without a sentence"),
    one("exclusion_step", of="exclusion", get="405", post="404 404 404 302 403 403 404", action="withdraw",
        note="withdraw"),
    one("exclusion_step", of="exclusion", get="405", post="404 404 404 409 409 403 404", action="end",
        note="end what is not in force"),
    one("exclusion_step", of="exclusion", get="405", post="404", action="explode", note="unknown step"),
    *RECTIFICATION_CASES,
    *INSPECTIONS,
    *CONTACTS,
    *REMINDERS,
    *review_cases(Case, one, version_of),
    # --- rule book: national rules belong to whoever administers every tree, and here there are two
    Case("rule_list", get="403 403 403 200 200 200 200"),
    Case("rule_duties", get="403 403 403 200 200 200 200"),
    Case("rule_export", get="403 403 403 200 200 200 200"),
    Case("rule_import", get="403 403 403 403 403 200 403", post="403 403 403 403 403 400 403"),
    Case("rule_create", get="403 403 403 403 403 200 403", post="403 403 403 403 403 400 403"),
    *rule_cases("rule"),
    *rule_cases("deadline"),
    *rule_cases("vote_rule"),
    *rule_cases("reminder_rule"),
    # --- calendar of working days
    Case("workday_now", get="403 403 403 302 302 302 302"),
    Case("workday_year", get="403 403 403 200 200 200 200", kwargs=of_2026),
    Case("workday_year", get="403 403 403 404 404 404 404", note="not entered",
         kwargs=lambda things: {"year": 1999}),
    Case("workday_add_year", get="405", post="403"),
    Case("workday_toggle", get="405", post="403", kwargs=of_2026),
    Case("workday_mark", get="405", post="403", kwargs=of_2026),
    Case("workday_complete", get="405", post="403", kwargs=of_2026),
    *ATTENDANCE,
    *CLOSED,
]  # fmt: skip
