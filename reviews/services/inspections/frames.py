"""The frame of a draw: the branches below an organization with the time since their last visit, their grade
and how often they were visited this year."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Organization
from reviews.enums import VISITED, Recency, VisitState
from reviews.models import FrameEntry, Visit

YEAR, HALF = timedelta(days=365), timedelta(days=182)
LONGEST_GRADE = 20


def recency_of(last: date | None, day: date) -> Recency:
    """Counted in days, so that everybody gets the same: more than 365, more than 182."""
    if last is None:
        return Recency.NEVER
    if day - last > YEAR:
        return Recency.OVER_YEAR
    return Recency.OVER_HALF if day - last > HALF else Recency.LESS


def visits_in(year: int, branches: Collection[int]) -> Counter[int]:
    """By branch the visits of the rounds that begin in the year, those to come included. A re-check belongs
    to its visit and is not counted."""
    counted = Visit.objects.filter(organization__in=branches, inspection__starts_on__year=year)
    return Counter(counted.exclude(state=VisitState.CALLED_OFF).values_list("organization", flat=True))


def last_visits(branches: Collection[int]) -> dict[int, date]:
    rows = Visit.objects.filter(organization__in=branches, state__in=VISITED).order_by()
    found = rows.values_list("organization").annotate(last=Max("checked_at"))
    return {branch: timezone.localdate(at) for branch, at in found}


def build_frame(
    organization: Organization, *, day: date, cap: int, grades: Mapping[int, str]
) -> list[FrameEntry]:
    """The branches that exist on ``day``, in the order of the tree; not saved."""
    branches = list(Organization.objects.below(organization).branches().existing_on(day))
    places = [branch.pk for branch in branches]
    last, visits = last_visits(places), visits_in(day.year, places)
    return [
        FrameEntry(
            organization=branch, last_visit_on=last.get(branch.pk), grade=grades.get(branch.pk, ""),
            recency=recency_of(last.get(branch.pk), day), visits_in_year=visits[branch.pk],
            barred=visits[branch.pk] >= cap,
        )
        for branch in branches
    ]  # fmt: skip


def read_grades(text: str, branches: Iterable[Organization]) -> dict[int, str]:
    """Lines such as ``办公室党支部 优秀``. Raises ValidationError naming the lines that cannot be read."""
    by_name = {branch.name: branch.pk for branch in branches}
    lines = [line.split() for line in text.splitlines() if line.strip()]
    wrong = [" ".join(line) for line in lines if not _is_grade(line, by_name)]
    if wrong:
        raise ValidationError(
            {"grades": _("Not a branch and its grade: %(lines)s") % {"lines": "；".join(wrong[:3])}}
        )
    return {by_name[" ".join(line[:-1])]: line[-1] for line in lines}


def _is_grade(line: list[str], by_name: Mapping[str, int]) -> bool:
    return len(line) > 1 and " ".join(line[:-1]) in by_name and len(line[-1]) <= LONGEST_GRADE
