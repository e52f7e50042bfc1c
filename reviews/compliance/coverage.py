"""What a branch's year was about: the five content categories, and money planned and spent. Yuan."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from meetings.enums import DISCHARGING, ContentCategory
from meetings.models import Meeting
from reviews.enums import PlanState
from reviews.models import Plan


@dataclass(frozen=True, slots=True)
class CategoryYear:
    """One category, or what has none (``category`` empty)."""

    category: str
    meetings: int
    spent: int

    @property
    def label(self) -> str:
        return str(ContentCategory(self.category).label) if self.category else _("Without a category")


@dataclass(frozen=True)
class Coverage:
    """``planned`` is what the approved plans of the year foresee; None where none names a sum."""

    rows: tuple[CategoryYear, ...]
    planned: int | None

    @property
    def missing(self) -> list[str]:
        """The categories no meeting was held about."""
        return [row.label for row in self.rows if row.category and not row.meetings]

    @property
    def meetings(self) -> int:
        return sum(row.meetings for row in self.rows)

    @property
    def spent(self) -> int:
        return sum(row.spent for row in self.rows)

    @property
    def has_money(self) -> bool:
        return bool(self.planned is not None or self.spent)

    @property
    def overspent(self) -> int:
        """How much more was spent than planned; 0 where no sum was planned or it was kept to."""
        return 0 if self.planned is None else max(self.spent - self.planned, 0)


def yearly_coverage(meetings: Iterable[Meeting], plans: Iterable[Plan]) -> Coverage:
    """From a year's meetings of one branch (only those held count) and its plans, which carry the sum of
    their items as ``budget``. No query."""
    count: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    for meeting in meetings:
        if meeting.state in DISCHARGING:
            count[meeting.category] += 1
            spent[meeting.category] += meeting.spent or 0
    shown = [*ContentCategory.values, *([""] if count[""] else [])]
    budgets = [plan.budget for plan in plans if plan.state == PlanState.APPROVED and plan.budget is not None]  # type: ignore[attr-defined]
    rows = tuple(CategoryYear(code, count[code], spent[code]) for code in shown)
    return Coverage(rows, sum(budgets) if budgets else None)
