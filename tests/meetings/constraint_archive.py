"""Cases and rows for the archive."""

from datetime import timedelta

from meetings.models import Addendum
from tests.meetings.constraint_cases import NOW, Case, Unique
from tests.meetings.constraint_rows import Rows

ARCHIVE_CASES: dict[str, Case] = {
    "addendum_number_once_a_meeting": Unique("addendum", right={"number": 2}),
    "addendum_number_from_one": Unique("addendum", wrong={"number": 0}, right={"number": 2}),
    "addendum_text_present": Unique("addendum", wrong={"number": 2, "text": ""}, right={"number": 2}),
}


def archive_rows(rows: Rows) -> Rows:
    addendum = Addendum.objects.create(
        meeting=rows["meeting"], number=1, text="更正", author=rows["user"], author_name="x",
        written_at=NOW + timedelta(days=1), digest="0" * 64,
    )  # fmt: skip
    return {"addendum": addendum}
