"""What is closed: corrections beside a record, the step into the archive, the check of printed minutes."""

from typing import Any

from tests.architecture.url_case import Case, one, version_of
from tests.architecture.url_objects import Things


def a_correction(things: Things) -> dict[str, Any]:
    return {"text": "更正"}


# Columns: outsider, member, group leader, secretary, reviewer, administrator, reviewer elsewhere.
CASES = [
    Case("record_verify", get="200", post="405"),
    one("meeting_detail", of="accepted", get="404 200 200 200 200 200 404"),
    one("meeting_detail", of="archived", get="404 200 200 200 200 200 404"),
    one("meeting_edit", of="archived", get="404 403 403 409 403 403 404"),
    one("meeting_record", of="archived", get="404 403 403 409 403 403 404"),
    one("meeting_step", of="accepted", get="404", post="404 403 403 403 302 403 404", action="archive",
        note="archive", data=version_of("accepted")),
    one("meeting_step", of="archived", get="404", post="404 403 403 403 409 403 404", action="archive",
        note="archive again", data=version_of("archived")),
    one("meeting_steps", of="archived", get="405", post="404 403 403 409 403 403 404"),
    one("addendum_create", of="record", get="404 403 403 409 409 403 404"),
    one("addendum_create", of="accepted", get="404 403 403 200 200 403 404",
        post="404 403 403 400 400 403 404", note="without a text"),
    one("addendum_create", of="archived", get="404 403 403 200 200 403 404",
        post="404 403 403 302 302 403 404", data=a_correction),
]  # fmt: skip
