"""Meetings that are owed: the unmet lines of the ledger."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import starmap
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models import Obligation
from meetings.reminding import Facts, Horizon, Matter, Source, register, wordings
from meetings.services.reminders.resolve import OBLIGATION


def _due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    lines = Obligation.objects.unmet().begun(horizon.today).filter(due_on__lte=horizon.until)
    if only is not None:
        lines = lines.filter(pk__in=only)
    columns = ("pk", "due_on", "organization_id", "organization__path", "group_id")
    return starmap(Matter, lines.order_by().values_list(*columns).iterator(chunk_size=5000))


def _hold(subjects: Collection[int]) -> set[int]:
    """A meeting recorded meanwhile waits, and then settles our notices, too. Lines somebody is working on
    are left to the next minute."""
    lines = Obligation.objects.unmet().filter(pk__in=subjects).order_by("pk")
    held = lines.select_for_update(skip_locked=True, no_key=True, of=("self",))
    return set(held.values_list("pk", flat=True))


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    rows = Obligation.objects.select_related("organization", "group")
    lines = rows.in_bulk([matter.subject for matter in matters])
    address = reverse("obligation_list")  # looked up once: at a month's end there are thousands of lines
    return {
        matter: Facts(values_of(line), page_of(line, address))
        for matter in matters
        if (line := lines.get(matter.subject))
    }


def values_of(line: Obligation) -> dict[str, str]:
    group = f" {line.group.name}" if line.group else ""
    return {
        "bearer": f"{line.organization.name}{group}",
        "kind": line.kind,
        "period": line.span.code,
        "due_on": line.due_on.isoformat(),
    }


def page_of(line: Obligation, address: str = "") -> str:
    """The list of the ledger narrowed to this line: its status, its basis, and the next step."""
    narrowed = {
        "year": line.period_start.year,
        "month": line.period_end.month,
        "organization": line.organization_id,
        "kind": line.kind,
    }
    group = {"group": line.group_id} if line.group_id else {}
    return f"{address or reverse('obligation_list')}?{urlencode(narrowed | group)}"


register(
    Source(
        code=OBLIGATION,
        title=_("Meeting that is owed"),
        due=_due,
        hold=_hold,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=_facts,
        wordings=wordings(
            due=_("%(bearer)s: %(kind)s, %(period)s, is due by %(due_on)s."),
            overdue=_("%(bearer)s: %(kind)s, %(period)s, is overdue; it was due by %(due_on)s."),
            escalated=_("%(bearer)s is late with %(kind)s, %(period)s; it was due by %(due_on)s."),
        ),
    )
)
