"""Who may knock at which door: every named address × role × method, declared in this one place.

A line of the table reads like a row of the permission matrix. The columns are ``ROLES``; somebody who has not
signed in is sent to the door everywhere except at the addresses in ``PUBLIC``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.architecture.url_objects import Things

ROLES = ("outsider", "member", "group_leader", "secretary", "reviewer", "administrator", "other_reviewer")


@dataclass(frozen=True)
class Case:
    """One address with the expected status per role, in the order of ``ROLES``; one number stands for all."""

    name: str
    get: str
    post: str
    kwargs: Callable[[Things], dict[str, Any]] = lambda things: {}
    # The same address for something that does not exist.
    missing: dict[str, Any] = field(default_factory=dict)
    data: Callable[[Things], dict[str, Any]] = lambda things: {}
    note: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.note}".strip()

    def url(self, things: Things) -> str:
        return reverse(self.name, kwargs=self.kwargs(things))

    def expected(self, method: str, role: str) -> int:
        codes = (self.get if method == "GET" else self.post).split()
        return int(codes[0] if len(codes) == 1 else codes[ROLES.index(role)])


def one(name: str, *, get: str, post: str, of: str, note: str = "", data: Any = None, **extra: Any) -> Case:
    """An address that speaks of one thing, by its number."""
    return Case(
        name, get, post, note=note or of,
        kwargs=lambda things: {"pk": things[of].pk, **extra},
        missing={"pk": 10**9, **extra},
        data=data or (lambda things: {}),
    )  # fmt: skip


def version_of(name: str) -> Callable[[Things], dict[str, Any]]:
    return lambda things: {"version": things[name].version}


# Open to visitors: status for GET and POST, and where a redirect leads.
PUBLIC: dict[str, tuple[int, int]] = {
    "health": (200, 200),
    "sign_in": (200, 400),
    "sign_out": (405, 302),
    "set_language": (302, 302),
    "demo_sign_in": (404, 404),  # outside a demonstration there is no such door
    "set_password": (200, 200),  # a wrong link: told so, whatever is sent
}

#                                          out mem lea sec rev adm oth      out mem lea sec rev adm oth
CASES = [
    Case("health",                    get="200", post="200"),
    Case("sign_in",                   get="302", post="302"),
    Case("sign_out",                  get="405", post="302"),
    Case("set_language",              get="302", post="302"),
    Case("demo_sign_in",              get="404", post="404"),
    Case("set_password",              get="200", post="200", kwargs=lambda things: {"uidb64": "MQ", "token": "x-y"}),
    Case("change_password",           get="200", post="400"),
    Case("workbench",                 get="200", post="200"),
    Case("my_page",                    get="200", post="200"),
    # --- notices: everybody's own
    Case("notice_list",               get="200", post="200"),
    Case("notices_read_all",          get="405", post="302"),
    one("notice_read",                get="405", post="404 404 404 302 404 404 404", of="notice"),
    # --- people
    Case("member_list",               get="403 403 200 200 200 200 200", post="403 403 200 200 200 200 200"),
    one("member_detail",              get="404 404 200 200 200 200 404", post="404 404 200 200 200 200 404", of="colleague"),
    Case("account_list",              get="403 403 403 403 403 200 403", post="403 403 403 403 403 200 403"),
    Case("appointment_create",        get="403 403 403 403 403 200 403", post="403 403 403 403 403 400 403"),
    one("appointment_end",            get="405", post="404 404 404 403 404 302 404", of="appointment"),
    one("account_link",               get="405", post="404 404 404 403 404 302 404", of="appointment"),
    # --- branches and what they owe
    Case("branch_list",               get="200", post="200"),
    one("branch_detail",              get="404 404 200 200 200 200 404", post="404 404 200 200 200 200 404", of="branch"),
    one("branch_detail",              get="404 404 404 404 200 200 404", post="404 404 404 404 200 200 404", of="small_branch"),
    Case("obligation_list",           get="403 403 200 200 200 200 200", post="403 403 200 200 200 200 200"),
    Case("dashboard",                 get="403 403 403 403 200 200 200", post="403 403 403 403 200 200 200"),
    # --- plans
    Case("plan_list",                 get="200", post="200"),
    Case("plan_create",               get="403 403 403 200 403 403 403", post="403 403 403 400 403 403 403"),
    one("plan_detail",                get="404 404 404 200 404 404 404", post="404 404 404 200 404 404 404", of="draft"),
    one("plan_detail",                get="404 404 404 200 200 200 404", post="404 404 404 200 200 200 404", of="plan"),
    one("plan_edit",                  get="404 404 404 200 404 404 404", post="404 404 404 400 404 404 404", of="draft"),
    one("plan_edit",                  get="404 404 404 409 403 403 404", post="404 404 404 409 403 403 404", of="plan"),
    one("plan_step",                  get="405", post="404 404 404 403 302 403 404", of="plan", action="approve",
        note="approve", data=version_of("plan")),
    one("plan_step",                  get="405", post="404 404 404 403 400 403 404", of="plan", action="return",
        note="return without a finding", data=version_of("plan")),
    one("plan_step",                  get="405", post="404 404 404 302 403 403 404", of="plan", action="withdraw",
        note="withdraw", data=version_of("plan")),
    one("plan_step",                  get="405", post="404 404 404 409 409 409 404", of="plan", action="submit",
        note="hand in again", data=version_of("plan")),
    one("plan_step",                  get="405", post="404", of="plan", action="explode", note="unknown step"),
    Case("inbox",                     get="403 403 403 403 200 403 200", post="403 403 403 403 400 403 400"),
    # --- meetings
    Case("meeting_list",              get="200", post="200"),
    Case("meeting_create",            get="403 403 200 200 403 403 403", post="403 403 400 400 403 403 403"),
    one("meeting_detail",             get="404 200 200 200 200 200 404", post="404 200 200 200 200 200 404", of="coming"),
    one("meeting_detail",             get="404 404 200 200 200 200 404", post="404 404 200 200 200 200 404", of="group_coming"),
    one("meeting_detail",             get="404 200 200 200 200 200 404", post="404 200 200 200 200 200 404", of="record"),
    one("meeting_detail",             get="404 404 404 404 200 200 404", post="404 404 404 404 200 200 404", of="small_record"),
    one("meeting_edit",               get="404 403 403 200 403 403 404", post="404 403 403 400 403 403 404", of="coming"),
    one("meeting_edit",               get="404 404 200 200 403 403 404", post="404 404 400 400 403 403 404", of="group_coming"),
    one("meeting_edit",               get="404 403 403 409 403 403 404", post="404 403 403 409 403 403 404", of="record"),
    one("meeting_record",             get="404 403 403 200 403 403 404", post="404 403 403 400 403 403 404", of="coming"),
    one("meeting_record",             get="404 404 200 200 403 403 404", post="404 404 400 400 403 403 404", of="group_coming"),
    one("meeting_record",             get="404 403 403 409 403 403 404", post="404 403 403 409 403 403 404", of="record"),
    one("meeting_step",               get="404", post="404 403 403 403 302 403 404", of="record", action="accept",
        note="accept", data=version_of("record")),
    one("meeting_step",               get="404", post="404 403 403 302 403 403 404", of="record", action="withdraw",
        note="withdraw", data=version_of("record")),
    one("meeting_step",               get="404", post="404 403 403 403 400 403 404", of="record", action="return",
        note="return without a finding", data=version_of("record")),
    one("meeting_step",               get="404", post="404 403 403 403 400 403 404", of="record", action="hold_again",
        note="hold again without a finding", data=version_of("record")),
    one("meeting_step",               get="404 403 403 200 403 403 404", post="404 403 403 400 403 403 404", of="coming",
        action="cancel", note="cancel without a reason", data=version_of("coming")),
    one("meeting_step",               get="404", post="404", of="record", action="explode", note="unknown step"),
]  # fmt: skip
