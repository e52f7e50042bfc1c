"""The lines of the permission table about what has to be put right, evaluations, inspections and visits."""

from tests.architecture.url_case import Case, one, version_of

SAID = {"comment": "已补齐"}


def said(name: str):
    return lambda things: version_of(name)(things) | SAID


# Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere.
# The member is responsible for the open item.
RECTIFICATION_CASES = [
    Case("rectification_list", get="200"),
    Case("rectification_create", get="403 403 403 200 200 403 200", post="403 403 403 400 200 403 200"),
    one("rectification_detail", of="item_open", get="404 200 404 200 200 200 404"),
    one("rectification_detail", of="item_done", get="404 404 404 200 200 200 404"),
    one("rectification_edit", of="item_open", get="404 403 404 200 200 403 404",
        post="404 403 404 400 400 403 404"),
    one("rectification_edit", of="item_done", get="404 404 404 409 409 403 404"),
    one("rectification_note", of="item_open", get="405", post="404 302 404 302 302 403 404",
        data=lambda things: {"text": "在补"}),
    one("rectification_step", of="item_open", get="404 200 404 200 403 403 404",
        post="404 302 404 302 403 403 404", action="claim", note="report as done", data=said("item_open")),
    one("rectification_step", of="item_open", get="404 403 404 403 200 403 404",
        post="404 403 404 403 302 403 404", action="revoke", note="revoke", data=said("item_open")),
    one("rectification_step", of="item_done", get="404", post="404 404 404 403 302 403 404", action="verify",
        note="verify", data=version_of("item_done")),
    one("rectification_step", of="item_done", get="404 404 404 403 200 403 404",
        post="404 404 404 403 302 403 404", action="reopen", note="reopen", data=said("item_done")),
    one("rectification_step", of="item_done", get="404", action="explode", note="unknown step"),
    Case("rectification_causes", get="403 403 403 200 200 200 200"),
    one("rectification_notice_create", of="branch", get="404 404 403 403 200 403 404",
        post="404 404 403 403 400 403 404"),
    one("rectification_notice", of="rectification_notice", get="404 404 404 200 200 200 404"),
    one("meeting_check", of="record", get="404 403 403 200 200 200 404", post="404 403 403 200 200 200 404"),
    one("meeting_check", of="coming", get="404 403 403 409 409 409 404"),
    one("meeting_evaluate", of="record", get="405", post="404 403 403 403 400 403 404"),
    one("meeting_sit_in", of="record", get="405", post="404 403 403 403 302 302 404",
        data=lambda things: {"leader": "周主任", "text": "会风好"}),
    one("meeting_sit_in", of="coming", get="405", post="404 403 403 403 409 409 404",
        data=lambda things: {"leader": "周主任", "text": "会风好"}, note="not held yet"),
    one("meeting_rate", of="record", get="405", post="404 302 302 302 403 403 404",
        data=lambda things: {"rating": "good"}),
]  # fmt: skip
