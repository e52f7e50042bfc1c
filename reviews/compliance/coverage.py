"""What a branch's year was about: the five content categories, and money planned and spent. Yuan."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from meetings.enums import ContentCategory
from meetings.models.meeting import MeetingQuerySet


@dataclass(frozen=True, slots=True)
class CategoryYear:
    """One category, or what has none (``category`` empty), or the sum of all."""

    category: str
    meetings: int = 0
    planned: int = 0
    spent: int = 0

    @property
    def label(self) -> str:
        return str(ContentCategory(self.category).label) if self.category else _("Without a category")

    @property
    def is_empty(self) -> bool:
        return not (self.meetings or self.planned or self.spent)


@dataclass(frozen=True)
class Coverage:
    rows: tuple[CategoryYear, ...]

    @property
    def missing(self) -> list[str]:
        """The categories no meeting was held about."""
        return [row.label for row in self.rows if row.category and not row.meetings]

    @property
    def total(self) -> CategoryYear:
        sums = (sum(getattr(row, name) for row in self.rows) for name in ("meetings", "planned", "spent"))
        return CategoryYear("", *sums)

    @property
    def has_money(self) -> bool:
        return bool(self.total.planned or self.total.spent)

    @property
    def overspent(self) -> int:
        """How much more was spent than planned; 0 where nothing was planned or it was kept to."""
        total = self.total
        return max(total.spent - total.planned, 0) if total.planned else 0


def yearly_coverage(meetings: MeetingQuerySet, items: QuerySet) -> Coverage:
    """By category: meetings held, what the plans' items were to cost and what was spent. Two queries."""
    held = _sums(meetings.discharging(), meetings=Count("pk"), spent=Sum("spent"))
    planned = _sums(items, planned=Sum("budget"))
    rows = [
        CategoryYear(code, **(held.get(code, {}) | planned.get(code, {})))
        for code in (*ContentCategory.values, "")
    ]
    return Coverage(tuple(row for row in rows if row.category or not row.is_empty))


def _sums(rows: QuerySet, **columns: Count | Sum) -> Mapping[str, dict[str, int]]:
    found = rows.order_by().values("category").annotate(**{f"sum_{name}": c for name, c in columns.items()})
    return {row["category"]: {name: row[f"sum_{name}"] or 0 for name in columns} for row in found}
