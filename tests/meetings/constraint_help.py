"""The same for the signs that help is needed."""

from meetings.models import HelpSign
from tests.meetings.constraint_cases import DAY, NOW, Case, Check, Unique
from tests.meetings.constraint_rows import Rows

HELP_CASES: dict[str, Case] = {
    "help_sign_once_a_stage": Unique("help_sign", right={"months": 4}),
    "help_sign_months_known": Check("help_sign", {"months": 6}, {"months": 5}),
}


def help_rows(rows: Rows) -> Rows:
    sign = HelpSign.objects.create(
        organization=rows["branch"], member=rows["member"], since=DAY.replace(day=1), months=3, told_at=NOW
    )
    return {"help_sign": sign}
