"""Checking in by code: the keeper's screen, and what a phone opens."""

from tests.architecture.url_case import Case, one

# Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere.
CASES = [
    Case("dual_life_list", get="403 403 403 403 200 200 200"),
    one("dual_life_detail", of="cadre", get="404 404 404 403 200 200 404"),
    one("dual_life_detail", of="colleague", get="404", note="no leading cadre"),
    Case("forecast_list", get="403 403 403 200 200 200 200"),
    # Nobody has scanned anything, and it is not offered.
    one("check_in", of="coming", get="404 409 409 409 403 403 404"),
    one("check_in", of="group_coming", get="404 404 409 409 403 403 404"),
    Case("check_in_scan", get="302", post="405", kwargs=lambda things: {"pk": things["coming"].pk, "word": "0"}),
    one("check_in_screen", of="coming", get="404 403 403 200 403 403 404", post="405"),
    one("check_in_screen", of="group_coming", get="404 404 200 200 403 403 404", post="405"),
    one("check_in_offer", of="coming", get="405", post="404 403 403 302 403 403 404",
        data=lambda things: {"offer": "1"}),
    one("check_in_offer", of="record", get="405", post="404 403 403 409 403 403 404"),
    one("check_in_code", of="coming", get="404 403 403 409 403 403 404", post="405", note="not offered"),
]  # fmt: skip
