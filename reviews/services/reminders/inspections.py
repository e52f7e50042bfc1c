"""Re-checks (回头看): what was found at a visit is looked at again."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from meetings.ladder import Ladder
from meetings.reminding import Facts, Horizon, Matter, Source, register, wordings
from reviews.models import Visit
from reviews.services.reminders.papers import nearest_reviewers

TO_RECHECK = "visit_recheck"


def _to_recheck(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    visits = Visit.objects.to_recheck().filter(recheck_on__lte=horizon.until)
    if only is not None:
        visits = visits.filter(pk__in=only)
    columns = ("pk", "recheck_on", "organization_id", "organization__path")
    for row in visits.order_by().values_list(*columns):
        yield Matter(*row)


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    rows = Visit.objects.select_related("organization")
    visits = rows.in_bulk([matter.subject for matter in matters])
    return {
        matter: Facts(
            {"bearer": visit.organization.name, "due_on": matter.due_on.isoformat()}, f"/visits/{visit.pk}/"
        )
        for matter in matters
        if (visit := visits.get(matter.subject))
    }


register(
    Source(
        code=TO_RECHECK,
        title=_("Re-check after an inspection"),
        due=_to_recheck,
        responsible=nearest_reviewers,
        facts=_facts,
        ladder=Ladder(before=(5, 1)),
        wordings=wordings(
            due=_("%(bearer)s: the re-check after the inspection is due by %(due_on)s."),
            overdue=_("%(bearer)s: the re-check after the inspection is overdue; it was due by %(due_on)s."),
            escalated=_("%(bearer)s: the re-check after the inspection is late; it was due by %(due_on)s."),
        ),
    )
)
