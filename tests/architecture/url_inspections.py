"""Who may open what of an inspection, while nobody has been there and afterwards."""

from tests.architecture.url_case import Case, one, version_of


def version_and_reason(name: str):
    return lambda things: version_of(name)(things) | {"comment": "撤并"}


# Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere.
CASES = [
    Case("inspection_list", get="403 403 403 200 200 200 200"),
    Case("inspection_create", get="403 403 403 403 200 403 200", post="403 403 403 403 400 403 400"),
    one("inspection_detail", of="inspection_open", get="404 404 404 200 200 200 404"),
    one("inspection_detail", of="inspection_drawn", get="404 404 404 200 200 200 404"),
    one("inspection_verify", of="inspection_drawn", get="404 404 404 200 200 200 404"),
    one("inspection_verify", of="inspection_announced", get="404 404 404 200 200 200 404"),
    one("inspection_data", of="inspection_drawn", get="404 404 404 200 200 200 404"),
    one("inspection_step", of="inspection_open", get="404 404 404 403 200 403 404",
        post="404 404 404 403 302 403 404", action="draw", note="draw", data=version_of("inspection_open")),
    one("inspection_step", of="inspection_open", get="404 404 404 403 200 403 404",
        post="404 404 404 403 400 403 404", action="call_off", note="call off without a reason",
        data=version_of("inspection_open")),
    one("inspection_step", of="inspection_drawn", get="404 404 404 403 409 403 404", action="draw",
        note="draw again", data=version_of("inspection_drawn")),
    one("inspection_step", of="inspection_drawn", get="404 404 404 403 403 403 404", action="conclude",
        note="close with visits to make", data=version_of("inspection_drawn")),
    one("inspection_step", of="inspection_open", get="404", action="explode", note="unknown step"),
    # The branch knows nothing of what is unannounced.
    one("visit_detail", of="visit_ahead", get="404 404 404 404 200 200 404"),
    one("visit_detail", of="visit_begun", get="404 404 404 404 200 200 404"),
    one("visit_detail", of="visit_found", get="404 404 404 200 200 200 404"),
    one("visit_assign", of="visit_ahead", get="404 404 404 404 200 403 404",
        post="404 404 404 404 400 403 404"),
    one("visit_assign", of="visit_found", get="404 404 404 403 409 409 404"),
    one("visit_step", of="visit_ahead", get="404", post="404 404 404 404 302 403 404", action="begin",
        note="begin", data=version_of("visit_ahead")),
    one("visit_step", of="visit_ahead", get="404 404 404 404 200 403 404",
        post="404 404 404 404 302 403 404", action="call_off", note="call off",
        data=version_and_reason("visit_ahead")),
    one("visit_step", of="visit_found", get="404", post="404 404 404 403 409 403 404", action="begin",
        note="begin again", data=version_of("visit_found")),
    one("visit_step", of="visit_ahead", get="404", action="explode", note="unknown step"),
    one("visit_check", of="visit_begun", get="404 404 404 404 200 403 404",
        post="404 404 404 404 400 403 404", note="empty"),
    one("visit_check", of="visit_found", get="404 404 404 403 409 403 404"),
    one("visit_recheck", of="visit_found", get="404 404 404 403 200 403 404",
        post="404 404 404 403 400 403 404", note="empty"),
    one("visit_recheck", of="visit_begun", get="404 404 404 404 409 403 404"),
]  # fmt: skip
